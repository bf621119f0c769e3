import WeirAI
import WeirCore
import WeirEngine

/// Keeps the vectors of a column while they are made: in the warehouse, or in the database where the column is.
protocol SearchKeeper: Sendable {
    /// Finds or makes the index, removes what is gone, takes over vectors of texts that have moved, and lists the texts
    /// without vectors in `temp.weir_search_todo`, a table of `n` from 1, `key`, `hash` and `text`.
    ///
    /// - Throws: `search.…`.
    func begin(_ embedder: any TextEmbedder, on connection: isolated Connection) throws -> SearchBegun

    /// Stores the vectors, for every row of these texts, in place of those that the rows had: all of them or none.
    ///
    /// - Returns: the record as it is then.
    func store(
        _ batch: SearchBatch, in begun: SearchBegun, on connection: isolated Connection
    ) throws -> SearchRecord

    /// Writes down that the index is whole, and makes what lets its answers come sooner.
    func finish(
        _ begun: SearchBegun, on connection: Connection
    ) async throws -> SearchIndexReport
}

/// An index that is being made.
struct SearchBegun: Sendable {
    var record: SearchRecord
    var report: SearchIndexReport
    /// Texts to embed.
    var texts: Int
    /// Whether rows that have vectors already are among those to be done.
    var replaces: Bool
}

/// An index that can be asked, wherever its vectors are.
protocol SearchShelf: Sendable {
    /// How `near` looks.
    var method: SearchReport.Method { get }
    /// Chunks by meaning, best first.
    ///
    /// - Parameter vector: of length one, as the stored ones are.
    func near(_ vector: [Float], limit: Int) async throws -> [VectorHit]
    /// Chunks that share words with the question, best first.
    func worded(_ question: String, limit: Int) async throws -> [VectorHit]
    /// The keys of the rows that the chunks belong to; none for chunks that are gone.
    func keys(of ids: [Int64]) async throws -> [Int64: String]
    /// The chunks as people and programs want them.
    func passages(of ids: [Int64]) async throws -> [SearchPassage]
}

/// A chunk of a text, read from the column as it is now.
struct SearchPassage: Sendable {
    let id: Int64
    /// A JSON object.
    let key: String
    let chunk: Int
    let headings: String?
    let text: String

    /// From `id, key, chunk, headings, text`.
    init(_ row: [Value]) {
        id = row[0].int ?? 0
        key = row[1].display
        chunk = Int(row[2].int ?? 0)
        headings = row[3].text
        text = row[4].text ?? ""
    }
}
