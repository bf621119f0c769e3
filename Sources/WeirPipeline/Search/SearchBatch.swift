import Foundation
import WeirAI
import WeirCore
import WeirEngine

/// Texts whose vectors are stored in one transaction.
struct SearchBatch: Sendable {
    struct Row: Sendable {
        let key: String
        let hash: String
        let text: String
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

    /// Stores the vectors, for every row of these texts, in place of those that the rows had.
    ///
    /// - Returns: the record as it is then.
    func store(
        in record: SearchRecord, replacing: Bool, on connection: isolated Connection
    ) throws -> SearchRecord {
        try connection.transaction { connection in
            var record = record
            try connection.append(to: record.vectors, columns: columns(&record))
            record = try Self.copy(
                """
                (SELECT p.key, p.hash, p.turn FROM \(SearchChange.pending) p
                JOIN temp.weir_search_todo t ON t.hash = p.hash WHERE t.n > \(range.lowerBound) AND t.n <= \(range.upperBound))
                """, in: record, replacing: replacing, on: connection)
            try SearchStore.write(record, on: connection)
            return record
        }
    }

    /// A text without a chunk has a row without a vector: it is known, and not looked at again.
    private func columns(_ record: inout SearchRecord) -> [AppendColumn] {
        var keys: [String?] = []
        var hashes: [String?] = []
        var headings: [String?] = []
        var numbers: (chunk: [Int64], start: [Int64], length: [Int64]) = ([], [], [])
        var units: [[Float]?] = []
        var next = vectors.startIndex
        for (row, chunks) in zip(rows, chunks) {
            for chunk in chunks.isEmpty ? [nil] : chunks.map(Optional.some) {
                keys.append(row.key)
                hashes.append(row.hash)
                numbers.chunk.append(Int64(chunk?.number ?? 0))
                numbers.start.append(Int64(chunk?.range.lowerBound ?? 0))
                numbers.length.append(Int64(chunk?.range.count ?? 0))
                headings.append(chunk.flatMap { $0.headings.isEmpty ? nil : $0.headings.joined(separator: " > ") })
                units.append(chunk == nil ? nil : VectorText.unit(vectors[next]))
                if chunk != nil { next += 1 }
            }
        }
        let ids = (0..<Int64(keys.count)).map { record.nextID + $0 }
        record.nextID += Int64(keys.count)
        return [
            .numbers(ids), .texts(keys), .texts(hashes), .numbers(numbers.chunk), .numbers(numbers.start),
            .numbers(numbers.length), .texts(headings), .texts(keys.map { _ in record.space }), .vectors(units),
        ]
    }

    /// Gives the vectors of texts that are stored to other rows with the same text, and takes from all of these rows the
    /// vectors of the texts that they had.
    ///
    /// - Parameter rows: a relation of `key` and `hash`.
    static func copy(
        _ rows: String, in record: SearchRecord, replacing: Bool, on connection: isolated Connection
    ) throws -> SearchRecord {
        let vectors = record.vectors.sql
        let copied = try connection.execute(
            """
            INSERT INTO \(vectors)
            WITH wanted AS (
                SELECT r.key, r.hash FROM \(rows) r ANTI JOIN \(vectors) v ON v.key = r.key AND v.hash = r.hash),
            first AS (
                SELECT v.hash, min(v.key) AS key FROM \(vectors) v WHERE v.hash IN (SELECT hash FROM wanted)
                GROUP BY v.hash)
            SELECT \(record.nextID) - 1 + row_number() OVER (), w.key, w.hash, v.chunk, v.start, v.length, v.headings,
                v.space, v.vector
            FROM wanted w JOIN first f ON f.hash = w.hash JOIN \(vectors) v ON v.hash = f.hash AND v.key = f.key
            """)
        if replacing {
            try connection.execute(
                """
                DELETE FROM \(vectors) AS v USING \(rows) r, \(vectors) AS n
                WHERE v.key = r.key AND v.hash <> r.hash AND n.key = r.key AND n.hash = r.hash
                """)
        }
        var record = record
        record.nextID += Int64(copied)
        record.changes += 1
        return record
    }
}
