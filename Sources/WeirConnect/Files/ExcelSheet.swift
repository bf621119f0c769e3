import WeirCore
import WeirEngine

/// What DuckDB's reader of Excel sheets does not say.
public enum ExcelSheet {
    /// Most rows below the header, and columns beside it, that are looked at.
    private static let rows = 10_000
    private static let columnsBeside = 26

    /// Letters of the columns that have cells and are read by nobody: the reader takes those from the first to the last
    /// cell of the header row. None where the source says a range.
    public static func columnsLeftOut(
        of file: InputFile, options: FileOptions, on connection: isolated Connection
    ) throws -> [String] {
        guard options.range == nil, file.size > 0 else { return [] }
        func call(_ range: String?) -> String {
            var arguments = [
                SQL.literal(file.path), "header = false", "all_varchar = true", "stop_at_empty = false",
            ]
            if let sheet = options.sheet { arguments.append("sheet = \(SQL.literal(sheet))") }
            if let range { arguments.append("range = \(SQL.literal(range))") }
            return "read_xlsx(\(arguments.joined(separator: ", ")))"
        }
        // Without names the columns are called by their first cells.
        let cells = try connection.columns(of: "SELECT * FROM \(call(nil))").map(\.name)
        guard let first = cells.first.flatMap(Cell.init), let last = cells.last.flatMap(Cell.init) else { return [] }
        let end = Cell(column: min(last.column + columnsBeside, 16_384), row: first.row + rows)
        let all = try connection.query(
            "SELECT count(COLUMNS(*)) FROM \(call("A\(first.row):\(end.letters)\(end.row)"))")
        guard let counts = all.first else { return [] }
        return counts.enumerated().filter { index, count in
            let isRead = (first.column...last.column).contains(index + 1)
            return !isRead && count.int ?? 0 > 0
        }.map { Cell(column: $0.offset + 1, row: 1).letters }
    }

    /// A cell by its numbers, from 1.
    struct Cell {
        let column: Int
        let row: Int

        init(column: Int, row: Int) {
            self.column = column
            self.row = row
        }

        /// `AB12` is column 28 and row 12.
        init?(_ name: String) {
            let letters = name.prefix { ("A"..."Z").contains($0) }
            guard !letters.isEmpty, let row = Int(name[letters.endIndex...]) else { return nil }
            column = letters.unicodeScalars.reduce(0) { $0 * 26 + Int($1.value) - 64 }
            self.row = row
        }

        var letters: String {
            var rest = column
            var out = ""
            while rest > 0 {
                out = String(UnicodeScalar(UInt8(65 + (rest - 1) % 26))) + out
                rest = (rest - 1) / 26
            }
            return out
        }
    }
}
