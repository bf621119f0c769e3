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
    /// `schema.table.column`, or `connection#schema.table.column`.
    public var target: String
    /// Columns that tell rows apart; none takes those that the index, the project or the database knows.
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
        let place = try SearchTarget(target, project: project)
        let scope = try EnvironmentScope(environment, in: project)
        let settings = project.warehouse(in: environment)
        if case .warehouse = place { try settings.requireFile() }
        let embedder = try await SearchDesk(project: project).embedder(for: .document, in: target)
        return try await ProjectLock(project: project).hold(wait: wait) {
            switch place {
            case .warehouse(let name):
                return try await Warehouse.open(settings, workers: 1).withConnection { connection in
                    let source = try await connection.perform { connection in
                        try SearchSource(name, key: key, project: project, environment: scope, on: connection)
                    }
                    return try await update(WarehouseKeeper(indexer: self, source: source), embedder, on: connection)
                }
            case .postgres(let column):
                return try await PostgresDatabase.with(column.connection, in: project) { database, connection in
                    let keeper = try await connection.perform { connection in
                        try PostgresKeeper(indexer: self, column: column, database: database, on: connection)
                    }
                    return try await update(keeper, embedder, on: connection)
                }
            }
        }
    }

    private func update(
        _ keeper: some SearchKeeper, _ embedder: any TextEmbedder, on connection: Connection
    ) async throws -> SearchIndexReport {
        var begun = try await connection.perform { try keeper.begin(embedder, on: $0) }
        let step = embedder is BuiltinEmbedder ? Self.batch.free : Self.batch.paid
        var done = 0
        while done < begun.texts {
            progress(done, begun.texts)
            let from = done
            let rows = try await connection.perform { connection in
                try Self.page(from: from, step: step, on: connection)
            }
            if rows.isEmpty { break }
            let chunks = try await SearchBatch.chunks(rows.map(\.text), begun.record.chunking)
            let vectors = try await embedder.embed(chunks.flatMap { $0.map(\.inContext) })
            let batch = SearchBatch(rows: rows, chunks: chunks, vectors: vectors, range: from..<from + rows.count)
            begun.record = try await connection.perform { [begun] connection in
                try keeper.store(batch, in: begun, on: connection)
            }
            done += rows.count
            begun.report.embedded += rows.count
        }
        return try await keeper.finish(begun, on: connection)
    }

    /// Tells when an index is not what is wanted.
    ///
    /// - Throws: `search.other-space`, `search.other-key`, `search.other-chunks`.
    func check(_ found: SearchRecord, fits embedder: any TextEmbedder, key: [String]) throws {
        if rebuilds { return }
        try SearchDesk.check(found, fits: embedder.space, key: key)
        if let chunking, chunking != found.chunking {
            throw WeirError(
                "search.other-chunks",
                "\(found.label) was cut into chunks of \(found.chunking.limit) tokens that overlap by \(found.chunking.overlap)",
                hint: "--rebuild makes all vectors again")
        }
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
}
