import WeirCore

struct ReadTool: Tool {
    let workspace: Workspace

    /// What an answer shows at most.
    static let mostLines = 2_000
    static let mostBytes = 20_000
    static let longestLine = 2_000

    var spec: ToolSpec {
        ToolSpec(
            name: "Read", title: "Read a file",
            summary: """
                Reads a text file of the project. Lines come numbered. A long file is read in parts: `offset` is the \
                first line, `limit` how many. For data files (CSV, Parquet, databases) use profile or query instead.
                """,
            input: ToolSchema.object([
                .init("path", .string, "Path inside the project.", isRequired: true),
                .init("offset", .integer, "First line, from 1."), .init("limit", .integer, "Most lines."),
            ]).json,
            output: ToolSchema.object([
                .init("path", .string, ""), .init("first_line", .integer, ""), .init("lines", .integer, "Lines shown."),
                .init("total_lines", .integer, ""), .init("bytes", .integer, "Size of the file."),
                .init("text", .string, ""), .init("truncated", .boolean, "There is more."),
            ]).json)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let path = try workspace.path(try arguments.text("path"))
        let offset = try arguments.int("offset", usual: 1, in: 1...100_000_000)
        let limit = try arguments.int("limit", usual: Self.mostLines, in: 1...Self.mostLines)
        let (bytes, size) = try workspace.read(path)
        if bytes.prefix(8_000).contains(0) {
            throw WeirError(
                "file.binary", "\(path) is no text; it has \(Figures.bytes(Int64(size)))",
                hint: "profile or query looks into data files")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // A line feed at the end ends the last line and begins no other.
        let total = lines.last?.isEmpty == true ? lines.count - 1 : lines.count
        if offset > max(1, total) {
            throw WeirError("file.no-line", "\(path) has \(Figures.count(Int64(total), "line"))")
        }
        var text = ""
        var shown = 0
        for (index, line) in lines[..<total].enumerated().dropFirst(offset - 1).prefix(limit) {
            let (head, isCut) = CutText.head(String(line), bytes: Self.longestLine)
            let numbered = "\(index + 1)\t\(head)\(isCut ? "… (the line goes on)" : "")\n"
            if text.utf8.count + numbered.utf8.count > Self.mostBytes { break }
            text += numbered
            shown += 1
        }
        let isCut = offset - 1 + shown < total || bytes.count < size
        var fields: [String: JSONValue] = [
            "path": .string(path), "first_line": .int(Int64(offset)), "lines": .int(Int64(shown)),
            "bytes": .int(Int64(size)), "text": .string(text), "truncated": .bool(isCut),
        ]
        // Of a file that was not read to its end nobody knows.
        if bytes.count == size { fields["total_lines"] = .int(Int64(total)) }
        if isCut {
            text += "(cut: lines \(offset)–\(offset - 1 + shown)"
            text += bytes.count == size ? " of \(total)" : " of a file of \(Figures.bytes(Int64(size)))"
            text += "; go on with offset \(offset + shown))\n"
        }
        return ToolAnswer(.object(fields), text: text.isEmpty ? "(the file is empty)" : text, isForeign: true)
    }
}
