import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// Makes and keeps up to date the vectors of a text column.
///
/// Only texts that are new or changed are embedded, a text that stands in several rows once. Vectors are stored batch by
/// batch, each in a transaction: a process that is killed loses the batch under way at most, and the next one goes on.
public struct SearchIndexer: Sendable {
    public var project: Project
    public var environment: String?
    /// `schema.table.column`.
    public var target: String
    /// Columns that tell rows apart; none takes those that the index or the project knows.
    public var key: [String] = []
    /// How long texts are cut; nil leaves it as it is.
    public var chunking: Chunking?
    /// Forgets the vectors that are there, and makes them all again.
    public var rebuilds = false
    /// How long to wait for another process that changes the project.
    public var wait: Duration?
    /// Vectors from which a graph is made, so that not each of them need be looked at.
    public var graphFrom = SearchGraph.usualStart
    /// Leaves the graph as it is.
    var keepsGraph = false
    /// Told how many of how many texts are embedded.
    public var progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }

    public init(project: Project, target: String) {
        self.project = project
        self.target = target
    }

    /// Texts that one transaction stores: few where each of them costs money.
    private static let batch = (free: 2048, paid: 256)
    /// Characters that one transaction stores, at about.
    private static let batchLength = 4_000_000

    /// - Throws: `search.…`, `project.locked`, `ai.…`.
    public func run() async throws -> SearchIndexReport {
        let scope = try EnvironmentScope(environment, in: project)
        let settings = project.warehouse(in: environment)
        try settings.requireFile()
        let embedder = try await SearchDesk(project: project).embedder(for: .document, in: target)
        return try await ProjectLock(project: project).hold(wait: wait) {
            let warehouse = try await Warehouse.open(settings, workers: 1)
            return try await warehouse.withConnection { connection in
                try await update(with: embedder, in: scope, on: connection)
            }
        }
    }

    private func update(
        with embedder: any TextEmbedder, in scope: EnvironmentScope, on connection: Connection
    ) async throws -> SearchIndexReport {
        let begun = try await connection.perform { connection in
            try begin(with: embedder, in: scope, on: connection)
        }
        var report = begun.report
        var record = begun.record
        let step = embedder is BuiltinEmbedder ? Self.batch.free : Self.batch.paid
        var done = 0
        while done < begun.texts {
            progress(done, begun.texts)
            let from = done
            let rows = try await connection.perform { connection in
                try Self.page(from: from, step: step, on: connection)
            }
            if rows.isEmpty { break }
            let chunks = try await SearchBatch.chunks(rows.map(\.text), record.chunking)
            let vectors = try await embedder.embed(chunks.flatMap { $0.map(\.inContext) })
            let batch = SearchBatch(rows: rows, chunks: chunks, vectors: vectors, range: from..<from + rows.count)
            let before = record
            record = try await connection.perform { connection in
                try batch.store(in: before, replacing: begun.replaces, on: connection)
            }
            done += rows.count
            report.embedded += rows.count
        }
        let whole = record
        (record, report) = try await connection.perform { [report] connection in
            try finish(whole, report, begun.source, on: connection)
        }
        let companions = SearchCompanions(project: project, record: record)
        report.graph =
            keepsGraph
            ? await companions.graph()?.count : try await companions.refreshGraph(from: graphFrom, on: connection)
        try await companions.refreshWords(of: begun.source, onlyExisting: true, on: connection)
        return report
    }

    private struct Begun: Sendable {
        var source: SearchSource
        var record: SearchRecord
        var report: SearchIndexReport
        /// Texts to embed.
        var texts: Int
        /// Whether rows that have vectors already are among those to be done.
        var replaces: Bool
    }

    /// Finds or makes the index, removes what is gone, and takes over vectors of texts that have moved.
    private func begin(
        with embedder: any TextEmbedder, in scope: EnvironmentScope, on connection: isolated Connection
    ) throws -> Begun {
        let source = try SearchSource(target, key: key, project: project, environment: scope, on: connection)
        let found = try known(source, embedder, on: connection)
        // Rows that cannot be told apart are found before an index is begun, or thrown away.
        try SearchChange(source: source).look(at: rebuilds ? nil : found, on: connection)
        var record =
            try found.flatMap { rebuilds ? nil : $0 } ?? make(source, embedder, replacing: found, on: connection)
        let vectors = record.vectors.sql
        func count(_ sql: String) throws -> Int { Int(try connection.query(sql).scalar.int ?? 0) }
        let replaces = try count("SELECT count(*) FROM \(SearchChange.pending) SEMI JOIN \(vectors) USING (key)") > 0
        let gone = try count("SELECT count(DISTINCT key) FROM \(vectors) ANTI JOIN \(SearchChange.now) USING (key)")
        let moved = try count("SELECT count(*) FROM \(SearchChange.pending) SEMI JOIN \(vectors) USING (hash)")
        if gone + moved > 0 {
            let before = record
            record = try connection.transaction { connection in
                let next = try SearchBatch.copy(
                    "\(SearchChange.pending)", in: before, replacing: replaces, on: connection)
                try connection.execute(
                    "DELETE FROM \(vectors) WHERE key NOT IN (SELECT key FROM \(SearchChange.now))")
                try SearchStore.write(next, on: connection)
                return next
            }
            try connection.execute(
                "DELETE FROM \(SearchChange.pending) WHERE hash IN (SELECT hash FROM \(vectors))")
        }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_search_todo AS
            SELECT row_number() OVER () AS n, p.key, p.hash, \(source.textSQL) AS text
            FROM \(SearchChange.pending) p JOIN \(source.relation) ON \(source.keySQL) = p.key WHERE p.turn = 1
            """)
        var report = SearchIndexReport(record)
        report.removed = gone
        report.reused = moved
        return Begun(
            source: source, record: record, report: report,
            texts: try count("SELECT count(*) FROM temp.weir_search_todo"),
            replaces: replaces)
    }

    /// The index that there is, if it fits what is wanted.
    private func known(
        _ source: SearchSource, _ embedder: any TextEmbedder, on connection: isolated Connection
    ) throws -> SearchRecord? {
        guard let found = try SearchStore.read(source.name, on: connection) else { return nil }
        if rebuilds { return found }
        try SearchDesk.check(found, fits: embedder.space, source)
        if let chunking, chunking != found.chunking {
            throw WeirError(
                "search.other-chunks",
                "\(source.name) was cut into chunks of \(found.chunking.limit) tokens that overlap by \(found.chunking.overlap)",
                hint: "--rebuild makes all vectors again")
        }
        return found
    }

    /// Begins an index, in place of another.
    private func make(
        _ source: SearchSource, _ embedder: any TextEmbedder, replacing old: SearchRecord?,
        on connection: isolated Connection
    ) throws -> SearchRecord {
        let record = SearchRecord(
            name: source.name, table: source.table, column: source.column, key: source.key, space: embedder.space,
            dimensions: embedder.dimensions, chunking: chunking ?? .usual, mark: UUID().uuidString.lowercased(),
            updatedAt: UTC.text(Date()))
        try connection.transaction { connection in
            try SearchStore.prepare(on: connection)
            if let old { try SearchStore.drop(old, on: connection) }
            try SearchStore.create(record, on: connection)
        }
        if let old { SearchCompanions(project: project, record: old).remove() }
        return record
    }

    /// The next texts, as many as one transaction stores.
    private static func page(
        from: Int, step: Int, on connection: isolated Connection
    ) throws -> [SearchBatch.Row] {
        let rows = try connection.query(
            "SELECT key, hash, text FROM temp.weir_search_todo WHERE n > ? AND n <= ? ORDER BY n",
            [Value(from), Value(from + step)]
        ).map { SearchBatch.Row(key: $0[0].display, hash: $0[1].display, text: $0[2].display) }
        var length = 0
        let fitting = rows.prefix { row in
            defer { length += row.text.utf8.count }
            return length < batchLength
        }
        return Array(fitting)
    }

    private func finish(
        _ record: SearchRecord, _ report: SearchIndexReport, _ source: SearchSource, on connection: isolated Connection
    ) throws -> (SearchRecord, SearchIndexReport) {
        var record = record
        record.version = try SearchChange(source: source).version(project, on: connection)
        record.updatedAt = UTC.text(Date())
        let final = record
        try connection.transaction { try SearchStore.write(final, on: $0) }
        var report = report
        let counts = try connection.query(
            "SELECT count(DISTINCT key), count(vector) FROM \(record.vectors.sql)"
        ).first
        report.rows = Int(counts?[0].int ?? 0)
        report.vectors = Int(counts?[1].int ?? 0)
        return (record, report)
    }
}
