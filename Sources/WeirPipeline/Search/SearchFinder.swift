import WeirCore
import WeirEngine

/// Ranks the rows of one index.
struct SearchFinder: Sendable {
    let source: SearchSource
    let record: SearchRecord
    let companions: SearchCompanions
    /// Checked by `SearchSource.condition`.
    let condition: String?
    let limit: Int

    /// A row that was found, by its best chunk.
    struct Ranked: Sendable {
        let id: Int64
        let score: Double
        var vectorRank: Int?
        var wordRank: Int?
    }

    private struct Row {
        let key: String
        let id: Int64
        let score: Double
    }

    /// - Parameter question: whose words count too; nil where only meaning does.
    func rows(
        near vector: [Float], question: String?, on connection: Connection
    ) async throws -> (rows: [Ranked], method: SearchReport.Method) {
        // A graph knows nothing of conditions: what it found would be thinned out, and the rest not be found.
        let graph = condition == nil ? await companions.graph() : nil
        let method: SearchReport.Method = graph == nil ? .exact : .graph
        let pool = question == nil ? limit : max(100, limit * 4)
        let near = try await best(pool, on: connection) { count in
            try await self.near(vector, graph, count, on: connection)
        }
        guard let question else {
            return (near.map { Ranked(id: $0.id, score: $0.score) }, method)
        }
        let words = try await companions.refreshWords(of: source, onlyExisting: false, on: connection)
        let allowed = try await allowed(on: connection)
        let worded = try await best(pool, on: connection) { count in
            try await words?.nearest(question, allowed: allowed, limit: count) ?? []
        }
        let ranks = [near, worded].map { list in
            Dictionary(list.enumerated().map { ($1.key, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        }
        // The chunk that is shown is the one with the words, where there is one.
        let chunks = Dictionary((worded + near).map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        let fused = RankFusion.fuse([near.map(\.key), worded.map(\.key)]).prefix(limit)
        return (
            fused.map { key, score in
                Ranked(id: chunks[key] ?? 0, score: score, vectorRank: ranks[0][key], wordRank: ranks[1][key])
            }, method
        )
    }

    /// Chunks by meaning.
    private func near(
        _ vector: [Float], _ graph: SearchGraph?, _ count: Int, on connection: Connection
    ) async throws -> [VectorHit] {
        guard let graph else {
            return try await connection.perform { connection in
                try NearestVectors.exact(vector, in: record.vectors, where: filter, limit: count, on: connection)
            }
        }
        let old = try await graph.nearest(vector, limit: count)
        let new = try await connection.perform { connection in
            try NearestVectors.exact(
                vector, in: record.vectors, where: "id > \(graph.covered)", limit: count, on: connection)
        }
        return NearestVectors.merged([old, new], limit: count)
    }

    private var filter: String? {
        condition.map { "key IN (SELECT \(source.keySQL) FROM \(source.relation) WHERE \($0))" }
    }

    /// Ids of the chunks that may be found; nil for all.
    private func allowed(on connection: Connection) async throws -> [Int64]? {
        guard let filter else { return nil }
        return try await connection.query("SELECT id FROM \(record.vectors.sql) WHERE \(filter)").map { $0[0].int ?? 0 }
    }

    /// The best rows, each by its best chunk: more chunks are asked for until there are rows enough.
    private func best(
        _ wanted: Int, on connection: Connection, _ chunks: (Int) async throws -> [VectorHit]
    ) async throws -> [Row] {
        var count = max(32, wanted * 2)
        while true {
            let found = try await chunks(count)
            let keys = try await keys(of: found.map(\.id), on: connection)
            var seen: Set<String> = []
            let rows = found.compactMap { hit -> Row? in
                // A graph may know chunks that are gone.
                guard let key = keys[hit.id], seen.insert(key).inserted else { return nil }
                return Row(key: key, id: hit.id, score: hit.score)
            }
            if rows.count >= wanted || found.count < count { return Array(rows.prefix(wanted)) }
            count *= 4
        }
    }

    private func keys(of ids: [Int64], on connection: Connection) async throws -> [Int64: String] {
        let rows = try await connection.query(
            "SELECT id, key FROM \(record.vectors.sql) WHERE id IN (SELECT unnest(CAST(? AS BIGINT[])))",
            [.list(ids.map { .int($0) })])
        return Dictionary(rows.map { ($0[0].int ?? 0, $0[1].display) }, uniquingKeysWith: { first, _ in first })
    }

    /// The rows as people and programs want them.
    func hits(of ranked: [Ranked], question: String, on connection: Connection) async throws -> [SearchHit] {
        let vectors = record.vectors.sql
        let wanted = "(SELECT unnest(CAST(? AS BIGINT[])))"
        let ids = Value.list(ranked.map { .int($0.id) })
        let rows = try await connection.query(
            """
            SELECT v.id, v.key, v.chunk, v.headings,
                CASE WHEN md5(t.text) = v.hash THEN substring(t.text, v.start + 1, v.length) ELSE t.text END
            FROM \(vectors) v LEFT JOIN (
                SELECT \(source.keySQL) AS key, \(source.textSQL) AS text FROM \(source.relation)
                WHERE \(source.keySQL) IN (SELECT key FROM \(vectors) WHERE id IN \(wanted))
            ) t ON t.key = v.key
            WHERE v.id IN \(wanted)
            """, [ids, ids])
        let found = Dictionary(rows.map { ($0[0].int ?? 0, $0) }, uniquingKeysWith: { first, _ in first })
        return ranked.compactMap { row in found[row.id].map { (row, $0) } }.enumerated().map { index, pair in
            let (row, values) = pair
            return SearchHit(
                rank: index + 1, score: row.score,
                key: JSONValue(parsing: values[1].display) ?? .string(values[1].display),
                chunk: Int(values[2].int ?? 0), headings: values[3].text,
                snippet: Snippet.of(values[4].text ?? "", question: question), vectorRank: row.vectorRank,
                wordRank: row.wordRank)
        }
    }
}
