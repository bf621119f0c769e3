import Foundation
internal import GRDB
import WeirCore

extension RunRecord {
    static let columns =
        "id, project, environment, command, started_ms, finished_ms, status, error, user, host, pid, weir_version"

    init(row: Row) {
        self.init(
            id: row["id"], project: row["project"], environment: row["environment"], command: row["command"],
            startedAt: UTC.date(milliseconds: row["started_ms"]),
            finishedAt: (row["finished_ms"] as Int64?).map(UTC.date(milliseconds:)),
            // A word that this program does not know can only mean that the run is over.
            status: RunStatus(rawValue: row["status"]) ?? .interrupted, error: row["error"],
            user: row["user"], host: row["host"], pid: row["pid"], weirVersion: row["weir_version"])
    }
}

extension NodeRecord {
    static let columns = """
        run_id, name, kind, strategy, status, reason, rows_in, rows_published, rows_quarantined, rows_filtered, \
        inserted, updated, deleted, started_ms, duration_ms, attempts, error, checks
        """

    init(row: Row) {
        self.init(
            runID: row["run_id"], name: row["name"], kind: Kind(rawValue: row["kind"]) ?? .model,
            strategy: row["strategy"], status: Status(rawValue: row["status"]) ?? .failed, reason: row["reason"],
            rowsIn: row["rows_in"], rowsPublished: row["rows_published"], rowsQuarantined: row["rows_quarantined"],
            rowsFiltered: row["rows_filtered"], inserted: row["inserted"], updated: row["updated"],
            deleted: row["deleted"], startedAt: UTC.date(milliseconds: row["started_ms"]),
            durationMs: row["duration_ms"], attempts: row["attempts"], errorJSON: row["error"],
            checksJSON: row["checks"])
    }

    func arguments(clean: (String?) -> String?) -> StatementArguments {
        [
            runID, name, kind.rawValue, strategy, status.rawValue, clean(reason), rowsIn, rowsPublished,
            rowsQuarantined, rowsFiltered, inserted, updated, deleted, UTC.milliseconds(startedAt), durationMs,
            attempts, clean(errorJSON), clean(checksJSON),
        ]
    }
}
