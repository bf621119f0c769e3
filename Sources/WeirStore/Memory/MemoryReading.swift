import Foundation
internal import GRDB
import WeirCore

/// Memories that may help with a text.
public struct MemoryCandidates: Sendable {
    /// By words, the nearest first.
    public var matching: [Memory]
    /// By meaning, in the order that was asked for.
    public var near: [Memory]
    /// Critical ones, and those that were used or written last.
    public var recent: [Memory]
}

extension StateStore {
    /// Those that may help with a text, all as of one moment.
    ///
    /// - Parameters:
    ///   - query: of ``MemoryWords/query(_:)``; nil where no word means anything.
    ///   - near: places of vectors (``MemoryVectorRow/stamp``).
    public func memoryCandidates(
        query: String?, near: [Int64] = [], matches: Int, recent: Int
    ) async throws -> MemoryCandidates {
        try await read { database in
            let matching = try query.map { try Self.matching($0, limit: matches, in: database) } ?? []
            let byStamp = try database.cachedStatement(
                sql: "SELECT m.* FROM memory_vectors v JOIN memories m ON m.seq = v.seq WHERE v.stamp = ?")
            let found = try near.compactMap { try Row.fetchOne(byStamp, arguments: [$0]).map(Memory.init) }
            let order = "ORDER BY touched_ms DESC, seq DESC LIMIT ?"
            let critical = try Memory.all(database, where: "status = 'active' AND critical = 1 \(order)", [recent])
            let others = try Memory.all(database, where: "status = 'active' AND critical = 0 \(order)", [recent])
            return MemoryCandidates(matching: matching, near: found, recent: critical + others)
        }
    }

    /// Memories, the newest first.
    public func memories(
        status: Set<Memory.Status> = [.active], type: MemoryType? = nil, limit: Int? = nil
    ) async throws -> [Memory] {
        try await read { database in
            let marks = status.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
            return try Memory.all(
                database,
                where: "status IN (\(marks)) AND (?1 IS NULL OR type = ?1) ORDER BY changed_ms DESC, seq DESC LIMIT ?2",
                [type?.rawValue, limit ?? -1])
        }
    }

    /// One memory, by its id or the beginning of it.
    ///
    /// - Throws: `memory.unknown`, `memory.ambiguous`.
    public func memory(_ name: String) async throws -> Memory {
        try await read { try Self.named(name, in: $0) }
    }

    /// How many there are of each state.
    public func memoryCounts() async throws -> [Memory.Status: Int] {
        try await read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT status, count(*) AS n FROM memories GROUP BY status")
            return rows.reduce(into: [:]) { counts, row in
                if let status = Memory.Status(rawValue: row["status"]) { counts[status] = row["n"] }
            }
        }
    }
}
