import Foundation
internal import GRDB
import WeirCore

/// What a person changes of a memory.
public struct MemoryEdit: Sendable, Hashable {
    public var content: String?
    public var type: MemoryType?
    public var isCritical: Bool?
    /// Makes one active again that no longer was.
    public var restores = false
    public var vector: MemoryVector?

    public init() {}
}

extension StateStore {
    /// Why a person's memory is put away; one that was is not taken up again from an agent's text.
    public static let retiredByPerson = "retired by a person"

    /// Changes a memory.
    ///
    /// - Throws: `memory.unknown`, `memory.ambiguous`, `memory.inactive`, `memory.exists`, `memory.secret`.
    public func edit(_ name: String, _ edit: MemoryEdit, at date: Date = Date()) async throws -> Memory {
        if let content = edit.content, holdsSecret(content) {
            throw WeirError("memory.secret", "the text holds a secret", hint: "say it without")
        }
        return try await writeDurably { database in
            var memory = try Self.named(name, in: database)
            if memory.status != .active, !edit.restores {
                throw WeirError(
                    "memory.inactive", "\(memory.id) is \(memory.status.rawValue): \(memory.reason ?? "")",
                    hint: "`weir memory edit \(memory.id) --restore` makes it active again")
            }
            let content = edit.content ?? memory.content
            let mark = MemoryWords.mark(content)
            let same = try Memory.all(database, where: "mark = ? AND status = 'active'", [mark])
            if let other = same.first(where: { $0.id != memory.id }) {
                throw WeirError(
                    "memory.exists", "\(other.id) says that already",
                    hint: "`weir memory retire \(memory.id)` puts this one away")
            }
            try memory.unindex(in: database)
            try database.execute(
                sql: """
                    UPDATE memories SET content = ?, mark = ?, type = ?, critical = ?, status = 'active',
                    successor = NULL, reason = NULL, changed_ms = ?, touched_ms = max(touched_ms, ?) WHERE seq = ?
                    """,
                arguments: [
                    content, mark, (edit.type ?? memory.type).rawValue, edit.isCritical ?? memory.isCritical,
                    UTC.milliseconds(date), UTC.milliseconds(date), memory.seq,
                ])
            memory = try Self.named(memory.id, in: database)
            try memory.index(edit.vector, in: database)
            return memory
        }
    }

    /// Puts memories away, all or none.
    ///
    /// - Throws: `memory.unknown`, `memory.ambiguous`.
    public func retire(_ names: [String], at date: Date = Date()) async throws -> [Memory] {
        try await writeDurably { database in
            try names.compactMap { name in
                let memory = try Self.named(name, in: database)
                return try Self.retire(memory, reason: Self.retiredByPerson, at: date, in: database)
            }
        }
    }

    /// Counts a use of each.
    public func countUse(of memories: [Memory], at date: Date = Date()) async throws {
        if memories.isEmpty { return }
        let seqs = memories.map(\.seq)
        try await write { database in
            let now = UTC.milliseconds(date)
            let update = try database.cachedStatement(
                sql: """
                    UPDATE memories SET uses = uses + 1, used_ms = max(coalesce(used_ms, 0), ?),
                    touched_ms = max(touched_ms, ?) WHERE seq = ?
                    """)
            for seq in seqs { try update.execute(arguments: [now, now, seq]) }
        }
    }

    /// The one memory whose id begins so.
    static func named(_ name: String, in database: Database) throws -> Memory {
        let beginning = name.lowercased()
        guard !beginning.isEmpty, beginning.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw unknown(name)
        }
        let found = try Memory.all(database, where: "id GLOB ? ORDER BY id LIMIT 3", ["\(beginning)*"])
        if let exact = found.first(where: { $0.id == beginning }) { return exact }
        guard let memory = found.first else { throw unknown(name) }
        if found.count > 1 {
            throw WeirError(
                "memory.ambiguous", "several memories begin with \"\(name)\"",
                hint: "type more of the id: \(found.map(\.id).joined(separator: ", ")) …")
        }
        return memory
    }

    private static func unknown(_ name: String) -> WeirError {
        WeirError("memory.unknown", "there is no memory \"\(name)\"", hint: "`weir memory list --all` shows the ids")
    }
}
