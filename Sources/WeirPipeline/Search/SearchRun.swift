import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// Finds the rows whose text is nearest to a question.
public struct SearchRun: Sendable {
    public var project: Project
    public var environment: String?
    /// `schema.table.column`, or `connection#schema.table.column`.
    public var target: String
    public var question: String
    /// SQL about the rows that may be found.
    public var condition: String?
    /// Mixes the rank by words with the rank by meaning.
    public var isHybrid = false
    public var limit = 10
    public var key: [String] = []
    public var wait: Duration?
    /// Whether vectors that cost nothing are brought up to date first, which writes to the warehouse.
    public var refreshes = true
    /// Whether columns of connections may be searched, and not of the warehouse alone.
    public var allowsConnections = true
    public var progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }

    public init(project: Project, target: String, question: String) {
        self.project = project
        self.target = target
        self.question = question
    }

    /// Brings the index up to date first where that costs nothing. Vectors of a provider and those of another database are
    /// taken as they are.
    ///
    /// - Throws: `search.…`, `warehouse.missing`, `ai.…`.
    public func run() async throws -> SearchReport {
        guard !question.allSatisfy(\.isWhitespace) else {
            throw WeirError("search.empty-question", "the question is empty", hint: "say what to look for, in words")
        }
        let scope = try EnvironmentScope(environment, in: project)
        switch try SearchTarget(target, project: project) {
        case .warehouse: return try await runInWarehouse(scope)
        case .postgres(let column):
            guard allowsConnections else {
                throw WeirError(
                    "search.warehouse-only", "only columns of the warehouse can be searched here",
                    hint: "a person searches a connection with `weir search`")
            }
            return try await PostgresDatabase.with(column.connection, in: project) { database, connection in
                let opened = try await connection.perform { connection in
                    try PostgresShelf.open(
                        column, key: key, where: condition, project: project, database: database, on: connection)
                }
                let vector = try await vector(for: opened.record, key: opened.source.key)
                return try await report(
                    PostgresShelf(opened, on: connection), of: opened.record, near: vector, stale: opened.stale)
            }
        }
    }

    private func runInWarehouse(_ scope: EnvironmentScope) async throws -> SearchReport {
        let isFresh = refreshes && SearchDesk(project: project).isFree
        if isFresh {
            let stale = try await reading { connection in
                try await connection.perform { connection in
                    let (source, record) = try find(in: scope, on: connection)
                    return try behind(source, record, on: connection)
                }
            }
            if stale != 0 {
                var indexer = SearchIndexer(project: project, target: target)
                indexer.environment = environment
                indexer.key = key
                indexer.wait = wait
                indexer.progress = progress
                // A large table's graph takes minutes: `weir search index` makes it, a question does not wait for it.
                indexer.keepsGraph = true
                _ = try await indexer.run()
            }
        }
        return try await reading { connection in
            let found = try await connection.perform { connection in
                let (source, record) = try find(in: scope, on: connection)
                let stale = isFresh || record == nil ? nil : try behind(source, record, on: connection)
                let condition = try condition.map { try SearchSource.condition($0, on: connection) }
                return (source: source, record: record, stale: stale, condition: condition)
            }
            guard let record = found.record else { throw Self.noIndex(found.source.name) }
            let vector = try await vector(for: record, key: found.source.key)
            let shelf = try await WarehouseShelf(
                record, of: found.source, in: project, where: found.condition, hasWords: isHybrid, on: connection)
            return try await report(shelf, of: record, near: vector, stale: found.stale)
        }
    }

    static func noIndex(_ name: String) -> WeirError {
        WeirError(
            "search.no-index", "\(name) has no vectors yet",
            hint: "`weir search index --in \(name)` makes them")
    }

    private func reading<R: Sendable>(_ body: @Sendable (Connection) async throws -> R) async throws -> R {
        try await Warehouse.open(project.warehouse(in: environment), workers: 1, readOnly: true).withConnection(body)
    }

    private func find(
        in scope: EnvironmentScope, on connection: isolated Connection
    ) throws -> (SearchSource, SearchRecord?) {
        let source = try SearchSource(target, key: key, project: project, environment: scope, on: connection)
        // Before anything is embedded: a mistake in it should cost nothing.
        if let condition {
            let checked = try SearchSource.condition(condition, on: connection)
            do { _ = try connection.columns(of: "SELECT 1 FROM \(source.relation) WHERE \(checked)") } catch {
                throw SQLErrorMapper.map(error, sql: SourceText(path: "--where", text: condition))
            }
        }
        return (source, try SearchStore.read(source.name, on: connection))
    }

    /// Rows whose vectors are not up to date; -1 where there is no index.
    private func behind(
        _ source: SearchSource, _ record: SearchRecord?, on connection: isolated Connection
    ) throws -> Int {
        guard let record else { return -1 }
        let change = SearchChange(source: source)
        if let version = record.version, try change.version(project, on: connection) == version { return 0 }
        return try change.count(against: record, on: connection)
    }

    /// The question's vector, of length one.
    private func vector(for record: SearchRecord, key: [String]) async throws -> [Float] {
        let embedder = try await SearchDesk(project: project).embedder(for: .query, in: target)
        try SearchDesk.check(record, fits: embedder.space, key: key)
        guard let vector = try await embedder.embed([question]).first.flatMap(VectorText.unit) else {
            throw WeirError("search.empty-question", "the question has no meaning to the embedder")
        }
        return vector
    }

    private func report(
        _ shelf: some SearchShelf, of record: SearchRecord, near vector: [Float], stale: Int?
    ) async throws -> SearchReport {
        let finder = SearchFinder(shelf: shelf, limit: limit)
        let ranked = try await finder.rows(near: vector, question: isHybrid ? question : nil)
        let hits = try await finder.hits(of: ranked, question: question)
        return SearchReport(
            in: record.label, question: question, space: record.space, method: shelf.method, hybrid: isHybrid,
            stale: stale.flatMap { $0 == 0 ? nil : $0 }, hits: hits)
    }
}
