import WeirCore

/// DuckDB's syntax trees of many statements, asked for at once: asking one at a time takes three times as long.
public struct SyntaxTrees: Sendable {
    private let answers: [String: String]

    /// - Parameter statements: each as it is given to ``ParsedQuery/parse(_:source:trees:on:)`` later. A mistake in
    ///   one is told then, and harms no other.
    public init(of statements: some Sequence<String>, on connection: isolated Connection) throws {
        let statements = Array(Set(statements))
        if statements.isEmpty {
            answers = [:]
            return
        }
        let rows = try connection.query(
            "SELECT s, json_serialize_sql(s) FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS s)",
            [.list(statements.map { .text($0) })])
        var answers: [String: String] = [:]
        for row in 0..<rows.count { if let statement = rows[row, 0].text { answers[statement] = rows[row, 1].text } }
        self.answers = answers
    }

    subscript(sql: String) -> String? { answers[sql] }
}
