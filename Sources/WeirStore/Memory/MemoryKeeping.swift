import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// Keeps drafts, all in one transaction that is on the disk when this returns: what was acknowledged is not lost.
    ///
    /// - Parameters:
    ///   - limit: most active memories; the least useful ones are put away to make room.
    ///   - decide: what becomes of a draft, told the active memories that are nearest to it by their words, those of
    ///     `near`, and those of any state that say just the same.
    ///   - near: memories that are like a draft in meaning, by its place in the list.
    public func keep(
        _ drafts: [MemoryDraft], limit: Int, near: [[String]] = [],
        decide: @escaping @Sendable (Int, [Memory], [Memory]) -> MemoryDecision
    ) async throws -> [KeptMemory] {
        if drafts.isEmpty { return [] }
        let secret = drafts.map { holdsSecret($0.content) }
        return try await writeDurably { database in
            var fresh: Set<Int64> = []
            return try drafts.enumerated().map { index, draft in
                if secret[index] { return KeptMemory(outcome: .refused, refusal: "it holds a secret") }
                let alike = try Self.alike(draft, near: index < near.count ? near[index] : [], in: database)
                let same = try Memory.all(database, where: "mark = ?", [MemoryWords.mark(draft.content)])
                switch decide(index, alike, same) {
                case .refuse(let reason): return KeptMemory(outcome: .refused, refusal: reason)
                case .again(let id): return try Self.repeated(id, by: draft, in: database)
                case .keep(let superseding, let merging):
                    var kept = try Self.insert(draft, superseding, merging, in: database)
                    if let memory = kept.memory { fresh.insert(memory.seq) }
                    kept.retired = try Self.makeRoom(limit: limit, sparing: fresh, at: draft.createdAt, in: database)
                    return kept
                }
            }
        }
    }

    /// How many neighbours a draft is compared with.
    private static let neighbours = 40

    private static func alike(_ draft: MemoryDraft, near: [String], in database: Database) throws -> [Memory] {
        var found = try MemoryWords.query(draft.content).map { try matching($0, limit: neighbours, in: database) } ?? []
        for id in near where !found.contains(where: { $0.id == id }) {
            if let memory = try Memory.find(id, in: database), memory.status == .active { found.append(memory) }
        }
        return found
    }

    static func matching(_ query: String, limit: Int, in database: Database) throws -> [Memory] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT m.* FROM (
                        SELECT rowid AS seq, rank AS place FROM memory_words WHERE memory_words MATCH ?
                        ORDER BY rank LIMIT ?) AS w
                    JOIN memories m ON m.seq = w.seq ORDER BY w.place, m.seq DESC
                    """), arguments: [query, limit]
        ).map(Memory.init)
    }

    private static func repeated(_ id: String, by draft: MemoryDraft, in database: Database) throws -> KeptMemory {
        // A file that is read again says nothing new.
        let counts = draft.origin != .file
        try database.execute(
            sql: """
                UPDATE memories SET critical = max(critical, ?1), repeats = repeats + ?2,
                type = CASE WHEN ?2 THEN ?3 ELSE type END,
                changed_ms = CASE WHEN ?2 THEN max(changed_ms, ?4) ELSE changed_ms END,
                touched_ms = CASE WHEN ?2 THEN max(touched_ms, ?4) ELSE touched_ms END
                WHERE id = ?5
                """,
            arguments: [draft.isCritical, counts, draft.type.rawValue, UTC.milliseconds(draft.createdAt), id])
        return KeptMemory(outcome: .known, memory: try Memory.find(id, in: database))
    }

    private static func insert(
        _ draft: MemoryDraft, _ superseding: [MemoryDecision.Replacement], _ merging: [MemoryDecision.Replacement],
        in database: Database
    ) throws -> KeptMemory {
        var kept = KeptMemory(outcome: .new)
        let id = try Memory.makeID(database)
        let now = UTC.milliseconds(draft.createdAt)
        for (group, status) in [(superseding, Memory.Status.superseded), (merging, .merged)] {
            for one in group {
                guard let old = try Memory.find(one.id, in: database), old.status == .active else { continue }
                try old.unindex(in: database)
                try database.execute(
                    sql: "UPDATE memories SET status = ?, successor = ?, reason = ?, changed_ms = ? WHERE id = ?",
                    arguments: [status.rawValue, id, one.reason, now, one.id])
                guard let changed = try Memory.find(one.id, in: database) else { continue }
                if status == .merged { kept.merged.append(changed) } else { kept.superseded.append(changed) }
            }
        }
        // What was worth keeping goes on being worth it in a text that says the same.
        let uses = kept.merged.reduce(draft.uses) { $0 + $1.uses }
        let repeats = kept.merged.reduce(draft.repeats + kept.merged.count) { $0 + $1.repeats }
        let used = ([draft.lastUsedAt] + kept.merged.map(\.lastUsedAt)).compactMap(\.self).max()
        let critical = draft.isCritical || (kept.merged + kept.superseded).contains(where: \.isCritical)
        try database.cachedStatement(
            sql: """
                INSERT INTO memories (id, type, content, mark, status, critical, origin, session, created_ms, changed_ms,
                uses, repeats, used_ms, touched_ms) VALUES (?, ?, ?, ?, 'active', ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                id, draft.type.rawValue, draft.content, MemoryWords.mark(draft.content), critical,
                draft.origin.rawValue, draft.session, now, now, uses, repeats, used.map(UTC.milliseconds),
                used.map(UTC.milliseconds) ?? now,
            ])
        kept.memory = try Memory.find(id, in: database)
        try kept.memory?.index(draft.vector, in: database)
        return kept
    }

    /// Puts the least useful ones away; never critical ones, nor those of this very transaction.
    private static func makeRoom(
        limit: Int, sparing fresh: Set<Int64>, at date: Date, in database: Database
    ) throws -> [Memory] {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM memories WHERE status = 'active'") ?? 0
        if count <= limit { return [] }
        let candidates = try Memory.all(database, where: "status = 'active' AND NOT critical")
            .filter { !fresh.contains($0.seq) }
            .map { (memory: $0, worth: $0.usefulness(at: date)) }
            .sorted { ($0.worth, $0.memory.seq) < ($1.worth, $1.memory.seq) }
        return try candidates.prefix(count - limit).compactMap { candidate in
            try Self.retire(
                candidate.memory, reason: "there were more than \(limit), and this one was used least", at: date,
                in: database)
        }
    }

    static func retire(_ memory: Memory, reason: String, at date: Date, in database: Database) throws -> Memory? {
        try memory.unindex(in: database)
        try database.execute(
            sql: "UPDATE memories SET status = 'retired', reason = ?, changed_ms = ? WHERE seq = ?",
            arguments: [reason, UTC.milliseconds(date), memory.seq])
        return try Memory.find(memory.id, in: database)
    }
}
