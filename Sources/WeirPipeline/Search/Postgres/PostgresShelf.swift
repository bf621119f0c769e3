import WeirCore
import WeirEngine

/// An index of a PostgreSQL, to be asked. Nothing that it does changes anything there.
struct PostgresShelf: SearchShelf {
    /// What a search finds before it embeds anything.
    struct Opened: Sendable {
        let source: PostgresSource
        let record: SearchRecord
        let database: PostgresDatabase
        let pgvector: PgVector
        let hasGraph: Bool
        /// SQL of PostgreSQL's.
        let condition: String?
        /// Rows that are new, changed or gone; nil where the table is too large to look at each.
        let stale: Int?
    }

    /// Rows up to which every search looks whether their texts are those of the vectors.
    private static let mostLookedAt = 100_000
    /// The most that a question may keep in mind.
    private static let broadest = 1000
    /// How words lose their endings.
    static let language = "'pg_catalog.english'::regconfig"

    /// - Throws: `search.…`.
    static func open(
        _ column: PostgresColumn, key: [String], where condition: String?, project: Project,
        database: PostgresDatabase, on connection: isolated Connection
    ) throws -> Opened {
        let source = try PostgresSource(
            column, key: key, known: { try PostgresStore.read($0, in: database, on: connection)?.key },
            project: project, on: connection)
        // Before anything is embedded: a mistake in it should cost nothing.
        let condition = try condition.map { try source.condition($0, in: database, on: connection) }
        let pgvector = try PgVector.require(in: database, on: connection)
        guard let record = try PostgresStore.read(source.name, in: database, on: connection) else {
            throw SearchRun.noIndex(source.label)
        }
        let graph = try database.query("SELECT \(PostgresStore.graph(of: record)) AS g", on: connection).scalar.text
        var stale: Int?
        if (source.estimatedRows ?? 0) <= mostLookedAt {
            let change = try PostgresStore.change(record, of: source, in: database, on: connection)
            stale = change.pending + change.gone
        }
        return Opened(
            source: source, record: record, database: database, pgvector: pgvector, hasGraph: graph != nil,
            condition: condition, stale: stale)
    }

    private let opened: Opened
    private let connection: Connection

    private var record: SearchRecord { opened.record }

    init(_ opened: Opened, on connection: Connection) {
        self.opened = opened
        self.connection = connection
    }

    /// A graph knows nothing of conditions: what it finds would be thinned out, and the rest not be found.
    var method: SearchReport.Method { opened.hasGraph && opened.condition == nil ? .graph : .exact }

    func near(_ vector: [Float], limit: Int) async throws -> [VectorHit] {
        // Up to 0.7 a graph gives no more than it keeps in mind.
        let usesGraph = method == .graph && (opened.pgvector.goesOn || limit <= Self.broadest)
        let question = question(vector, limit: limit, usesGraph: usesGraph)
        return try await hits(question, settings: usesGraph ? settings(limit: limit) : [])
    }

    /// Settings of a transaction in which the graph is used, and finds as much as it is asked for.
    func settings(limit: Int) -> [(name: String, value: String)] {
        let breadth = min(Self.broadest, max(SearchGraph.usualBreadth, limit))
        return [("enable_sort", "off"), ("hnsw.ef_search", "\(breadth)")]
            + (opened.pgvector.goesOn ? [("hnsw.iterative_scan", "strict_order")] : [])
    }

    /// PostgreSQL takes the graph only where the distance itself is what is sorted by, and nothing is made of it.
    func question(_ vector: [Float], limit: Int, usesGraph: Bool) -> String {
        let value = "\(SQL.literal(PgVector.literal(vector)))::\(opened.pgvector.type(record.dimensions))"
        let distance = "(vector \(opened.pgvector.negativeProduct) \(value))"
        return """
            SELECT id, -\(distance) AS score FROM \(record.vectors.sql) WHERE vector IS NOT NULL\(filter)
            ORDER BY \(usesGraph ? distance : "\(distance) + 0, id") LIMIT \(limit)
            """
    }

    private var filter: String {
        opened.condition.map { condition in
            " AND key IN (SELECT \(opened.source.keySQL) FROM \(opened.source.relation) WHERE \(condition))"
        } ?? ""
    }

    func worded(_ question: String, limit: Int) async throws -> [VectorHit] {
        let plain = try await connection.perform { try SearchWords.plain([question], on: $0) }
        // Letters, digits and marks on them: nothing that a question in words could be ended by.
        let words = (plain.first ?? "").split(separator: " ").joined(separator: " | ")
        if words.isEmpty { return [] }
        return try await hits(
            """
            SELECT id, ts_rank_cd(words, q)::double precision AS score
            FROM \(record.vectors.sql), to_tsquery(\(Self.language), \(SQL.literal(words))) AS q
            WHERE words @@ q\(filter) ORDER BY score DESC, id LIMIT \(limit)
            """, settings: [])
    }

    private func hits(_ question: String, settings: [(name: String, value: String)]) async throws -> [VectorHit] {
        let database = opened.database
        let found = try await connection.perform { connection in
            try connection.transaction { connection in
                if !settings.isEmpty {
                    let list = settings.enumerated().map { index, setting in
                        "set_config(\(SQL.literal(setting.name)), \(SQL.literal(setting.value)), true) AS s\(index)"
                    }
                    _ = try database.query("SELECT \(list.joined(separator: ", "))", on: connection)
                }
                return try database.query(question, on: connection)
            }
        }
        let hits = found.map { VectorHit(id: $0[0].int ?? 0, score: $0[1].double ?? 0) }
        return NearestVectors.merged([hits], limit: hits.count)
    }

    func keys(of ids: [Int64]) async throws -> [Int64: String] {
        if ids.isEmpty { return [:] }
        let sql = "SELECT id, key::text AS key FROM \(record.vectors.sql) WHERE id IN \(Self.list(ids))"
        let rows = try await connection.perform { [opened] in try opened.database.query(sql, on: $0) }
        return Dictionary(rows.map { ($0[0].int ?? 0, $0[1].display) }, uniquingKeysWith: { first, _ in first })
    }

    func passages(of ids: [Int64]) async throws -> [SearchPassage] {
        if ids.isEmpty { return [] }
        let source = opened.source
        let sql = """
            SELECT v.id, v.key::text AS key, v.chunk, v.headings, CASE WHEN md5(\(source.textSQL)) = v.hash \
            THEN substring(\(source.textSQL), v.start::integer + 1, v.length::integer) ELSE \(source.textSQL) END AS text
            FROM \(record.vectors.sql) v LEFT JOIN \(source.relation) ON \(source.isRowOfKey)
            WHERE v.id IN \(Self.list(ids))
            """
        return try await connection.perform { [opened] in try opened.database.query(sql, on: $0) }.map(
            SearchPassage.init)
    }

    private static func list(_ ids: [Int64]) -> String { "(\(ids.map(String.init).joined(separator: ", ")))" }
}
