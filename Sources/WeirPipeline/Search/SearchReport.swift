import Foundation
import WeirCore

/// What a search found; the stable JSON of `weir search`.
public struct SearchReport: Sendable, Encodable {
    public enum Method: String, Sendable, Encodable {
        /// Every vector was looked at.
        case exact
        /// A graph was asked, and vectors newer than it were looked at.
        case graph
    }

    /// `schema.table.column`, or `connection#schema.table.column`.
    public var `in`: String
    public var question: String
    /// Of the vectors and the question.
    public var space: String
    public var method: Method
    /// Whether words counted beside meaning.
    public var hybrid: Bool
    /// Rows that are new, changed or gone since the vectors were made; nil where that was not looked at.
    public var stale: Int?
    public var hits: [SearchHit]
}

/// One row that was found.
public struct SearchHit: Sendable, Encodable {
    /// From 1.
    public var rank: Int
    /// Between -1 and 1: the cosine of the row's best chunk and the question. With hybrid search the sum of the
    /// reciprocal ranks.
    public var score: Double
    /// The row's key: values by column.
    public var key: JSONValue
    /// Which chunk of the text, from 0.
    public var chunk: Int
    /// Headings above the chunk.
    public var headings: String?
    public var snippet: String
    /// Place by meaning, in a hybrid search.
    public var vectorRank: Int?
    /// Place by words, in a hybrid search.
    public var wordRank: Int?
}

/// What indexing did; the stable JSON of `weir search index`.
public struct SearchIndexReport: Sendable, Encodable {
    public var `in`: String
    public var key: [String]
    public var space: String
    public var dimensions: Int
    public var chunkTokens: Int
    public var overlapTokens: Int
    /// Rows with a text.
    public var rows = 0
    /// Vectors of them all: one a chunk.
    public var vectors = 0
    /// Texts that were embedded now.
    public var embedded = 0
    /// Rows that took over the vectors of an equal text.
    public var reused = 0
    /// Rows that are gone, with their vectors.
    public var removed = 0
    /// Vectors in the graph; nil where there is none.
    public var graph: Int?

    init(_ record: SearchRecord) {
        self.in = record.label
        key = record.key
        space = record.space
        dimensions = record.dimensions
        chunkTokens = record.chunking.limit
        overlapTokens = record.chunking.overlap
    }
}

/// One index; the stable JSON of `weir search status`.
public struct SearchStatus: Sendable, Encodable {
    public var `in`: String
    public var key: [String]
    public var space: String
    public var dimensions: Int
    public var chunkTokens: Int
    public var overlapTokens: Int
    public var rows: Int
    public var vectors: Int
    public var graph: Int?
    /// Rows that are new, changed or gone since; nil where the column can no longer be read.
    public var stale: Int?
    /// Why the column can no longer be read.
    public var problem: String?
    public var updatedAt: String

    init(_ record: SearchRecord, rows: Int, vectors: Int) {
        self.in = record.label
        key = record.key
        space = record.space
        dimensions = record.dimensions
        chunkTokens = record.chunking.limit
        overlapTokens = record.chunking.overlap
        self.rows = rows
        self.vectors = vectors
        updatedAt = record.updatedAt
    }
}
