/// Where something is: a position in a file, or a cell in a table, or both.
public struct Place: Sendable, Hashable, Codable {
    /// Path relative to the project where there is one.
    public var file: String?
    /// 1-based.
    public var line: Int?
    /// 1-based, in characters.
    public var column: Int?
    /// `schema.table`.
    public var table: String?
    /// The table's column.
    public var field: String?
    /// 1-based row of the table or file.
    public var row: Int?

    public init(
        file: String? = nil, line: Int? = nil, column: Int? = nil,
        table: String? = nil, field: String? = nil, row: Int? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.table = table
        self.field = field
        self.row = row
    }
}

extension Place: CustomStringConvertible {
    /// `models/mart/delays.sql:12:5`, as editors and terminals understand it.
    public var description: String {
        var parts: [String] = []
        if let file {
            parts.append(
                [file, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":"))
        }
        if let table { parts.append(field.map { "\(table).\($0)" } ?? table) }
        if let row { parts.append("row \(row)") }
        return parts.joined(separator: ", ")
    }
}
