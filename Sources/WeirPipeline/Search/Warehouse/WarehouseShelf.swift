import WeirCore
import WeirEngine

/// An index of the warehouse, to be asked.
struct WarehouseShelf: SearchShelf {
    private let source: SearchSource
    private let record: SearchRecord
    private let filter: String?
    private let graph: SearchGraph?
    private let words: SearchWords?
    /// Ids of the chunks that may be found by their words; nil for all.
    private let allowed: [Int64]?
    private let connection: Connection

    var method: SearchReport.Method { graph == nil ? .exact : .graph }

    /// - Parameter condition: checked by `SearchSource.condition`.
    init(
        _ record: SearchRecord, of source: SearchSource, in project: Project, where condition: String?,
        hasWords: Bool, on connection: Connection
    ) async throws {
        let companions = SearchCompanions(project: project, record: record)
        let filter = condition.map { "key IN (SELECT \(source.keySQL) FROM \(source.relation) WHERE \($0))" }
        self.source = source
        self.record = record
        self.filter = filter
        self.connection = connection
        // A graph knows nothing of conditions: what it found would be thinned out, and the rest not be found.
        graph = condition == nil ? await companions.graph() : nil
        words =
            hasWords ? try await companions.refreshWords(of: source, onlyExisting: false, on: connection) : nil
        if hasWords, let filter {
            let ids = "SELECT id FROM \(record.vectors.sql) WHERE \(filter)"
            allowed = try await connection.query(ids).map { $0[0].int ?? 0 }
        } else {
            allowed = nil
        }
    }

    func near(_ vector: [Float], limit: Int) async throws -> [VectorHit] {
        let old = try await graph?.nearest(vector, limit: limit)
        return try await connection.perform { [graph, filter] connection in
            guard let graph, let old else {
                return try NearestVectors.exact(vector, in: record.vectors, where: filter, limit: limit, on: connection)
            }
            let new = try NearestVectors.exact(
                vector, in: record.vectors, where: "id > \(graph.covered)", limit: limit, on: connection)
            return NearestVectors.merged([old, new], limit: limit)
        }
    }

    func worded(_ question: String, limit: Int) async throws -> [VectorHit] {
        try await words?.nearest(question, allowed: allowed, limit: limit) ?? []
    }

    func keys(of ids: [Int64]) async throws -> [Int64: String] {
        let rows = try await connection.query(
            "SELECT id, key FROM \(record.vectors.sql) WHERE id IN (SELECT unnest(CAST(? AS BIGINT[])))",
            [.list(ids.map { .int($0) })])
        return Dictionary(rows.map { ($0[0].int ?? 0, $0[1].display) }, uniquingKeysWith: { first, _ in first })
    }

    func passages(of ids: [Int64]) async throws -> [SearchPassage] {
        let vectors = record.vectors.sql
        let wanted = "(SELECT unnest(CAST(? AS BIGINT[])))"
        let list = Value.list(ids.map { .int($0) })
        return try await connection.query(
            """
            SELECT v.id, v.key, v.chunk, v.headings,
                CASE WHEN md5(t.text) = v.hash THEN substring(t.text, v.start + 1, v.length) ELSE t.text END
            FROM \(vectors) v LEFT JOIN (
                SELECT \(source.keySQL) AS key, \(source.textSQL) AS text FROM \(source.relation)
                WHERE \(source.keySQL) IN (SELECT key FROM \(vectors) WHERE id IN \(wanted))
            ) t ON t.key = v.key
            WHERE v.id IN \(wanted)
            """, [list, list]
        ).map(SearchPassage.init)
    }
}
