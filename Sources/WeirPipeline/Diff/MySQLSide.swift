import WeirCore
import WeirEngine
import WeirQuality

/// What MySQL's catalogue says of a table or query that is to be compared.
struct MySQLSide {
    let catalog: String
    let content: DiffTarget.Content
    let label: String

    func open(on connection: isolated Connection) throws -> DiffSide {
        switch content {
        case .table(let schema, let name): try table(schema, name, on: connection)
        case .query(let sql): try query(sql, on: connection)
        }
    }

    private func side(_ relation: String) -> DiffSide {
        DiffSide(
            label: label, engine: "mysql", dialect: .mysql, catalog: catalog, relation: relation, columns: [])
    }

    private func table(_ schema: String?, _ name: String, on connection: isolated Connection) throws -> DiffSide {
        let quote = SQLDialect.mysql.quote
        var side = side((schema.map { quote($0) + "." } ?? "") + quote(name))
        let literal = side.dialect.literal
        let place = "table_schema = \(schema.map(literal) ?? "DATABASE()") AND table_name = \(literal(name))"
        side.columns = try side.query(
            """
            SELECT CAST(column_name AS CHAR) AS n, CAST(column_type AS CHAR) AS t FROM information_schema.columns \
            WHERE \(place) ORDER BY ordinal_position
            """, on: connection
        ).map { DiffColumn(name: $0[0].display, type: $0[1].display, family: DiffFamily(mysql: $0[1].display)) }
        if side.columns.isEmpty {
            let names = try side.query(
                "SELECT CAST(table_name AS CHAR) AS n FROM information_schema.tables WHERE table_schema = \(schema.map(literal) ?? "DATABASE()")",
                on: connection
            ).map { $0[0].display }
            throw SideOpener.unknownTable(name, label, among: names)
        }
        let keys = try side.query(
            """
            SELECT CAST(index_name AS CHAR) AS i, CAST(column_name AS CHAR) AS n FROM information_schema.statistics AS s \
            WHERE \(place) AND non_unique = 0 AND NOT EXISTS (SELECT 1 FROM information_schema.statistics AS o \
            WHERE o.table_schema = s.table_schema AND o.table_name = s.table_name AND o.index_name = s.index_name \
            AND (o.nullable = 'YES' OR o.sub_part IS NOT NULL)) ORDER BY index_name <> 'PRIMARY', index_name, seq_in_index
            """, on: connection)
        side.addKeys(keys.map { row in (row[0].display, row[1].display, row[0].display == "PRIMARY") })
        side.isTable = true
        return side
    }

    /// A query's types are those that DuckDB finds in its result.
    private func query(_ sql: String, on connection: isolated Connection) throws -> DiffSide {
        var side = side("(\(sql)\n) AS weir_query")
        side.columns = try connection.columns(of: "SELECT * FROM \(side.asked(sql))").map {
            DiffColumn(name: $0.name, type: $0.type, family: DiffFamily(duckdb: $0.type))
        }
        return side
    }
}
