import WeirCore
import WeirEngine

/// A test made from rows: what a starting test file says.
struct TestExample: Sendable {
    struct Table: Sendable {
        let columns: [Column]
        /// JSON text of every value.
        let rows: [[String]]
    }

    let model: TableName
    let given: [(name: TableName, rows: Table)]
    let expected: Table
    /// True when classified columns are left out of the expectation.
    let isSubset: Bool
    let masked: [String]

    /// Reads the inputs as they stand in the database, and what the model makes of them.
    static func read(
        _ model: ModelDefinition, _ inputs: [TableName], masked: [String], hidden: Set<String>,
        on connection: isolated Connection
    ) throws -> TestExample {
        let given = try inputs.map { ($0, try table("SELECT * FROM \($0.sql)", on: connection)) }
        let known = Set(masked.map { String($0.split(separator: ".").last ?? "").lowercased() })
        do {
            let columns = try connection.columns(of: model.sql)
            let shown = columns.map(\.name).filter {
                !hidden.contains($0.lowercased()) || known.contains($0.lowercased())
            }
            guard !shown.isEmpty else {
                throw WeirError(
                    "test.all-hidden", "a contract classifies every column of \(model.name)",
                    hint: "write the test by hand, with rows that you invent", at: model.place)
            }
            let expected = try table(
                "SELECT \(SQL.list(shown)) FROM (\n\(model.sql.trimmingStatementEnd)\n) LIMIT 100", on: connection)
            return TestExample(
                model: model.name, given: given, expected: expected, isSubset: shown.count < columns.count,
                masked: masked)
        } catch {
            throw SQLErrorMapper.map(error, sql: model.text)
        }
    }

    private static func table(_ sql: String, on connection: isolated Connection) throws -> Table {
        let columns = try connection.columns(of: sql)
        let isNested = columns.map { column in ["[", "STRUCT(", "MAP("].contains { column.type.contains($0) } }
        let list = columns.indices.map { index in
            let value = SQL.quote(columns[index].name)
            return isNested[index] ? "to_json(\(value))::VARCHAR" : "\(value)::VARCHAR"
        }
        guard !list.isEmpty else { return Table(columns: [], rows: []) }
        let rows = try connection.query("SELECT \(list.joined(separator: ", ")) FROM (\(sql))")
        return Table(
            columns: columns,
            rows: try rows.map { row in
                try row.enumerated().map { index, value in
                    guard let text = value.text else { return "null" }
                    if isNested[index] || isBare(text, columns[index].type) { return text }
                    return try JSONOutput.line(JSONValue.string(text))
                }
            })
    }

    /// Whether YAML reads the text as the same value without quotes.
    private static func isBare(_ text: String, _ type: String) -> Bool {
        if type == "BOOLEAN" { return true }
        let isNumber = TypeGuess.fractionDigits(of: type) != nil || TypeGuess.tolerance(of: type) != nil
        return isNumber && Double(text)?.isFinite == true
    }
}

/// A starting test as YAML text.
enum TestFileText {
    static func yaml(_ example: TestExample) -> String {
        var lines = ["model: \(scalar(example.model.description))", "tests:", "  - name: a few real rows"]
        if example.given.isEmpty {
            lines.append("    given: {}")
        } else {
            lines.append("    given:")
            for (name, table) in example.given {
                lines.append("      \(scalar(name.description)):")
                lines += rows(table, indent: 8)
            }
        }
        lines.append("    expect:")
        if example.isSubset { lines.append("      columns: subset") }
        lines += rows(example.expected, indent: 6)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rows(_ table: TestExample.Table, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        guard !table.rows.isEmpty else { return ["\(space)rows: []"] }
        return ["\(space)rows:"]
            + table.rows.map { row in
                "\(space)  - { \(zip(table.columns, row).map { "\(scalar($0.name)): \($1)" }.joined(separator: ", ")) }"
            }
    }

    /// A name, in quotes unless it is plainly a word.
    private static func scalar(_ text: String) -> String {
        let isWord =
            text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
        // These words are other things than texts in YAML.
        let taken: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if isWord, !taken.contains(text.lowercased()) { return text }
        return (try? JSONOutput.line(JSONValue.string(text))) ?? "\"\""
    }
}
