import Foundation
import WeirCore
import WeirEngine

/// The words of an index's chunks, for full text search (BM25), in a file of its own that can be made again any time.
struct SearchWords: Sendable {
    private let database: Database
    let stamp: SearchStamp

    /// Everything that is neither a letter, a mark on one, nor a digit parts words.
    private static let between = #"[^\p{L}\p{M}\p{N}]+"#
    /// Chinese and Japanese have no spaces: each character is a word.
    private static func spaced(_ text: String) -> String {
        #"regexp_replace(\#(text), '([\p{Han}\p{Hiragana}\p{Katakana}])', ' \1 ', 'g')"#
    }

    /// Texts as the words in them, without case and accents and with one blank between.
    static func plain(_ texts: [String], on connection: isolated Connection) throws -> [String] {
        let words = "regexp_replace(\(spaced("strip_accents(x)")), '\(between)', ' ', 'g')"
        let answer = try connection.query(
            "SELECT list_transform(CAST(? AS VARCHAR[]), lambda x: trim(lower(\(words))))",
            [.list(texts.map { .text($0) })])
        return answer.scalar.list?.map(\.display) ?? []
    }

    /// Opens the words; nil where the file is missing, broken or another's.
    static func open(_ path: String, mark: String) async -> SearchWords? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var options = Database.Options(path: path)
        options.readOnly = true
        options.maxConnections = 1
        options.extensions = ["fts"]
        guard let database = try? await Database.open(options),
            let stamp = try? await database.withConnection({ try await SearchStamp.read(on: $0) }), stamp.mark == mark
        else { return nil }
        return SearchWords(database: database, stamp: stamp)
    }

    /// Makes the file from the texts as they are in the warehouse; they themselves are not kept.
    static func build(
        _ path: String, record: SearchRecord, source: SearchSource, memoryLimit: String?, on connection: Connection
    ) async throws {
        let texts = "SELECT \(source.keySQL) AS key, \(source.textSQL) AS text FROM \(source.relation)"
        try await SearchStamp.make(
            path, extensions: ["fts"],
            rows: """
                SELECT v.id, substring(t.text, v.start + 1, v.length) AS text
                FROM \(record.vectors.sql) v JOIN (\(texts)) t ON t.key = v.key AND md5(t.text) = v.hash WHERE v.length > 0
                """, memoryLimit: memoryLimit, on: connection
        ) { rows in
            [
                "CREATE TABLE texts AS SELECT id, \(spaced("text")) AS text FROM \(rows)",
                """
                PRAGMA create_fts_index('texts', 'id', 'text', stemmer = 'porter', stopwords = 'none',
                    ignore = '\(between)', strip_accents = 1, lower = 1)
                """,
                SearchStamp.sql(
                    mark: record.mark, changes: record.changes, covered: record.nextID - 1, dimensions: nil,
                    of: "texts"),
                "DROP TABLE texts",
            ]
        }
    }

    /// Chunks that share words with the question, best first.
    ///
    /// - Parameter allowed: only these; nil for all.
    func nearest(_ question: String, allowed: [Int64]?, limit: Int) async throws -> [VectorHit] {
        let filter = allowed == nil ? "" : "AND name IN (SELECT unnest(CAST(? AS BIGINT[])))"
        return try await database.withConnection { connection in
            try await connection.query(
                """
                SELECT name, score FROM (
                    SELECT name, fts_main_texts.match_bm25(name, \(Self.spaced("CAST(? AS VARCHAR)"))) AS score
                    FROM fts_main_texts.docs)
                WHERE score IS NOT NULL \(filter) ORDER BY score DESC, name LIMIT \(limit)
                """, [.text(question)] + (allowed.map { [.list($0.map { .int($0) })] } ?? [])
            ).map { VectorHit(id: $0[0].int ?? 0, score: $0[1].double ?? 0) }
        }
    }
}
