/// What a person can ask of the conversation itself.
enum ChatCommand: String, CaseIterable {
    case help, tasks, memory, cost, patch, tools, compact, clear, quit

    /// - Parameter word: without the slash, also as other agents call it.
    init?(word: String) {
        let others = ["exit": Self.quit, "todos": .tasks, "diff": .patch, "usage": .cost, "new": .clear]
        guard let found = Self(rawValue: word) ?? others[word] else { return nil }
        self = found
    }

    private var meaning: String {
        switch self {
        case .help: "this"
        case .tasks: "the task list"
        case .memory: "what it remembers; with words, what has to do with them"
        case .cost: "what this session used"
        case .patch: "what was changed in this session"
        case .tools: "what it can do"
        case .compact: "sum up what was said until now"
        case .clear: "begin a new session"
        case .quit: "leave; so does Ctrl-D, and Ctrl-C where nothing is typed"
        }
    }

    static var explanation: String {
        """
        Type what is to be done. Enter sends; Alt-Enter, or a backslash at the end, begins another line.
        Ctrl-C stops what is under way and keeps the session. Arrows bring back what was typed before.

        """
            + allCases.map { command in
                let name = "/\(command.rawValue)"
                return "  \(name)\(String(repeating: " ", count: 10 - name.count))\(command.meaning)\n"
            }.joined()
    }
}
