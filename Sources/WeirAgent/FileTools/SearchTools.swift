import Foundation
import WeirCore

struct GlobTool: Tool {
    let workspace: Workspace
    static let most = 500

    var spec: ToolSpec {
        ToolSpec(
            name: "Glob", title: "Find files by name",
            summary: "Lists the project's files that a pattern names, like models/**/*.sql, the latest changed first.",
            input: ToolSchema.object([
                .init("pattern", .string, "`*` within a name, `**` across folders, `{a,b}`.", isRequired: true),
                .init("path", .string, "The folder to look in."),
            ]).json,
            output: ToolSchema.object([
                .init("files", .array(.string), ""), .init("total", .integer, ""), .init("truncated", .boolean, ""),
            ]).json)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let start = try workspace.path(try arguments.optionalText("path") ?? "")
        let pattern = try Self.pattern(try arguments.text("pattern"))
        var found: [(path: String, modified: Int)] = []
        try workspace.walk(start) { path, entry in
            let inside = start.isEmpty ? path : String(path.dropFirst(start.count + 1))
            if pattern.matches(inside) || pattern.matches(path) { found.append((path, entry.modified)) }
            return true
        }
        found.sort { ($1.modified, $0.path) < ($0.modified, $1.path) }
        let shown = found.prefix(Self.most).map(\.path)
        let note = found.count > shown.count ? "\n(cut: \(shown.count) of \(found.count))" : ""
        return ToolAnswer(
            [
                "files": .array(shown.map { .string($0) }), "total": .int(Int64(found.count)),
                "truncated": .bool(found.count > shown.count),
            ], text: shown.isEmpty ? "(no file)" : shown.joined(separator: "\n") + note, isForeign: true)
    }

    static func pattern(_ text: String) throws -> PathPattern {
        guard let pattern = PathPattern(text) else {
            throw WeirError("tool.bad-arguments", "\"\(text.prefix(80))\" is no pattern of paths")
        }
        return pattern
    }
}

struct ListTool: Tool {
    let workspace: Workspace
    static let most = 1_000

    var spec: ToolSpec {
        ToolSpec(
            name: "LS", title: "List a folder", summary: "Lists what a folder of the project holds, with sizes.",
            input: ToolSchema.object([.init("path", .string, "The folder; the project's own where not given.")]).json,
            output: ToolSchema.object([
                .init(
                    "entries",
                    .array(
                        .object([
                            .init("name", .string, ""),
                            .init("kind", .choice(["file", "folder", "link", "other"]), ""),
                            .init("bytes", .integer, ""),
                        ])), ""), .init("total", .integer, ""), .init("truncated", .boolean, ""),
            ]).json)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let entries = try workspace.list(try arguments.optionalText("path") ?? "")
        let shown = entries.prefix(Self.most)
        let list = shown.map { entry -> JSONValue in
            var fields: [String: JSONValue] = ["name": .string(entry.name), "kind": .string(entry.kind.rawValue)]
            if entry.kind == .file { fields["bytes"] = .int(Int64(entry.size)) }
            return .object(fields)
        }
        var text = shown.map { entry -> String in
            switch entry.kind {
            case .folder: "\(entry.name)/"
            case .file: "\(entry.name)\t\(Figures.bytes(Int64(entry.size)))"
            case .link: "\(entry.name)\t(a link)"
            case .other: "\(entry.name)\t(no plain file)"
            }
        }.joined(separator: "\n")
        if entries.count > shown.count { text += "\n(cut: \(shown.count) of \(entries.count))" }
        return ToolAnswer(
            [
                "entries": .array(list), "total": .int(Int64(entries.count)),
                "truncated": .bool(entries.count > shown.count),
            ], text: text.isEmpty ? "(empty)" : text, isForeign: true)
    }
}

struct GrepTool: Tool {
    let workspace: Workspace
    static let most = 200
    static let longestLine = 400
    /// A pattern of a model's own may take for ever on a text: what is looked at is bounded.
    static let longestPattern = 500
    static let longestSearched = 2_000

    var spec: ToolSpec {
        ToolSpec(
            name: "Grep", title: "Find text in files",
            summary: "Finds lines of the project's text files by a regular expression, or with `fixed` by plain words.",
            input: Self.input.json, output: Self.output.json)
    }

    private static let input = ToolSchema.object([
        .init("pattern", .string, "", isRequired: true),
        .init("fixed", .boolean, "The pattern is plain text."),
        .init("ignore_case", .boolean, ""),
        .init("glob", .string, "Only files that this pattern names."),
        .init("path", .string, "A folder or a file to look in."),
        .init("limit", .integer, "Most lines, at most \(most)."),
    ])

    private static let match = ToolSchema.object([
        .init("path", .string, ""), .init("line", .integer, ""), .init("text", .string, ""),
    ])

    private static let output = ToolSchema.object([
        .init("matches", .array(match), ""), .init("truncated", .boolean, ""),
    ])

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let limit = try arguments.int("limit", usual: Self.most, in: 1...Self.most)
        let glob = try arguments.optionalText("glob").map(GlobTool.pattern)
        let matcher = try Matcher(
            try arguments.text("pattern"), isFixed: try arguments.bool("fixed"),
            ignoresCase: try arguments.bool("ignore_case"))
        let start = try workspace.path(try arguments.optionalText("path") ?? "")
        var found: [(path: String, line: Int, text: String)] = []
        var isCut = false
        func look(_ path: String) throws -> Bool {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if let glob, !glob.matches(path), !glob.matches(name) { return true }
            guard let (bytes, _) = try? workspace.read(path), !bytes.prefix(8_000).contains(0) else { return true }
            let text = String(decoding: bytes, as: UTF8.self)
            for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            where matcher.matches(line) {
                if found.count == limit {
                    isCut = true
                    return false
                }
                found.append((path, index + 1, CutText.head(String(line), bytes: Self.longestLine).text))
            }
            return true
        }
        // A file alone may be named too.
        do { try workspace.walk(start) { path, _ in try look(path) } } catch let error as WeirError
            where error.code == "file.no-folder" && !start.isEmpty
        { _ = try look(start) }
        let lines = found.map { "\($0.path):\($0.line): \($0.text)" }
        let note = isCut ? "\n(cut after \(limit) lines)" : ""
        return ToolAnswer(
            [
                "matches": .array(
                    found.map { ["path": .string($0.path), "line": .int(Int64($0.line)), "text": .string($0.text)] }),
                "truncated": .bool(isCut),
            ], text: lines.isEmpty ? "(no match)" : lines.joined(separator: "\n") + note, isForeign: true)
    }

    private struct Matcher {
        private let expression: NSRegularExpression

        init(_ pattern: String, isFixed: Bool, ignoresCase: Bool) throws {
            if pattern.isEmpty || pattern.utf8.count > GrepTool.longestPattern {
                throw WeirError(
                    "tool.bad-arguments", "Grep: a pattern has 1 to \(GrepTool.longestPattern) bytes")
            }
            let text = isFixed ? NSRegularExpression.escapedPattern(for: pattern) : pattern
            do {
                expression = try NSRegularExpression(pattern: text, options: ignoresCase ? [.caseInsensitive] : [])
            } catch {
                throw WeirError(
                    "tool.bad-arguments", "Grep: \"\(pattern.prefix(80))\" is no regular expression",
                    hint: "fixed: true looks for the text as it is")
            }
        }

        func matches(_ line: Substring) -> Bool {
            let text = CutText.head(String(line), bytes: GrepTool.longestSearched).text
            return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        }
    }
}
