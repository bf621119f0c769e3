import WeirCore
import WeirEngine
import WeirQuality

/// What PostgreSQL's catalogue says of a table or query that is to be compared.
struct PostgresSide {
    let catalog: String
    let content: DiffTarget.Content
    let label: String

    func open(on connection: isolated Connection) throws -> DiffSide {
        var side: DiffSide
        switch content {
        case .table(let schema, let name): side = try table(schema, name, on: connection)
        case .query(let sql): side = try query(sql, on: connection)
        }
        let version =
            Int(
                try side.query("SELECT current_setting('server_version_num') AS v", on: connection).scalar.display) ?? 0
        guard version >= 130_000 else {
            throw WeirError(
                "diff.old-server", "\(label.prefix { $0 != "#" }) is older than PostgreSQL 13",
                hint: "load the table with a source, and compare it in the warehouse")
        }
        if version >= 140_000 { side.hashProbe = try side.query(DiffSide.hashQuestion, on: connection).scalar.text }
        return side
    }

    private func side(_ relation: String, _ columns: [DiffColumn]) -> DiffSide {
        DiffSide(
            label: label, engine: "postgres", dialect: .postgres, catalog: catalog, relation: relation,
            columns: columns)
    }

    private func table(_ schema: String?, _ name: String, on connection: isolated Connection) throws -> DiffSide {
        let quoted = schema.map { TableName(schema: $0, table: name).sql } ?? SQL.quote(name)
        let id = "to_regclass(\(SQL.literal(quoted)))"
        var side = side(quoted, [])
        // A domain is what it is made of.
        side.columns = try side.query(
            """
            SELECT a.attname::text AS n, format_type(a.atttypid, a.atttypmod) AS t, CASE WHEN t.typtype = 'd' \
            THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END AS b \
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
            WHERE a.attrelid = \(id) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, on: connection
        ).map { DiffColumn(name: $0[0].display, type: $0[1].display, family: DiffFamily(postgres: $0[2].display)) }
        if side.columns.isEmpty { throw try unknown(schema, name, side, on: connection) }
        let keys = try side.query(
            """
            SELECT i.indexrelid::text AS i, i.indisprimary AS p, a.attname::text AS n \
            FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(att, ord) \
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att \
            WHERE i.indrelid = \(id) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL \
            AND k.ord <= i.indnkeyatts AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey) WITH ORDINALITY AS o(att, ord) \
            JOIN pg_attribute n ON n.attrelid = i.indrelid AND n.attnum = o.att \
            WHERE o.ord <= i.indnkeyatts AND NOT n.attnotnull) ORDER BY i.indisprimary DESC, i.indexrelid, k.ord
            """, on: connection)
        side.addKeys(keys.map { row in (row[0].display, row[2].display, row[1].bool == true) })
        side.isTable = true
        // -1 where nobody has counted yet, and 0 for partitioned tables.
        let rows = try side.query("SELECT reltuples::bigint AS n FROM pg_class WHERE oid = \(id)", on: connection)
            .scalar.int
        side.estimatedRows = rows.flatMap { $0 > 0 ? Int($0) : nil }
        return side
    }

    private func unknown(
        _ schema: String?, _ name: String, _ side: DiffSide, on connection: isolated Connection
    ) throws -> WeirError {
        let names = try side.query(
            """
            SELECT n.nspname || '.' || c.relname AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
            WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') LIMIT 10000
            """, on: connection
        ).map { $0[0].display }
        return SideOpener.unknownTable(
            schema.map { "\($0).\(name)" } ?? name, label,
            among: names + (schema == nil ? names.compactMap { TableName($0)?.table } : []))
    }

    /// A query's types without their bounds: a NUMERIC may then have any number of digits.
    private func query(_ sql: String, on connection: isolated Connection) throws -> DiffSide {
        var side = side("(\(sql)\n) AS weir_query", [])
        let names = try connection.columns(of: "SELECT * FROM \(side.asked("SELECT * FROM \(side.relation)"))").map(
            \.name)
        var columns: [DiffColumn] = []
        for start in stride(from: 0, to: names.count, by: 500) {
            let part = names[start..<min(start + 500, names.count)]
            let types = part.enumerated().map { "pg_typeof(weir_query.\(SQL.quote($1)))::text AS t\($0)" }
            let row = try side.query(
                "SELECT \(types.joined(separator: ", ")) FROM (SELECT 1) AS one LEFT JOIN \(side.relation) ON false",
                on: connection
            ).first
            columns += zip(part, row ?? []).map {
                DiffColumn(name: $0, type: $1.display, family: DiffFamily(postgres: $1.display))
            }
        }
        side.columns = columns
        return side
    }
}
