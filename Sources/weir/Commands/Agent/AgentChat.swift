import Foundation
import WeirAgent
import WeirCore
import WeirPipeline
import WeirStore

/// A conversation with an agent at a terminal.
actor AgentChat {
    private var session: AgentSession
    private let display: AgentDisplay
    private let root: String
    private let store: StateStore?
    private let open: @Sendable (String?) async throws -> AgentSession

    /// - Parameter open: makes the session of an id, or a new one.
    init(
        session: AgentSession, display: AgentDisplay, root: String, store: StateStore?,
        open: @escaping @Sendable (String?) async throws -> AgentSession
    ) {
        self.session = session
        self.display = display
        self.root = root
        self.store = store
        self.open = open
    }

    /// Until the person leaves.
    ///
    /// - Throws: `agent.cancelled` when the command is stopped.
    func run(isResumed: Bool) async throws {
        // What is typed while there is no prompt is for the next one, and shown there.
        let before = TerminalMode.set(.silent)
        defer { if let before { TerminalMode.set(before) } }
        do {
            Self.say(
                "\(session.profile.name), \(session.model)\(session.isDryRun ? ", a dry run" : ""). /help explains.\n")
            if isResumed { try await recap() }
            try await talk()
            Self.say("weir agent --resume \(session.id) goes on.\n")
            await session.close()
        } catch {
            display.close()
            await session.close()
            if error is CancellationError { throw Self.stopped(session.id) }
            throw error
        }
    }

    /// The command was stopped; the session is kept.
    static func stopped(_ id: String, hint words: String? = nil) -> WeirError {
        WeirError(
            "agent.cancelled", "stopped on request; the session is kept",
            hint: "weir agent --resume \(id)\(words.map { " \($0)" } ?? "")", outcome: .systemFailed)
    }

    private func talk() async throws {
        let editor = LineEditor(historyPath: "\(root)/.weir/agent/history")
        while case .text(let line) = try await editor.line(prompt: "› ", endsOnSignal: true) {
            let words = line.trimmingCharacters(in: .whitespacesAndNewlines)
            if words.isEmpty { continue }
            guard let found = words.wholeMatch(of: /\/([a-z-]+)(?:\s+(.*))?/.dotMatchesNewlines()) else {
                let loop = session.loop
                try await step { try await loop.run(line) }.map { display.end($0, dryRun: session.isDryRun) }
                continue
            }
            guard let command = ChatCommand(word: String(found.1)) else {
                let hint = DidYouMean.hint(for: "/\(found.1)", among: ChatCommand.allCases.map { "/\($0.rawValue)" })
                Self.say("There is no /\(found.1); \(hint ?? "/help lists what there is")\n")
                continue
            }
            if command == .quit { return }
            do {
                try await run(command, found.2.map(String.init) ?? "")
            } catch let error as WeirError {
                Console().fail(error)
            }
        }
    }

    // MARK: Commands

    private func run(_ command: ChatCommand, _ words: String) async throws {
        let terminal = Terminal.of(descriptor: 1)
        switch command {
        case .quit: break
        case .help: Self.say(ChatCommand.explanation)
        case .tools: Self.say(session.tools.joined(separator: ", ") + "\n")
        case .patch:
            let patch = await session.loop.patch()
            Self.say(patch.isEmpty ? "Nothing was changed.\n" : AgentText.patch(patch, on: terminal) + "\n")
        case .tasks:
            let items = try await todos()
            Self.say((items.isEmpty ? "There is nothing to do." : TodoText.tree(items)) + "\n")
        case .memory: Self.say(try await memory(words, on: terminal) + "\n")
        case .cost: Self.say(AgentText.cost(try SessionShelf(root: root).records(session.id)) + "\n")
        case .compact:
            let loop = session.loop
            guard let isShorter = try await step({ try await loop.compact() }) else { return }
            Self.say(isShorter ? "" : "There is nothing that could be shorter yet.\n")
        case .clear:
            let next = try await open(nil)
            await session.close()
            Self.say("A new session. What was said before: weir agent --resume \(session.id)\n")
            session = next
        }
    }

    private func todos() async throws -> [TodoItem] {
        guard let store else { return [] }
        return try await TodoBook(store: store, prefix: session.profile.todoPrefix).items()
    }

    private func memory(_ words: String, on terminal: Terminal) async throws -> String {
        guard let store else { return "Outside of a project nothing is remembered." }
        let book = await ProjectMemory.book(
            try? ProjectLoader.load(root: root), store: store, finds: !words.isEmpty)
        if !words.isEmpty { return MemoryText.hits(try await book.search(words, limit: 20), on: terminal) }
        return MemoryText.list(try await book.list(limit: 20), counts: try await book.counts(), on: terminal)
    }

    private func recap() async throws {
        let records = try SessionShelf(root: root).records(session.id)
        Self.say(AgentText.recap(records, todos: try await todos(), on: .of(descriptor: 1)) + "\n")
    }

    // MARK: One step

    /// Ctrl-C stops the step, and the conversation goes on.
    ///
    /// - Returns: nil when it was stopped or failed; the person was told.
    private func step<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value? {
        let step = Task { try await body() }
        let stop = { @Sendable () -> Bool in
            if step.isCancelled { return false }
            step.cancel()
            return true
        }
        display.begin()
        do {
            let value = try await Interruption.taking(stop) {
                try await withTaskCancellationHandler {
                    try await step.value
                } onCancel: {
                    step.cancel()
                }
            }
            display.close()
            return value
        } catch is CancellationError {
            display.close()
            try Task.checkCancellation()
            Self.say("stopped; say what to do now\n")
        } catch let error as WeirError {
            display.close()
            Console().fail(error)
        }
        return nil
    }

    private static func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
