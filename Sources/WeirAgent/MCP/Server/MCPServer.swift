import WeirCore
import WeirPipeline
import WeirStore

/// A conversation with one client of the Model Context Protocol: a message in, messages out, over any transport.
///
/// It speaks both eras of the protocol. A request that carries `_meta` of 2026-07-28 is answered by itself; a client
/// that begins with `initialize` is served as the revisions before want it.
public actor MCPServer {
    public struct Settings: Sendable {
        /// The project's folder, absolute.
        public var root: String
        public var environment: String?
        public var allowsWrite = false
        /// For the audit trail.
        public var session: String?
        /// Calls that work at once, and those that may wait.
        public var workers = 4
        public var backlog = 256
        /// How often it is looked whether resources that a client listens to have changed.
        public var looksEvery = Duration.seconds(1)

        public init(root: String) { self.root = root }
    }

    private let router: MCPRouter
    private let settings: Settings
    private let send: @Sendable (JSONValue) -> Void
    private let slots: TurnGate
    /// Set by `initialize`.
    private var legacy: MCPCaller?
    private var calls: [RPCID: Task<Void, Never>] = [:]
    private var listens: [RPCID: (listening: Listening, task: Task<Void, Never>)] = [:]
    private var questions: [RPCID: CheckedContinuation<JSONValue?, Never>] = [:]
    private var nextQuestion = 1

    /// - Parameters:
    ///   - send: takes each message to the client; called from several tasks.
    ///   - audit: is told of every call.
    public init(
        _ settings: Settings, toolset: MCPToolset, cache: ProjectCache,
        audit: @escaping @Sendable (AuditEntry) async -> Void, send: @escaping @Sendable (JSONValue) -> Void
    ) {
        self.settings = settings
        self.send = send
        slots = TurnGate(readers: settings.workers)
        router = MCPRouter(
            settings: settings, toolset: toolset, cache: cache, confirmation: Confirmation(), audit: audit)
    }

    // MARK: Messages

    /// Takes one message. Returns at once; answers are sent when they are there.
    public func receive(_ line: MessageLines.Line) {
        guard case .message(let bytes) = line else {
            return send(RPCWriter.fault(RPCFault(.invalidRequest, "the message is too long")))
        }
        do throws(RPCFault) {
            switch try RPCMessage.read(bytes) {
            case .request(let id, let method, let params): try request(id, method, params)
            case .notification(let method, let params): notice(method, params)
            case .answer(let id, let result, let error): answered(id, error == nil ? result : nil)
            }
        } catch {
            send(RPCWriter.fault(error))
        }
    }

    /// Waits until all calls are answered.
    public func settle() async {
        while let call = calls.first?.value { await call.value }
    }

    /// Ends all calls and waits for their ends.
    public func close() async {
        for id in questions.keys { answered(id, nil) }
        for (listening, task) in listens.values {
            task.cancel()
            await task.value
            send(listening.over)
        }
        listens = [:]
        for call in calls.values { call.cancel() }
        await settle()
    }

    private func request(_ id: RPCID, _ method: String, _ params: JSONValue) throws(RPCFault) {
        if method == "initialize" { return initialize(id, params) }
        let caller: MCPCaller
        do throws(RPCFault) { caller = try self.caller(method, params) } catch {
            return send(RPCWriter.fault(error, id: id))
        }
        guard calls[id] == nil, listens[id] == nil else {
            throw RPCFault(.invalidRequest, "a request with this id is being answered", id: id)
        }
        guard calls.count < settings.backlog else {
            throw RPCFault(.busy, "too many requests are waiting; send fewer at once", id: id)
        }
        if method == Self.listen, caller.isModern { return try listen(id, params) }
        let progress = ProgressTeller(params, send: send)
        let exchange = MCPRouter.Exchange(
            caller: caller, progress: progress, ask: { [weak self] form in await self?.ask(form) ?? nil })
        calls[id] = Task {
            let answer = await self.answer(id, method, params, exchange)
            progress?.finish()
            if let answer { send(answer) }
            self.forget(id)
        }
    }

    private static let listen = "subscriptions/listen"

    /// Stays open until the client or the server ends it, beside the calls.
    private func listen(_ id: RPCID, _ params: JSONValue) throws(RPCFault) {
        guard listens.count < Listening.atOnce else {
            throw RPCFault(.busy, "\(Listening.atOnce) subscriptions are the most", id: id)
        }
        let listening = try Listening(id, params)
        let watch = ResourceWatch(
            listening: listening, cache: router.cache, context: router.context, interval: settings.looksEvery,
            send: send
        )
        listens[id] = (listening, Task { await watch.run() })
    }

    /// Nothing for a call that was cancelled: the client does not wait for it any more.
    private nonisolated func answer(
        _ id: RPCID, _ method: String, _ params: JSONValue, _ exchange: MCPRouter.Exchange
    ) async -> JSONValue? {
        do {
            return RPCWriter.result(
                id, try await slots.reading { try await router.answer(method, params, exchange) })
        } catch is CancellationError {
            return nil
        } catch let fault as RPCFault {
            return RPCWriter.fault(fault, id: id)
        } catch {
            return RPCWriter.fault(RPCFault(.internalError, WeirError.wrapping(error).message), id: id)
        }
    }

    private func forget(_ id: RPCID) { calls[id] = nil }

    private func caller(_ method: String, _ params: JSONValue) throws(RPCFault) -> MCPCaller {
        if let modern = try MCPCaller(meta: params) { return modern }
        if let legacy { return legacy }
        if method == "ping" { return MCPCaller(initialize: [:]) }
        throw RPCFault(
            .invalidParams,
            "a request needs \"_meta\" with \"\(MCPVersion.metaVersion)\" and \"\(MCPVersion.metaCapabilities)\", or an `initialize` before it",
            data: ["supported": JSONValue(MCPVersion.all)])
    }

    private func initialize(_ id: RPCID, _ params: JSONValue) {
        guard let wanted = params["protocolVersion"]?.text else {
            return send(
                RPCWriter.fault(RPCFault(.invalidParams, "\"protocolVersion\" is to be a text"), id: id))
        }
        legacy = MCPCaller(initialize: params)
        var result = router.about.fields ?? [:]
        result["protocolVersion"] = .string(MCPVersion.legacy.contains(wanted) ? wanted : MCPVersion.legacy[0])
        result["serverInfo"] = MCPRouter.server
        send(RPCWriter.result(id, .object(result)))
    }

    private func notice(_ method: String, _ params: JSONValue) {
        // Others need nothing done, and an unknown one is no fault.
        guard method == "notifications/cancelled", let id = params["requestId"].flatMap({ RPCID($0) }) else { return }
        calls[id]?.cancel()
        listens.removeValue(forKey: id)?.task.cancel()
    }

    // MARK: Questions to clients of before 2026-07-28

    private func ask(_ form: JSONValue) async -> JSONValue? {
        let id = RPCID.text("weir-\(nextQuestion)")
        nextQuestion += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A call that was cancelled before this line would otherwise wait for ever.
                if Task.isCancelled { return continuation.resume(returning: nil) }
                questions[id] = continuation
                send(RPCWriter.request(id, "elicitation/create", form))
            }
        } onCancel: {
            Task { await self.answered(id, nil) }
        }
    }

    private func answered(_ id: RPCID, _ result: JSONValue?) {
        questions.removeValue(forKey: id)?.resume(returning: result)
    }
}
