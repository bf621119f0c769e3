import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// The list, parents before their children.
    public func tasks() async throws -> [TaskRecord] {
        try await read { try Self.shown(in: $0) }
    }

    /// Changes the list in one transaction, so that two who write at once do not undo each other.
    ///
    /// - Parameter change: makes the new list from the one that there is, parents before their children. A new item
    ///   has an id below zero, by which its children name it. Items that are left out are dropped from sight.
    /// - Returns: the list as it is now.
    public func changeTasks(
        _ change: @escaping @Sendable ([TaskRecord]) throws -> [TaskRecord]
    ) async throws -> [TaskRecord] {
        let store = self
        return try await writeDurably { database in
            let before = try Self.shown(in: database)
            let after = try change(before)
            var ids: [Int64: Int64] = [:]
            for record in after {
                var record = record
                record.parent = record.parent.map { ids[$0] ?? $0 }
                record.content = store.clean(record.content) ?? ""
                record.activeForm = store.clean(record.activeForm)
                record.reason = store.clean(record.reason)
                record.impact = store.clean(record.impact)
                ids[record.id] = try Self.save(record, in: database)
            }
            let kept = Set(ids.values)
            for record in before.reversed() where !kept.contains(record.id) {
                try database.execute(
                    sql: "UPDATE tasks SET dropped_ms = ? WHERE id = ?",
                    arguments: [UTC.milliseconds(Date()), record.id])
            }
            return try Self.shown(in: database)
        }
    }

    private static func shown(in database: Database) throws -> [TaskRecord] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM tasks WHERE dropped_ms IS NULL ORDER BY parent IS NOT NULL, parent, position, id"
        ).map { row in
            TaskRecord(
                id: row["id"], parent: row["parent"], position: row["position"], content: row["content"],
                activeForm: row["active_form"], status: row["status"], reason: row["reason"], impact: row["impact"],
                origin: row["origin"], session: row["session"], handedTo: row["handed_to"],
                handedAt: (row["handed_ms"] as Int64?).map(UTC.date(milliseconds:)),
                createdAt: UTC.date(milliseconds: row["created_ms"]),
                changedAt: UTC.date(milliseconds: row["changed_ms"]))
        }
    }

    private static func save(_ record: TaskRecord, in database: Database) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO tasks (id, parent, position, content, active_form, status, reason, impact, origin, session,
                handed_to, handed_ms, created_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, position = excluded.position,
                content = excluded.content, active_form = excluded.active_form, status = excluded.status,
                reason = excluded.reason, impact = excluded.impact, session = excluded.session,
                handed_to = excluded.handed_to, handed_ms = excluded.handed_ms, changed_ms = excluded.changed_ms
                """
        ).execute(
            arguments: [
                record.id > 0 ? record.id : nil, record.parent, record.position, record.content, record.activeForm,
                record.status, record.reason, record.impact, record.origin, record.session, record.handedTo,
                record.handedAt.map(UTC.milliseconds), UTC.milliseconds(record.createdAt),
                UTC.milliseconds(record.changedAt),
            ])
        return record.id > 0 ? record.id : database.lastInsertedRowID
    }
}
