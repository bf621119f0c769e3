import WeirCore

/// CSV as a person writes it into a test: RFC 4180, with a header.
///
/// An empty cell is NULL, a quoted empty one (`""`) is an empty text. Every row must have as many cells as the
/// header: DuckDB's own reader guesses where a line does not fit, and a test must not.
struct CSVText {
    struct Mistake: Error {
        let message: String
        var hint: String?
        /// 1-based, in the file.
        let line: Int
    }

    private let text: String
    private let separator: Character
    private let source: SourceText?
    private let firstLine: Int

    /// - Parameters:
    ///   - source: the CSV file, or nil where the text stands inside a test file.
    ///   - firstLine: number of the text's first line in its file.
    init(_ text: String, separator: Character = ",", source: SourceText?, firstLine: Int = 1) {
        self.text = text
        self.separator = separator
        self.source = source
        self.firstLine = firstLine
    }

    private struct Record {
        let line: Int
        var cells: [TestCells.Cell] = []
    }

    func cells() throws -> TestCells {
        let records = try records()
        guard let header = records.first else {
            throw Mistake(message: "the CSV is empty", hint: "its first line names the columns", line: firstLine)
        }
        var seen = Set<String>()
        let columns = try header.cells.map { cell in
            guard let name = cell.text, !name.isEmpty else {
                throw Mistake(message: "a column has no name", line: header.line)
            }
            guard seen.insert(name.lowercased()).inserted else {
                throw Mistake(message: "two columns are named \"\(name)\"", line: header.line)
            }
            return TestCells.Column(name: name, line: cell.line, column: cell.column)
        }
        let rows = try records.dropFirst().map { record in
            guard record.cells.count == columns.count else {
                throw Mistake(
                    message: "this line has \(record.cells.count) cells, and the header has \(columns.count)",
                    hint: "a cell with a \(separator == "," ? "comma" : "tab") or a line break stands in quotes",
                    line: record.line)
            }
            return TestCells.Row(line: record.line, cells: record.cells)
        }
        return TestCells(source: source, columns: columns, rows: rows)
    }

    private func records() throws -> [Record] {
        var records: [Record] = []
        var line = firstLine
        var column = 1
        var rest = Substring(text)
        if rest.first == "\u{FEFF}" { rest = rest.dropFirst() }
        while !rest.isEmpty {
            var record = Record(line: line)
            var ended = false
            while !ended {
                let start = (line: line, column: column)
                var value = ""
                let isQuoted = rest.first == "\""
                if isQuoted {
                    rest = rest.dropFirst()
                    column += 1
                    while true {
                        guard let next = rest.popFirst() else {
                            throw Mistake(message: "a quote is not closed", line: start.line)
                        }
                        column += 1
                        if next == "\"" {
                            guard rest.first == "\"" else { break }
                            rest = rest.dropFirst()
                            column += 1
                        } else if next.isNewline {
                            line += 1
                            column = 1
                        }
                        value.append(next)
                    }
                    if let next = rest.first, next != separator, !next.isNewline {
                        throw Mistake(
                            message: "text follows a closing quote", hint: "double a quote inside quotes: \"\"",
                            line: line)
                    }
                } else {
                    let plain = rest.prefix { $0 != separator && !$0.isNewline }
                    value = String(plain)
                    rest = rest.dropFirst(plain.count)
                    column += plain.count
                }
                record.cells.append(
                    .init(
                        text: value.isEmpty && !isQuoted ? nil : value, isText: isQuoted, line: start.line,
                        column: source == nil ? nil : start.column))
                let next = rest.popFirst()
                ended = next != separator
                column += 1
                if ended {
                    line += 1
                    column = 1
                }
            }
            // A line without anything is no row, unless the CSV has one column.
            let isBlank = record.cells.count == 1 && record.cells[0].text == nil
            if !isBlank || records.first?.cells.count == 1 { records.append(record) }
        }
        return records
    }
}
