import Foundation
import WeirCore

/// Reads profiles, and says what is wrong with them.
public struct ProfileReader: Sendable {
    /// A profile, unless it cannot be used at all, and everything that is worth saying about it.
    public struct Reading: Sendable {
        public var profile: AgentProfile?
        public var errors: [WeirError] = []
        public var warnings: [WeirError] = []
    }

    /// Keys that Weir uses.
    static let ownKeys = [
        "name", "description", "version", "base_version", "author", "tools", "disallowedTools", "model", "color",
        "maxTurns", "permissionMode", "todo_prefix", "duties", "steps",
    ]
    /// Keys of claude-mpm and Claude Code, which are kept and not used.
    static let foreignKeys = [
        "tags", "category", "max_tokens", "temperature", "resource_tier", "dependencies", "capabilities",
        "initialPrompt", "source", "skills", "mcpServers", "hooks", "memory", "background", "isolation", "effort",
        "schema_version", "agent_id", "agent_version", "agent_type", "type", "metadata", "memory_routing", "timeout",
        "interactions", "knowledge", "benchmarks", "testing", "examples", "local_only", "display_name", "priority",
        "author_email", "license", "created_at", "updated_at", "last_updated", "changelog", "template_version",
        "template_changelog", "routing", "keywords", "specializations",
    ]
    /// Tools that profiles written for Claude Code may name.
    static let foreignTools = [
        "MultiEdit", "NotebookEdit", "NotebookRead", "WebFetch", "Task", "Agent", "Skill", "KillShell", "BashOutput",
        "ExitPlanMode", "AskUserQuestion", "SlashCommand", "ToolSearch",
    ]

    /// Every tool that there may be.
    public static let ownTools = [
        "Read", "Write", "Edit", "Bash", "Grep", "Glob", "LS", "WebSearch", "TodoWrite", "profile", "query", "explain",
        "schema", "lineage", "plan", "apply", "run", "test", "check", "quarantine", "diff", "docs", "usage",
    ]

    public init() {}

    /// - Parameter path: for messages; the file's name stands in for a missing name.
    public func read(_ text: String, path: String, origin: AgentProfile.Origin) -> Reading {
        let parts = FrontMatter(text)
        var reading = Reading()
        guard parts.hasHead else {
            reading.errors.append(
                WeirError(
                    "agent.no-front-matter", "\(path) does not begin with front matter",
                    hint: "begin with a line of ---, then name: and description:, then another line of ---",
                    at: Place(file: path, line: 1)))
            return reading
        }
        let problems = Problems()
        let file = YAMLFile(path: path, text: parts.head, lineOffset: 1, problems: problems)
        let fields: Fields
        if let map = file.root() {
            fields = Fields(map)
        } else if let entries = LooseHead.read(parts.head) {
            // Claude Code takes such a file, so it loads; that it is no YAML is said.
            fields = Fields(entries)
            reading.warnings += problems.all.map { Self.loose($0) }
        } else {
            reading.errors += problems.all
            return reading
        }
        let judge = ProfileJudge(fields: fields, path: path)
        var profile = judge.profile(origin: origin, instructions: parts.body, text: text)
        if fields.map != nil { reading.errors += problems.all }
        reading.errors += judge.problems.all
        reading.warnings += judge.warnings.all
        if parts.body.allSatisfy(\.isWhitespace) {
            reading.warnings.append(
                WeirError("agent.no-instructions", "the profile has no instructions", at: Place(file: path)))
        }
        profile?.path = path
        reading.profile = profile
        return reading
    }

    private static func loose(_ error: WeirError) -> WeirError {
        var error = error
        error.message = "the front matter is no YAML, and is read line by line: \(error.message)"
        error.hint = "put the value in quotes"
        return error
    }
}

/// The values of a front matter, however it was read.
struct Fields {
    let map: YAMLMap?
    private let entries: [LooseHead.Entry]

    init(_ map: YAMLMap) {
        self.map = map
        entries = []
    }

    init(_ entries: [LooseHead.Entry]) {
        map = nil
        self.entries = entries
    }

    var keys: [String] { map?.keys ?? entries.map(\.key) }

    func text(_ key: String) -> String? {
        if let map { return map.value(key).flatMap { $0.isList || $0.isMap ? nil : $0.string() } }
        return entries.last { $0.key == key }.map(\.value).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A list, or words with commas between; nil where the key is missing.
    func words(_ key: String) -> [String]? {
        let texts: [String]
        if let map {
            guard let value = map.value(key) else { return nil }
            if value.isMap { return [] }
            texts = value.strings()
        } else {
            guard let entry = entries.last(where: { $0.key == key }) else { return nil }
            texts = [entry.value.trimmingCharacters(in: .init(charactersIn: "[]"))]
        }
        return texts.flatMap { Self.split($0) }
    }

    /// Commas inside of parentheses divide nothing: `Bash(a,b), Read`.
    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var current = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth = max(0, depth - 1) }
            if depth == 0, character == "," || character.isNewline {
                words.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        words.append(current)
        return words.map { $0.trimmingCharacters(in: .init(charactersIn: " \t\"'")) }.filter { !$0.isEmpty }
    }

    func place(_ key: String, in path: String) -> Place {
        if let map { return map.place(map.has(key) ? key : nil) }
        let line = entries.last { $0.key == key }?.line
        return Place(file: path, line: (line ?? 0) + 1, column: 1)
    }
}
