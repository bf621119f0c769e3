/// Lets several in to read, up to a number of them, or one to write; who comes first is served first.
actor TurnGate {
    private let limit: Int
    private var readers = 0
    private var isWriting = false
    private var waiting: [(id: Int, writes: Bool, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextID = 0

    /// - Parameter readers: how many read at once.
    init(readers: Int = .max) { limit = max(1, readers) }

    /// Somebody writes, or waits to.
    var isBusy: Bool { isWriting || waiting.contains { $0.writes } }

    var hasReaders: Bool { readers > 0 }

    nonisolated func reading<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await holding(writes: false, body)
    }

    nonisolated func writing<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        try await holding(writes: true, body)
    }

    private nonisolated func holding<R: Sendable>(
        writes: Bool, _ body: @Sendable () async throws -> R
    ) async throws -> R {
        try await enter(writes: writes)
        do {
            let result = try await body()
            await leave(writes: writes)
            return result
        } catch {
            await leave(writes: writes)
            throw error
        }
    }

    private func enter(writes: Bool) async throws {
        try Task.checkCancellation()
        if waiting.isEmpty, admits(writes) { return admit(writes) }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // A task cancelled before this line would otherwise wait for a turn that never comes.
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((id, writes, continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func admits(_ writes: Bool) -> Bool { !isWriting && (writes ? readers == 0 : readers < limit) }

    private func admit(_ writes: Bool) {
        if writes { isWriting = true } else { readers += 1 }
    }

    private func leave(writes: Bool) {
        if writes { isWriting = false } else { readers -= 1 }
        admitWaiting()
    }

    private func admitWaiting() {
        while let first = waiting.first, admits(first.writes) {
            admit(first.writes)
            waiting.removeFirst().continuation.resume()
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
        admitWaiting()
    }
}
