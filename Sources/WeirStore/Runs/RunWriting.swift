import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// Records that a run has begun.
    public func begin(_ run: RunRecord) async throws {
        let command = clean(run.command)
        let error = clean(run.error)
        try await write { database in
            try database.execute(
                sql: "INSERT INTO runs (\(RunRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    run.id, run.project, run.environment, command, UTC.milliseconds(run.startedAt),
                    run.finishedAt.map(UTC.milliseconds), run.status.rawValue, error, run.user, run.host, run.pid,
                    run.weirVersion,
                ])
        }
    }

    /// Records what became of tables, all in one transaction. A table that the run already has is replaced.
    public func record(nodes: [NodeRecord]) async throws {
        if nodes.isEmpty { return }
        try await write { [self] database in
            let columns = NodeRecord.columns.split(separator: ", ").map(String.init)
            let updates = columns.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO nodes (\(NodeRecord.columns))
                    VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
                    ON CONFLICT (run_id, name) DO UPDATE SET \(updates)
                    """)
            let newest = try database.cachedStatement(
                sql: """
                    INSERT INTO last_nodes (environment, name, run_id)
                    SELECT coalesce(environment, ''), ?, id FROM runs WHERE id = ?
                    ON CONFLICT (environment, name) DO UPDATE SET run_id = excluded.run_id
                    WHERE (SELECT seq FROM runs WHERE id = excluded.run_id)
                        >= (SELECT seq FROM runs WHERE id = last_nodes.run_id)
                    """)
            for node in nodes {
                try insert.execute(arguments: node.arguments(clean: clean))
                try newest.execute(arguments: [node.name, node.runID])
            }
        }
    }

    /// Records how a run ended.
    public func finish(_ id: String, status: RunStatus, error: String? = nil, at date: Date = Date()) async throws {
        let error = clean(error)
        try await write { database in
            try database.execute(
                sql: "UPDATE runs SET status = ?, error = ?, finished_ms = ? WHERE id = ?",
                arguments: [status.rawValue, error, UTC.milliseconds(date), id])
            if database.changesCount == 0 {
                throw WeirError("run.unknown", "there is no run \(id) to finish", outcome: .systemFailed)
            }
        }
    }

    /// Marks the runs whose process died as interrupted.
    ///
    /// - Parameters:
    ///   - exclusive: true when the caller holds the project's lock. Then no other run can be going on, whatever
    ///     the machine that it was started on.
    ///   - current: the caller's own run, which is left alone.
    /// - Returns: the runs that were marked, oldest first.
    @discardableResult
    public func markInterrupted(
        exclusive: Bool = false, except current: String? = nil, at date: Date = Date(),
        host: String = ProcessInfo.processInfo.hostName
    ) async throws -> [RunRecord] {
        // Most often there is none, and then no write lock is taken.
        let found = try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT \(RunRecord.columns) FROM runs WHERE status = 'running' ORDER BY seq"
            ).map(RunRecord.init(row:))
        }
        let dead = found.filter { run in
            if run.id == current { return false }
            if exclusive { return true }
            return run.host == host && !ProcessIdentity.isAlive(run.pid, since: run.startedAt)
        }
        if dead.isEmpty { return [] }
        return try await write { database in
            var marked: [RunRecord] = []
            for var run in dead {
                // When it died is not known; the newest thing that it recorded is the closest there is.
                try database.execute(
                    sql: """
                        UPDATE runs SET status = 'interrupted', finished_ms = coalesce(
                            (SELECT max(started_ms + duration_ms) FROM nodes WHERE run_id = runs.id), started_ms)
                        WHERE id = ? AND status = 'running'
                        """, arguments: [run.id])
                // Another process may have marked it, or it ended, since it was read.
                if database.changesCount == 0 { continue }
                run.status = .interrupted
                run.finishedAt = try Int64.fetchOne(
                    database, sql: "SELECT finished_ms FROM runs WHERE id = ?", arguments: [run.id]
                ).map(UTC.date(milliseconds:))
                marked.append(run)
            }
            return marked
        }
    }

    /// Forgets the oldest runs with all they recorded.
    /// - Parameter newest: how many finished or unfinished runs stay.
    /// - Returns: how many were forgotten.
    @discardableResult
    public func prune(keeping newest: Int) async throws -> Int {
        try await write { database in
            try database.execute(
                sql: """
                    DELETE FROM runs WHERE status <> 'running' AND seq NOT IN
                        (SELECT seq FROM runs ORDER BY seq DESC LIMIT ?)
                    AND id NOT IN (SELECT run_id FROM last_nodes)
                    """, arguments: [max(0, newest)])
            return database.changesCount
        }
    }
}
