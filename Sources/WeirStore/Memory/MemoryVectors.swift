import Foundation
internal import GRDB

/// A vector as it is kept.
public struct MemoryVectorRow: Sendable {
    /// Counts up with each vector that is stored.
    public var stamp: Int64
    public var memory: String
    public var numbers: [Float]
}

extension StateStore {
    /// The vectors that were stored after one, oldest first.
    public func memoryVectors(space: String, after stamp: Int64) async throws -> [MemoryVectorRow] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT v.stamp, m.id, v.vector FROM memory_vectors v JOIN memories m ON m.seq = v.seq
                    WHERE v.space = ? AND v.stamp > ? ORDER BY v.stamp
                    """, arguments: [space, stamp])
            var found: [MemoryVectorRow] = []
            while let row = try rows.next() {
                found.append(
                    MemoryVectorRow(
                        stamp: row["stamp"], memory: row["id"], numbers: MemoryVector.numbers(of: row["vector"])))
            }
            return found
        }
    }

    /// Active memories that have no vector in a space.
    public func memoriesWithoutVector(space: String, limit: Int) async throws -> [Memory] {
        try await read { database in
            try Memory.all(
                database,
                where: """
                    status = 'active' AND NOT EXISTS (
                        SELECT 1 FROM memory_vectors v WHERE v.seq = memories.seq AND v.space = ?)
                    ORDER BY seq LIMIT ?
                    """, [space, limit])
        }
    }

    /// Gives memories their vectors, but for those whose text has changed since.
    public func store(_ vectors: [(memory: Memory, vector: MemoryVector)]) async throws {
        try await write { database in
            for (memory, vector) in vectors {
                guard let now = try Memory.find(memory.id, in: database), now.status == .active,
                    now.content == memory.content
                else { continue }
                try Memory.store(vector, of: now.seq, in: database)
            }
        }
    }
}
