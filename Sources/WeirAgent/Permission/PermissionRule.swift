import Foundation
import WeirCore
import WeirPipeline

/// A rule of `agent: permissions:`, like `Write(seeds/**)`, `Bash(git diff *)` or `run`.
struct PermissionRule: Sendable, Hashable {
    /// The tool's name; `*` stands for anything.
    let tool: String
    /// What the call must be about; nil for every call.
    let pattern: String?
    let text: String
    let place: Place?

    static let longest = 1_000

    /// - Throws: `agent.bad-rule`, with its place.
    init(_ rule: AgentSettings.Permissions.Rule) throws {
        text = rule.text
        place = rule.place
        let words = rule.text.trimmingCharacters(in: .whitespacesAndNewlines)
        func bad(_ why: String) -> WeirError {
            WeirError(
                "agent.bad-rule", "the rule \"\(rule.text.prefix(80))\" \(why)",
                hint: "write it like Bash, Write(seeds/**) or Bash(git diff *)", at: rule.place)
        }
        if words.isEmpty || words.utf8.count > Self.longest { throw bad("is empty or too long") }
        if let open = words.firstIndex(of: "(") {
            guard words.hasSuffix(")") else { throw bad("has a parenthesis that is not closed") }
            tool = String(words[..<open])
            let inside = String(words[words.index(after: open)...].dropLast())
            if inside.isEmpty { throw bad("has nothing in its parentheses") }
            pattern = inside
        } else {
            tool = words
            pattern = nil
        }
        guard !tool.isEmpty, tool.unicodeScalars.allSatisfy(Self.isNameScalar) else { throw bad("names no tool") }
        if let pattern, PathTool.isOne(tool), PathPattern(pattern) == nil {
            throw bad("has a pattern that cannot be read")
        }
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "_-.*".unicodeScalars.contains(scalar))
    }

    func isAbout(_ name: String) -> Bool { tool == name || (tool.contains("*") && Glob.matches(tool, name)) }

    /// Whether the rule is about the call.
    ///
    /// - Parameter isStrict: the rule would allow it, so that everything the call does must be what the pattern says.
    func covers(_ tool: String, _ subject: PermissionSubject, isStrict: Bool) -> Bool {
        guard isAbout(tool) else { return false }
        guard let pattern, pattern != "*" else { return true }
        switch subject {
        case .path(let path): return PathPattern(pattern)?.matches(path) == true
        case .command(let command):
            let parts = ShellWords.commands(command)
            // A line with `;`, `|`, `$(…)` and the like does more than its beginning says.
            if isStrict { return parts.isPlain && Glob.matches(pattern, parts.all.first ?? "") }
            return parts.all.contains { Glob.matches(pattern, $0) } || Glob.matches(pattern, command)
        case .text(let text): return Glob.matches(pattern, text)
        }
    }
}

/// What a call is about, that patterns are held against.
enum PermissionSubject: Sendable, Hashable {
    case path(String)
    case command(String)
    case text(String)

    var shown: String {
        switch self {
        case .path(let text), .command(let text), .text(let text): text
        }
    }
}

/// Tools whose subject is a path.
enum PathTool {
    static let names: Set = ["Read", "Write", "Edit", "LS", "Glob", "Grep"]
    static func isOne(_ tool: String) -> Bool { names.contains(tool) }
}

/// The commands of a shell's line, as far as they can be told without running it.
enum ShellWords {
    /// - Returns: each command; whether the line is one plain command and nothing else.
    static func commands(_ line: String) -> (all: [String], isPlain: Bool) {
        let marks = Set(";&|<>`$(){}\n\r\\".unicodeScalars)
        var all: [String] = []
        var current = String.UnicodeScalarView()
        var isPlain = true
        for scalar in line.unicodeScalars {
            if marks.contains(scalar) {
                isPlain = false
                all.append(String(current))
                current = String.UnicodeScalarView()
            } else {
                current.append(scalar)
            }
        }
        all.append(String(current))
        let words = all.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter { !$0.isEmpty }
        return (words, isPlain)
    }
}
