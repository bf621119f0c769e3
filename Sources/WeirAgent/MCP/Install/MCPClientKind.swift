import Foundation
import WeirCore

/// A program for people that can use Weir over the Model Context Protocol.
public enum MCPClientKind: String, Sendable, CaseIterable, Encodable {
    case claudeCode = "claude-code"
    case cursor
    case vscode
    case codex

    /// The file that names its servers. Codex has one for a person, the others have one in the project.
    func path(root: String, home: String, environment: [String: String]) -> String {
        switch self {
        case .claudeCode: "\(root)/.mcp.json"
        case .cursor: "\(root)/.cursor/mcp.json"
        case .vscode: "\(root)/.vscode/mcp.json"
        case .codex: "\(environment["CODEX_HOME"] ?? "\(home)/.codex")/config.toml"
        }
    }

    /// The file that teaches it how to use Weir, relative to the project.
    var guide: String { self == .claudeCode ? ".claude/skills/weir/SKILL.md" : "AGENTS.md" }

    /// The key that holds the servers.
    var section: String { self == .vscode ? "servers" : "mcpServers" }

    /// What starts the server. A client that begins elsewhere is told where the project is.
    func entry(root: String, options: [String]) -> JSONValue {
        var arguments = ["mcp"] + options
        switch self {
        case .claudeCode: break
        case .cursor, .vscode: arguments += ["--project", "${workspaceFolder}"]
        case .codex: arguments += ["--project", root]
        }
        var fields: [String: JSONValue] = ["command": "weir", "args": JSONValue(arguments)]
        if self != .codex, self != .cursor { fields["type"] = "stdio" }
        return .object(fields)
    }

    /// The whole file with the entry in it, all else as it is.
    ///
    /// - Throws: `mcp.cannot-merge` where the file is not understood.
    func merged(_ text: String, entry: JSONValue, path: String) throws -> String {
        if self == .codex { return try TOMLEdit.setting("mcp_servers.weir", to: entry, text: text, path: path) }
        guard let merged = JSONEdit.setting("weir", in: section, to: entry, text: text) else {
            throw WeirError(
                "mcp.cannot-merge", "\(path) is no JSON that can be added to",
                hint: "mend it, or add this by hand under \"\(section)\": \"weir\": \(entry.line)",
                at: Place(file: path))
        }
        return merged
    }
}

/// Puts a table into a TOML file, at its end, and leaves all else as it is.
enum TOMLEdit {
    /// - Throws: `mcp.cannot-merge` where the file has such a table that says something else.
    static func setting(_ name: String, to entry: JSONValue, text: String, path: String) throws -> String {
        let command = entry["command"]?.line ?? ""
        // A list of texts is written in TOML as in JSON.
        let lines = ["[\(name)]", "command = \(command)", "args = \((entry["args"] ?? []).line)"]
        let section = lines.joined(separator: "\n")
        let known = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.trimmingCharacters(in: .whitespaces)
        }
        let quoted = "[\(name.split(separator: ".")[0]).\"\(name.split(separator: ".")[1])\"]"
        guard let start = known.firstIndex(where: { $0.hasPrefix("[\(name)]") || $0.hasPrefix(quoted) }) else {
            let gap = text.isEmpty ? "" : text.hasSuffix("\n") ? "\n" : "\n\n"
            return text + gap + section + "\n"
        }
        if Array(known[start...].prefix(3)) == lines { return text }
        throw WeirError(
            "mcp.cannot-merge", "\(path) has a [\(name)] already, which says something else",
            hint: "change it by hand to:\n\(section)", at: Place(file: path, line: start + 1))
    }
}
