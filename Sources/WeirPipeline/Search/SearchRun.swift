import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// Finds the rows whose text is nearest to a question.
public struct SearchRun: Sendable {
    public var project: Project
    public var environment: String?
    /// `schema.table.column`.
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
    public var progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }

    public init(project: Project, target: String, question: String) {
        self.project = project
        self.target = target
        self.question = question
    }

    /// Brings the index up to date first where that costs nothing; vectors of a provider are taken as they are.
    ///
    /// - Throws: `search.…`, `warehouse.missing`, `ai.…`.
    public func run() async throws -> SearchReport {
        guard !question.allSatisfy(\.isWhitespace) else {
            throw WeirError("search.empty-question", "the question is empty", hint: "say what to look for, in words")
        }
        let desk = SearchDesk(project: project)
        let scope = try EnvironmentScope(environment, in: project)
        if desk.isFree, refreshes {
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
        return try await reading { connection in try await answer(desk, scope, on: connection) }
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

    private func answer(
        _ desk: SearchDesk, _ scope: EnvironmentScope, on connection: Connection
    ) async throws -> SearchReport {
        let (source, found, stale) = try await connection.perform { connection in
            let (source, record) = try find(in: scope, on: connection)
            let isFresh = desk.isFree && refreshes
            return (source, record, isFresh || record == nil ? nil : try behind(source, record, on: connection))
        }
        guard let record = found else {
            throw WeirError(
                "search.no-index", "\(source.name) has no vectors yet",
                hint:
                    "`weir search index --in \(source.name)` makes them\(desk.isFree ? "" : ", with the model of `ai: embeddings:`")"
            )
        }
        let embedder = try await desk.embedder(for: .query, in: target)
        try SearchDesk.check(record, fits: embedder.space, source)
        let vectors = try await embedder.embed([question])
        guard let vector = vectors.first.flatMap(VectorText.unit) else {
            throw WeirError("search.empty-question", "the question has no meaning to the embedder")
        }
        let finder = SearchFinder(
            source: source, record: record, companions: SearchCompanions(project: project, record: record),
            condition: try await connection.perform { connection in
                try condition.map { try SearchSource.condition($0, on: connection) }
            }, limit: limit)
        let ranked = try await finder.rows(near: vector, question: isHybrid ? question : nil, on: connection)
        let hits = try await finder.hits(of: ranked.rows, question: question, on: connection)
        return SearchReport(
            in: record.name, question: question, space: record.space, method: ranked.method, hybrid: isHybrid,
            stale: stale.flatMap { $0 == 0 ? nil : $0 }, hits: hits)
    }
}
