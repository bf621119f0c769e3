/// The one place where SQL names and texts are quoted.
public enum SQL {
    /// `"name"`, safe for any character. Doubling the quote is standard SQL.
    public static func quote(_ identifier: String) -> String {
        between(identifier, "\"")
    }

    /// A text literal, for the few places that cannot take a bound value (reader options, `ATTACH`, comments).
    public static func literal(_ text: String) -> String {
        between(text, "'")
    }

    /// The text between two marks, with every mark in it doubled.
    ///
    /// By code point and not by `Character`: a mark with a combining accent behind it is one character to Swift,
    /// and still a mark to SQL.
    public static func between(_ text: String, _ mark: Unicode.Scalar) -> String {
        var out = String.UnicodeScalarView()
        out.append(mark)
        for scalar in text.unicodeScalars {
            out.append(scalar)
            if scalar == mark { out.append(mark) }
        }
        out.append(mark)
        return String(out)
    }

    /// The JSON path of an object's member, as a literal: `'$."name"'`.
    public static func jsonPath(to member: String) -> String {
        literal("$.\"\(member.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"")
    }

    /// `"a", "b"`.
    public static func list(_ identifiers: some Sequence<String>) -> String {
        identifiers.map(quote).joined(separator: ", ")
    }
}

/// A table's full name inside one warehouse: `schema.table`.
public struct TableName: Sendable, Hashable, Comparable {
    public let schema: String
    public let table: String

    public init(schema: String, table: String) {
        self.schema = schema
        self.table = table
    }

    /// Reads `schema.table`; the last dot divides. Returns nil when either part is empty.
    public init?(_ text: String) {
        guard let dot = text.lastIndex(of: ".") else { return nil }
        let schema = String(text[..<dot])
        let table = String(text[text.index(after: dot)...])
        if schema.isEmpty || table.isEmpty { return nil }
        self.init(schema: schema, table: table)
    }

    /// Quoted for SQL.
    public var sql: String { "\(SQL.quote(schema)).\(SQL.quote(table))" }

    /// DuckDB compares names without regard to case.
    public var key: String { description.lowercased() }

    public static func < (a: TableName, b: TableName) -> Bool {
        (a.schema, a.table) < (b.schema, b.table)
    }
}

extension TableName: CustomStringConvertible, Codable {
    public var description: String { "\(schema).\(table)" }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = TableName(text) else {
            throw WeirError("name.invalid", "\"\(text)\" is not a table name", hint: "write schema.table")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        try box.encode(description)
    }
}
