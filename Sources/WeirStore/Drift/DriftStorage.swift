import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// Days that measured numbers are kept.
    static let driftDays = 400

    /// Remembers a measured batch with its numbers and alerts, all in one transaction. What was measured of the same
    /// time before is replaced; what is older than ``driftDays`` is forgotten.
    public func record(
        _ batch: DriftBatch, points: [DriftPoint], alerts: [DriftAlertRecord], of subject: DriftSubject
    ) async throws {
        let content = clean(batch.content)
        let texts = alerts.map { clean($0.content) }
        try await write { database in
            let (node, scope, at) = (subject.node, subject.scope.rawValue, UTC.milliseconds(batch.at))
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO drift_batches (node, scope, at_ms, run_id, rows, published, content)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """, arguments: [node, scope, at, batch.runID, batch.rows, batch.isPublished, content])
            let insert = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO drift_points (node, scope, metric, column_name, at_ms, value, noise, published)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for point in points where point.value.isFinite {
                try insert.execute(
                    arguments: [
                        node, scope, point.metric, point.column, UTC.milliseconds(point.at), point.value,
                        point.noise.isFinite ? point.noise : 0, point.isPublished,
                    ])
            }
            for (alert, content) in zip(alerts, texts) {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO drift_alerts (id, node, scope, run_id, at_ms, metric, column_name, content)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        alert.id, node, scope, alert.runID, UTC.milliseconds(alert.at), alert.metric, alert.column,
                        content,
                    ])
            }
            let oldest = at - Int64(Self.driftDays) * 86_400_000
            for table in ["drift_batches", "drift_points", "drift_alerts"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE node = ? AND scope = ? AND at_ms < ?",
                    arguments: [node, scope, oldest])
            }
        }
    }

    /// The numbers that were measured, oldest first.
    public func driftPoints(of subject: DriftSubject, since: Date) async throws -> [DriftPoint] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM drift_points WHERE node = ? AND scope = ? AND at_ms >= ? ORDER BY at_ms
                    """, arguments: [subject.node, subject.scope.rawValue, UTC.milliseconds(since)]
            ).map {
                DriftPoint(
                    metric: $0["metric"], column: $0["column_name"], at: UTC.date(milliseconds: $0["at_ms"]),
                    value: $0["value"], noise: $0["noise"], isPublished: $0["published"])
            }
        }
    }

    /// The newest measured batches, newest first.
    public func driftBatches(of subject: DriftSubject, limit: Int) async throws -> [DriftBatch] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM drift_batches WHERE node = ? AND scope = ? ORDER BY at_ms DESC LIMIT ?",
                arguments: [subject.node, subject.scope.rawValue, max(0, limit)]
            ).map {
                DriftBatch(
                    runID: $0["run_id"], at: UTC.date(milliseconds: $0["at_ms"]), rows: $0["rows"],
                    isPublished: $0["published"], content: $0["content"])
            }
        }
    }

    /// Everything that is measured.
    public func driftSubjects() async throws -> [DriftSubject] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT DISTINCT node, scope FROM drift_batches ORDER BY node, scope")
                .compactMap { row in
                    DriftSubject.Scope(rawValue: row["scope"]).map { DriftSubject(node: row["node"], scope: $0) }
                }
        }
    }

    /// What was unusual, newest first.
    public func driftAlerts(of subject: DriftSubject, limit: Int = 1000) async throws -> [DriftAlertRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM drift_alerts WHERE node = ? AND scope = ? ORDER BY at_ms DESC, metric, column_name LIMIT ?
                    """, arguments: [subject.node, subject.scope.rawValue, max(0, limit)]
            ).compactMap(Self.alert)
        }
    }

    /// Remembers what a person said of alerts.
    ///
    /// - Parameter ids: ids, or their beginnings.
    /// - Returns: the alerts as they are now.
    /// - Throws: `drift.unknown-alert`, `drift.ambiguous-alert`; then nothing is remembered.
    public func decide(
        _ ids: [String], _ verdict: DriftAlertRecord.Verdict, note: String?, at date: Date = Date()
    ) async throws -> [DriftAlertRecord] {
        let note = clean(note)
        return try await write { database in
            try ids.map { id in
                let wanted = id.trimmingCharacters(in: .whitespaces).lowercased()
                let found = try Row.fetchAll(
                    database, sql: "SELECT * FROM drift_alerts WHERE substr(id, 1, length(?1)) = ?1 LIMIT 3",
                    arguments: [wanted]
                ).compactMap(Self.alert)
                guard let first = found.first, !wanted.isEmpty else {
                    throw WeirError(
                        "drift.unknown-alert", "there is no alert \"\(id)\"", hint: "`weir drift` lists the open ones")
                }
                if found.count > 1 {
                    throw WeirError(
                        "drift.ambiguous-alert", "several alerts are meant by \"\(id)\"",
                        hint: "write more of the id: \(found.map(\.id).joined(separator: ", "))")
                }
                try database.execute(
                    sql: "UPDATE drift_alerts SET verdict = ?, note = ?, decided_ms = ? WHERE id = ?",
                    arguments: [verdict.rawValue, note, UTC.milliseconds(date), first.id])
                var alert = first
                (alert.verdict, alert.note, alert.decidedAt) = (verdict, note, UTC.rounded(date))
                return alert
            }
        }
    }

    private static func alert(_ row: Row) -> DriftAlertRecord? {
        guard let scope = DriftSubject.Scope(rawValue: row["scope"]) else { return nil }
        let verdict: String? = row["verdict"]
        let decided: Int64? = row["decided_ms"]
        return DriftAlertRecord(
            id: row["id"], subject: DriftSubject(node: row["node"], scope: scope), runID: row["run_id"],
            at: UTC.date(milliseconds: row["at_ms"]), metric: row["metric"], column: row["column_name"],
            content: row["content"], verdict: verdict.flatMap(DriftAlertRecord.Verdict.init(rawValue:)),
            note: row["note"], decidedAt: decided.map(UTC.date(milliseconds:)))
    }
}
