import WeirCore

/// Finds where in the user's text an error belongs.
enum SQLErrorPlace {
    struct Found {
        let line: Int
        let column: Int
        let length: Int
    }

    static func find(_ report: EngineReport, name: String?, in sql: SourceText) -> Found? {
        if let position = report.position {
            // DuckDB's parser counts characters, its binder counts bytes.
            let isCharacters = report.kind == "parser" || report.kind == "syntax"
            let offset = isCharacters ? sql.text.unicodeScalars.prefix(position).utf8Count : position
            return found(at: offset, in: sql)
        }
        if let drawing = report.drawing, let found = found(drawing, in: sql) { return found }
        if report.message.contains("end of input") { return found(at: sql.text.utf8.count, in: sql) }
        // Some errors come without a place. A name that the text has once needs none.
        guard let name else {
            // A syntax error belongs to the statement, wherever in it.
            let isSyntax = report.kind == "parser" || report.kind == "syntax"
            return isSyntax ? SQLScanner(sql.text).words().first.map { found(at: $0.start, in: sql) } : nil
        }
        let places = SQLScanner(sql.text).words().filter { $0.text == name.lowercased() }
        return places.count == 1 ? found(at: places[0].start, in: sql) : nil
    }

    private static func found(at offset: Int, in sql: SourceText) -> Found {
        let scanner = SQLScanner(sql.text)
        var offset = offset
        if offset >= scanner.bytes.count {
            // The end of the input is where the text stops, not the empty lines after it.
            offset = scanner.statement.utf8.count
        }
        let at = sql.position(utf8Offset: offset)
        var length = 1
        if let range = scanner.nameChain(at: offset, limit: 1)?.ranges.first {
            length = String(decoding: scanner.bytes[range], as: UTF8.self).count
        }
        return Found(line: at.line, column: at.column, length: length)
    }

    /// Looks for the drawn line in the text. DuckDB cuts long lines at both ends and marks the cut by dots; a prefix
    /// put before the statement shows in the first line only.
    private static func found(_ drawing: EngineReport.Drawing, in sql: SourceText) -> Found? {
        let lines = sql.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // A statement that ran inside of another began one or two lines later than in its file.
        for number in [drawing.line, drawing.line - 1, drawing.line - 2] where lines.indices.contains(number - 1) {
            if let found = found(drawing, in: String(lines[number - 1]), number) { return found }
        }
        return nil
    }

    private static func found(_ drawing: EngineReport.Drawing, in line: String, _ number: Int) -> Found? {
        var shown = Substring(drawing.snippet)
        var marker = drawing.marker
        if shown.hasPrefix("..."), !line.hasPrefix("...") {
            shown = shown.dropFirst(3)
            marker -= 3
        }
        if shown.hasSuffix("..."), !line.hasSuffix("...") { shown = shown.dropLast(3) }
        guard marker >= 0, marker <= shown.count else { return nil }
        if let range = line.firstRange(of: shown) {
            let column = line.distance(from: line.startIndex, to: range.lowerBound) + marker + 1
            return Found(line: number, column: column, length: 1)
        }
        let rest = shown.dropFirst(marker)
        guard !rest.isEmpty, let range = line.firstRange(of: rest) else { return nil }
        return Found(
            line: number, column: line.distance(from: line.startIndex, to: range.lowerBound) + 1, length: 1)
    }
}

extension Sequence where Element == Unicode.Scalar {
    fileprivate var utf8Count: Int { reduce(0) { $0 + UTF8.width($1) } }
}
