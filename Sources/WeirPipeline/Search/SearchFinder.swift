import WeirCore

/// Ranks the rows of one index.
struct SearchFinder: Sendable {
    let shelf: any SearchShelf
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
    func rows(near vector: [Float], question: String?) async throws -> [Ranked] {
        let pool = question == nil ? limit : max(100, limit * 4)
        let near = try await best(pool) { try await shelf.near(vector, limit: $0) }
        guard let question else { return near.map { Ranked(id: $0.id, score: $0.score) } }
        let worded = try await best(pool) { try await shelf.worded(question, limit: $0) }
        let ranks = [near, worded].map { list in
            Dictionary(list.enumerated().map { ($1.key, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        }
        // The chunk that is shown is the one with the words, where there is one.
        let chunks = Dictionary((worded + near).map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        let fused = RankFusion.fuse([near.map(\.key), worded.map(\.key)]).prefix(limit)
        return fused.map { key, score in
            Ranked(id: chunks[key] ?? 0, score: score, vectorRank: ranks[0][key], wordRank: ranks[1][key])
        }
    }

    /// The best rows, each by its best chunk: more chunks are asked for until there are rows enough.
    private func best(_ wanted: Int, _ chunks: (Int) async throws -> [VectorHit]) async throws -> [Row] {
        var count = max(32, wanted * 2)
        while true {
            let found = try await chunks(count)
            let keys = try await shelf.keys(of: found.map(\.id))
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

    /// The rows as people and programs want them.
    func hits(of ranked: [Ranked], question: String) async throws -> [SearchHit] {
        let passages = try await shelf.passages(of: ranked.map(\.id))
        let found = Dictionary(passages.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ranked.compactMap { row in found[row.id].map { (row, $0) } }.enumerated().map { index, pair in
            let (row, passage) = pair
            return SearchHit(
                rank: index + 1, score: row.score, key: JSONValue(parsing: passage.key) ?? .string(passage.key),
                chunk: passage.chunk, headings: passage.headings,
                snippet: Snippet.of(passage.text, question: question), vectorRank: row.vectorRank,
                wordRank: row.wordRank)
        }
    }
}
