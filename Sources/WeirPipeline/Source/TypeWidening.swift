import WeirConnect
import WeirCore
import WeirEngine

/// The type that holds the values of two.
enum TypeWidening {
    static func common(_ a: String, _ b: String, on connection: isolated Connection) throws -> String {
        if a == b || b == "NULL" { return a }
        let both = try? connection.columns(of: "SELECT CAST(NULL AS \(a)) AS v UNION ALL SELECT CAST(NULL AS \(b))")
        return both?.first?.type ?? "VARCHAR"
    }

    /// The same where nothing is known of the values: exact numbers and binary fractions have only text in common.
    static func lossless(_ a: String, _ b: String, on connection: isolated Connection) throws -> String {
        let common = try common(a, b, on: connection)
        return isFloating(common) && !(isFloating(a) && isFloating(b)) ? "VARCHAR" : common
    }

    /// Whether a column's values stay what they are in another type. A binary fraction holds integers up to 2^53.
    static func keepsValues(
        _ table: TableName, _ column: Column, as type: String, on connection: isolated Connection
    ) throws -> Bool {
        guard isFloating(type),
            let present = try connection.columns(of: table)?.first(where: {
                $0.name.lowercased() == column.name.lowercased()
            }), !isFloating(present.type)
        else { return true }
        let name = SQL.quote(present.name)
        return try connection.query(
            "SELECT coalesce(bool_and(CAST(CAST(\(name) AS \(type)) AS \(present.type)) = \(name)), true) FROM \(table.sql) WHERE \(name) IS NOT NULL"
        ).scalar.bool ?? true
    }

    private static func isFloating(_ type: String) -> Bool { ["DOUBLE", "FLOAT"].contains(type) }
}
