import WeirCore

/// Lends connections, at most `limit` at once, in the order they were asked for.
actor ConnectionPool {
    private let database: DatabaseHandle
    private let limit: Int
    private let setup: [String]
    private var idle: [Connection] = []
    private var open = 0
    private var waiting: [(id: Int, continuation: CheckedContinuation<Connection, any Error>)] = []
    private var nextID = 0
    private var onlyAsks = false

    init(database: DatabaseHandle, limit: Int, setup: [String]) {
        self.database = database
        self.limit = limit
        self.setup = setup
    }

    func take() async throws -> Connection {
        try Task.checkCancellation()
        if let connection = idle.popLast() { return connection }
        if open < limit {
            open += 1
            do {
                let connection = try Connection(database: database, name: "weir-duckdb-\(open)")
                for statement in setup { try await connection.execute(statement) }
                connection.handle.onlyAsks = onlyAsks
                return connection
            } catch {
                open -= 1
                throw error
            }
        }
        let id = nextID
        nextID += 1
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A task cancelled before this line would otherwise wait for a hand-over that never comes.
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    /// From now on every connection only asks. To be called while none is lent.
    func letOnlyAsk() {
        onlyAsks = true
        for connection in idle { connection.handle.onlyAsks = true }
    }

    func giveBack(_ connection: Connection) {
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().continuation.resume(returning: connection)
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}
