import Foundation
import WeirAI
import WeirCore

/// Texts whose vectors are stored in one transaction.
struct SearchBatch: Sendable {
    struct Row: Sendable {
        let key: String
        let hash: String
        let text: String
    }

    /// One row of an index's table.
    struct Entry: Sendable {
        let key: String
        let hash: String
        /// Nil where the text is blank: it is known then, and not looked at again.
        let chunk: TextChunk?
        /// Of length one.
        let vector: [Float]?

        var headings: String? {
            chunk.flatMap { $0.headings.isEmpty ? nil : $0.headings.joined(separator: " > ") }
        }
    }

    let rows: [Row]
    /// Of each row; none where its text is blank.
    let chunks: [[TextChunk]]
    /// Of all chunks, in their order.
    let vectors: [[Float]]
    /// Where the rows stand in `weir_search_todo`.
    let range: Range<Int>

    /// Cuts texts into chunks, on all cores.
    static func chunks(_ texts: [String], _ chunking: Chunking) async throws -> [[TextChunk]] {
        let tokenizer = try BuiltinEmbedder.shared().tokenizer
        let step = max(64, texts.count / (4 * ProcessInfo.processInfo.activeProcessorCount))
        return try await withThrowingTaskGroup(of: (Int, [[TextChunk]]).self) { group in
            for start in stride(from: 0, to: texts.count, by: step) {
                group.addTask {
                    let part = texts[start..<min(start + step, texts.count)]
                    return (start, part.map { chunking.chunks(of: $0, by: tokenizer) })
                }
            }
            var found: [(Int, [[TextChunk]])] = []
            for try await part in group { found.append(part) }
            return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    var entries: [Entry] {
        var next = vectors.startIndex
        return zip(rows, chunks).flatMap { row, chunks in
            if chunks.isEmpty { return [Entry(key: row.key, hash: row.hash, chunk: nil, vector: nil)] }
            defer { next += chunks.count }
            return zip(chunks, vectors[next...]).map { chunk, vector in
                Entry(key: row.key, hash: row.hash, chunk: chunk, vector: VectorText.unit(vector))
            }
        }
    }
}

/// Gives vectors that are stored to other rows with the same text. The SQL is DuckDB's and PostgreSQL's alike.
struct SearchCopy: Sendable {
    /// A relation of `key` and `hash`: the rows as they are now.
    let rows: String
    /// The table of the vectors.
    let vectors: String

    /// - Parameters:
    ///   - id: SQL of a new row's number.
    ///   - columns: what a text's chunks have, whichever row it stands in.
    func insert(id: String, columns: [String]) -> String {
        """
        INSERT INTO \(vectors) (id, key, hash, \(columns.joined(separator: ", ")))
        WITH wanted AS (
            SELECT r.key, r.hash FROM \(rows) r
            WHERE NOT EXISTS (SELECT 1 FROM \(vectors) v WHERE v.key = r.key AND v.hash = r.hash)),
        first AS (
            SELECT v.hash, min(v.id) AS id FROM \(vectors) v WHERE v.hash IN (SELECT hash FROM wanted) GROUP BY v.hash)
        SELECT \(id), w.key, w.hash, \(columns.map { "v.\($0)" }.joined(separator: ", "))
        FROM wanted w JOIN first f ON f.hash = w.hash JOIN \(vectors) o ON o.id = f.id
        JOIN \(vectors) v ON v.hash = o.hash AND v.key = o.key
        """
    }

    /// Takes from the rows the vectors of the texts that they had, where they have those of the new one.
    var delete: String {
        """
        DELETE FROM \(vectors) AS v USING \(rows) r, \(vectors) AS n
        WHERE v.key = r.key AND v.hash <> r.hash AND n.key = r.key AND n.hash = r.hash
        """
    }
}
