import WeirCore
import WeirEngine

/// The types that a source declares, in the engine's own words: `int` and `INTEGER` are one type, and must not look
/// like a change.
enum DeclaredTypes {
    /// - Throws: `source.unknown-type` with the nearest name.
    static func canonical(_ source: SourceDefinition, on connection: isolated Connection) throws -> [Column] {
        guard !source.columns.isEmpty else { return [] }
        func types(_ columns: [Column]) throws -> [Column] {
            let list = columns.enumerated().map { "CAST(NULL AS \($1.type)) AS c\($0)" }.joined(separator: ", ")
            let found = try connection.columns(of: "SELECT \(list)")
            return zip(columns, found).map { Column(name: $0.name, type: $1.type) }
        }
        do { return try types(source.columns) } catch is WeirError {
            // One of them is wrong: which?
            return try source.columns.map { column in
                do { return try types([column])[0] } catch is WeirError {
                    throw WeirError(
                        "source.unknown-type",
                        "column \(column.name) of \(source.name) has no such type: \(column.type)",
                        hint: DidYouMean.hint(for: column.type.uppercased(), among: known), at: source.place)
                }
            }
        }
    }

    private static let known = [
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR",
        "DATE",
        "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "UUID", "BLOB", "JSON",
    ]
}
