import Foundation
import WeirCore
import WeirPipeline

/// One other server of the Model Context Protocol, as a process of ours.
actor ToolServerConnection {
    private let settings: ToolServerSettings
    private let root: String
    private var program: ServerProgram?
    private var waiting: [RPCID: CheckedContinuation<JSONValue, any Error>] = [:]
    private var told: [RPCID: @Sendable (Double?, String) -> Void] = [:]
    private var nextID: Int64 = 1
    private var isModern = false

    private static let patience = Duration.seconds(30)
    private static let longest = Duration.seconds(600)
    private static let mostPages = 50

    init(_ settings: ToolServerSettings, root: String) {
        self.settings = settings
        self.root = root
    }

    /// Starts the program, agrees on a revision, and asks for its tools.
    func start() async throws -> ListedTools {
        let program = try ServerProgram.start(settings, in: root)
        self.program = program
        Task { [weak self] in
            for await line in program.lines { await self?.received(line) }
            await self?.ended()
        }
        try await agree()
        var entries: [JSONValue] = []
        var cursor: JSONValue?
        for _ in 0..<Self.mostPages {
            let page = try await request("tools/list", cursor.map { ["cursor": $0] } ?? [:], within: Self.patience)
            entries += page["tools"]?.items ?? []
            cursor = page["nextCursor"]
            if cursor?.text == nil { break }
        }
        return ListedTools(entries, server: settings.name)
    }

    /// Most servers still begin with `initialize`; one that does not says so by an error.
    private func agree() async throws {
        do {
            _ = try await request(
                "initialize",
                [
                    "protocolVersion": .string(MCPVersion.legacy[0]), "capabilities": [:], "clientInfo": Self.client,
                ], within: Self.patience)
            program?.send(RPCWriter.notification("notifications/initialized", [:]))
        } catch let error as WeirError where error.code == "mcp.refused" {
            isModern = true
            _ = try await request("server/discover", [:], within: Self.patience)
        }
    }

    private static let client: JSONValue = ["name": "weir", "version": .string(Weir.version)]

    func call(
        _ tool: String, _ arguments: JSONValue, progress: @escaping @Sendable (Double?, String) -> Void
    ) async throws -> JSONValue {
        try await request(
            "tools/call", ["name": .string(tool), "arguments": arguments], within: Self.longest, progress: progress)
    }

    func close() async {
        let program = program
        self.program = nil
        ended()
        await program?.end()
    }

    // MARK: Messages

    private func request(
        _ method: String, _ params: JSONValue, within limit: Duration,
        progress: (@Sendable (Double?, String) -> Void)? = nil
    ) async throws -> JSONValue {
        guard let program else { throw gone }
        let id = RPCID.number(nextID)
        nextID += 1
        var fields = params.fields ?? [:]
        var meta: [String: JSONValue] = [:]
        if isModern {
            meta[MCPVersion.metaVersion] = .string(MCPVersion.modern[0])
            meta[MCPVersion.metaCapabilities] = [:]
            meta[MCPVersion.metaClient] = Self.client
        }
        if let progress {
            meta["progressToken"] = id.json
            told[id] = progress
        }
        if !meta.isEmpty { fields["_meta"] = .object(meta) }
        let message = RPCWriter.request(id, method, .object(fields))
        let clock = Task { [weak self] in
            try await Task.sleep(for: limit)
            await self?.settle(
                id,
                .failure(
                    WeirError(
                        "mcp.timeout",
                        "the server \(self?.name ?? "") did not answer \(method) within \(limit.components.seconds) s",
                        outcome: .systemFailed)))
        }
        defer {
            clock.cancel()
            told[id] = nil
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A call that was cancelled before this line would otherwise wait for its answer.
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting[id] = continuation
                program.send(message)
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private nonisolated var name: String { settings.name }

    private func cancel(_ id: RPCID) {
        guard waiting[id] != nil else { return }
        program?.send(RPCWriter.notification("notifications/cancelled", ["requestId": id.json]))
        settle(id, .failure(CancellationError()))
    }

    private func settle(_ id: RPCID, _ result: Result<JSONValue, any Error>) {
        waiting.removeValue(forKey: id)?.resume(with: result)
    }

    private func received(_ line: MessageLines.Line) {
        // What is no message is passed over: some servers write a greeting first.
        guard case .message(let bytes) = line, let message = try? RPCMessage.read(bytes) else { return }
        switch message {
        case .answer(let id, let result, let error):
            if let error {
                settle(id, .failure(WeirError("mcp.refused", "the server \(settings.name) refused: \(error.message)")))
            } else {
                settle(id, .success(result ?? .null))
            }
        case .request(let id, "ping", _): program?.send(RPCWriter.result(id, [:]))
        case .request(let id, _, _):
            program?.send(RPCWriter.fault(RPCFault(.methodNotFound, "this client answers no such request"), id: id))
        case .notification("notifications/progress", let params):
            guard let id = params["progressToken"].flatMap({ RPCID($0) }), let tell = told[id] else { return }
            let share = params["progress"]?.number.flatMap { value in
                params["total"]?.number.flatMap { $0 > 0 ? min(1, value / $0) : nil }
            }
            tell(share, String((params["message"]?.text ?? "").prefix(300)))
        case .notification: break
        }
    }

    private var gone: WeirError {
        WeirError(
            "mcp.gone", "the server \(settings.name) is not running",
            hint: "run its command by hand to see why: \(settings.command)", outcome: .systemFailed)
    }

    private func ended() {
        for id in waiting.keys { settle(id, .failure(gone)) }
        program = nil
    }
}
