import Foundation
import WeirAI
import WeirCore
import WeirEngine

/// Keeps the vectors of a column of a PostgreSQL in that database.
struct PostgresKeeper: SearchKeeper {
    private let indexer: SearchIndexer
    private let source: PostgresSource
    private let database: PostgresDatabase
    private let pgvector: PgVector

    private static let columns = ["chunk", "start", "length", "headings", "space", "vector", "words"]
    /// Vectors that one statement brings: a statement stays below some megabytes, however long a text is.
    private static let slice = 512
    /// Rows with equal texts that one statement names.
    private static let pairSlice = 20_000

    init(
        indexer: SearchIndexer, column: PostgresColumn, database: PostgresDatabase, on connection: isolated Connection
    ) throws {
        self.indexer = indexer
        self.database = database
        source = try PostgresSource(
            column, key: indexer.key, known: { try PostgresStore.read($0, in: database, on: connection)?.key },
            project: indexer.project, on: connection)
        pgvector = try PgVector.make(in: database, on: connection)
    }

    func begin(_ embedder: any TextEmbedder, on connection: isolated Connection) throws -> SearchBegun {
        let found = try settled(on: connection)
        if let found { try indexer.check(found, fits: embedder, key: source.key) }
        // Rows that cannot be told apart are found before an index is begun, or thrown away.
        try source.checkKey(in: database, on: connection)
        var record =
            try found.flatMap { indexer.rebuilds ? nil : $0 } ?? make(embedder, replacing: found, on: connection)
        let change = try PostgresStore.change(record, of: source, in: database, on: connection)
        if change.gone + change.moved > 0 {
            let copy = SearchCopy(rows: "(\(source.now))", vectors: record.vectors.sql)
            let gone = """
                DELETE FROM \(record.vectors.sql) AS v
                WHERE NOT EXISTS (SELECT 1 FROM (\(source.now)) AS n WHERE n.key = v.key)
                """
            record = try changed(
                record, change.moved > 0 ? copies(copy, replacing: change.replaced > 0) + [gone] : [gone],
                on: connection)
        }
        try database.keep(
            """
            SELECT p.key::text AS key, p.hash, p.turn, CASE WHEN p.turn = 1 THEN \(source.textSQL) END AS text FROM (
                SELECT n.key, n.hash, row_number() OVER (PARTITION BY n.hash ORDER BY n.key) AS turn
                FROM (\(PostgresStore.pending(record, "(\(source.now))"))) AS n) AS p
            JOIN \(source.relation) ON \(source.keySQL) = p.key AND md5(\(source.textSQL)) = p.hash
            """, as: "weir_search_pending", on: connection)
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_search_todo AS
            SELECT row_number() OVER () AS n, key, hash, text FROM \(SearchChange.pending) WHERE turn = 1
            """)
        var report = SearchIndexReport(record)
        report.removed = change.gone
        report.reused = change.moved
        return SearchBegun(
            record: record, report: report,
            texts: Int(try connection.query("SELECT count(*) FROM temp.weir_search_todo").scalar.int ?? 0),
            replaces: change.replaced > 0)
    }

    /// The index that there is, when nobody is at it: the server may still store a batch of a process that was killed.
    private func settled(on connection: isolated Connection) throws -> SearchRecord? {
        var tries = 0
        while true {
            guard let found = try PostgresStore.read(source.name, in: database, on: connection) else { return nil }
            do {
                try database.execute([PostgresStore.expect(found)], on: connection)
                return found
            } catch let error as WeirError where error.code == "search.busy" && tries < 5 { tries += 1 }
        }
    }

    /// Begins an index, in place of another.
    private func make(
        _ embedder: any TextEmbedder, replacing old: SearchRecord?, on connection: isolated Connection
    ) throws -> SearchRecord {
        let record = SearchRecord(
            name: source.name, connection: source.connection, table: source.table, column: source.column,
            key: source.key, space: embedder.space, dimensions: embedder.dimensions,
            chunking: indexer.chunking ?? .usual, mark: UUID().uuidString.lowercased(), updatedAt: UTC.text(Date()))
        try database.execute(
            PostgresStore.prepare + (old.map(PostgresStore.drop) ?? []) + PostgresStore.create(record, pgvector),
            on: connection)
        return record
    }

    /// Changes an index in one transaction, unless another process has changed it since.
    private func changed(
        _ record: SearchRecord, _ statements: [String], on connection: isolated Connection
    ) throws -> SearchRecord {
        var next = record
        next.changes += 1
        next.updatedAt = UTC.text(Date())
        try database.execute(
            [PostgresStore.expect(record)] + statements + [PostgresStore.update(next)], on: connection)
        return next
    }

    private func copies(_ copy: SearchCopy, replacing: Bool) -> [String] {
        let id = "nextval(pg_get_serial_sequence(\(SQL.literal(copy.vectors)), 'id'))"
        return [copy.insert(id: id, columns: Self.columns)] + (replacing ? [copy.delete] : [])
    }

    // MARK: A batch

    /// One row, as PostgreSQL's `json_to_recordset` reads it.
    private struct Sent: Encodable {
        var key: String
        var hash: String
        var chunk: Int
        var start: Int
        var length: Int
        var headings: String?
        var vector: String?
        var words: String?
    }

    private struct Pair: Encodable {
        var key: String
        var hash: String
    }

    func store(
        _ batch: SearchBatch, in begun: SearchBegun, on connection: isolated Connection
    ) throws -> SearchRecord {
        let record = begun.record
        let entries = batch.entries
        let words = try SearchWords.plain(entries.map { $0.chunk?.text ?? "" }, on: connection)
        let sent = zip(entries, words).map { entry, words in
            Sent(
                key: entry.key, hash: entry.hash, chunk: entry.chunk?.number ?? 0,
                start: entry.chunk?.range.lowerBound ?? 0, length: entry.chunk?.range.count ?? 0,
                headings: entry.headings, vector: entry.vector.map(PgVector.literal),
                words: entry.chunk == nil ? nil : words)
        }
        var statements: [String] = []
        for part in Self.slices(sent, Self.slice) {
            statements.append(
                """
                INSERT INTO \(record.vectors.sql) (key, hash, \(Self.columns.joined(separator: ", ")))
                SELECT x.key::jsonb, x.hash, x.chunk, x.start, x.length, x.headings, \(SQL.literal(record.space)),
                    x.vector::\(pgvector.type(record.dimensions)), to_tsvector(\(PostgresShelf.language), x.words)
                FROM json_to_recordset(\(try Self.json(part))) AS x(key text, hash text, chunk bigint, start bigint,
                    length bigint, headings text, vector text, words text)
                """)
        }
        let pairs = try connection.query(
            """
            SELECT p.key, p.hash FROM \(SearchChange.pending) p JOIN temp.weir_search_todo t ON t.hash = p.hash
            WHERE t.n > \(batch.range.lowerBound) AND t.n <= \(batch.range.upperBound)
            """
        ).map { Pair(key: $0[0].display, hash: $0[1].display) }
        if pairs.count > batch.rows.count || begun.replaces {
            for part in Self.slices(pairs, Self.pairSlice) {
                let rows = "json_to_recordset(\(try Self.json(part))) AS x(key text, hash text)"
                statements += copies(
                    SearchCopy(
                        rows: "(SELECT x.key::jsonb AS key, x.hash FROM \(rows))", vectors: record.vectors.sql),
                    replacing: begun.replaces)
            }
        }
        return try changed(record, statements, on: connection)
    }

    private static func slices<T>(_ rows: [T], _ size: Int) -> [[T]] {
        stride(from: 0, to: rows.count, by: size).map { Array(rows[$0..<min($0 + size, rows.count)]) }
    }

    private static func json(_ rows: [some Encodable]) throws -> String {
        SQL.literal(String(decoding: try JSONEncoder().encode(rows), as: UTF8.self)) + "::json"
    }

    // MARK: The end

    func finish(_ begun: SearchBegun, on connection: Connection) async throws -> SearchIndexReport {
        try await connection.perform { connection in try finish(begun, on: connection) }
    }

    private func finish(_ begun: SearchBegun, on connection: isolated Connection) throws -> SearchIndexReport {
        let record = begun.record
        var report = begun.report
        let counts = try PostgresStore.counts(of: record, in: database, on: connection)
        report.rows = counts.rows
        report.vectors = counts.vectors
        let wantsGraph = counts.vectors >= indexer.graphFrom && record.dimensions <= PgVector.longestGraph
        var statements: [String] = []
        if wantsGraph, !counts.hasGraph {
            statements.append("CREATE INDEX ON \(record.vectors.sql) USING hnsw (vector \(pgvector.graphClass))")
        } else if !wantsGraph, counts.hasGraph,
            let name = try database.query(
                "SELECT \(PostgresStore.graph(of: record)) AS g", on: connection
            ).scalar.text
        {
            statements.append("DROP INDEX \(name)")
        }
        if begun.report.embedded + begun.report.reused + begun.report.removed > 0 || !statements.isEmpty {
            _ = try changed(record, statements + ["ANALYZE \(record.vectors.sql)"], on: connection)
        }
        report.graph = wantsGraph ? counts.vectors : nil
        return report
    }
}
