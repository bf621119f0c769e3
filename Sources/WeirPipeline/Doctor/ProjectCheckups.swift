import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Who works on the project, and what a killed process left.
struct LockCheckup {
    let project: Project

    /// Returns the holder's process number when a process holds the lock.
    func run(_ diagnosis: inout Diagnosis) -> String? {
        let path = "\(project.stateFolder)/lock"
        let named =
            (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            diagnosis.ok("lock", "nobody works on the project")
            return nil
        }
        // Closing gives back a lock that was taken here.
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
            let holder = named.isEmpty ? "another process" : "process \(named)"
            diagnosis.warn("lock", "\(holder) is working on the project", "wait for it, or run with --wait 10m")
            return named.isEmpty ? "?" : named
        }
        if named.isEmpty {
            diagnosis.ok("lock", "nobody works on the project")
        } else {
            diagnosis.warn(
                "lock", "process \(named) was killed while it held the lock; the lock ended with it",
                "nothing to do: the next run goes on from the last checkpoints")
        }
        return nil
    }
}

/// The history of runs.
struct StateCheckup {
    let project: Project

    func run(_ diagnosis: inout Diagnosis) async {
        let path = "\(project.stateFolder)/state.db"
        guard FileManager.default.fileExists(atPath: path) else {
            diagnosis.ok("history", "no run yet")
            return
        }
        do {
            let store = try await StateStore.open(path)
            diagnosis.ok("history", try await latest(store))
        } catch {
            // History is no condition of a run.
            let known = WeirError.wrapping(error)
            diagnosis.warn("history", known.message, known.hint)
        }
    }

    private func latest(_ store: StateStore) async throws -> String {
        guard let run = try await store.runs(limit: 1).first else { return "no run yet" }
        return "last run \(run.id): \(run.status.rawValue)"
    }
}

/// The project's warehouse and those of its environments.
struct WarehouseCheckup {
    let project: Project
    let lockHolder: String?

    func run(_ diagnosis: inout Diagnosis) async {
        await check("warehouse", project.warehouse, &diagnosis)
        for (name, settings) in project.environments.sorted(by: { $0.key < $1.key }) {
            if let own = settings.warehouse { await check("warehouse of \(name)", own, &diagnosis) }
        }
        let scratch = (try? FileManager.default.contentsOfDirectory(atPath: "\(project.stateFolder)/tmp")) ?? []
        if lockHolder == nil, !scratch.isEmpty {
            diagnosis.warn(
                "leftovers", "\(Figures.count(Int64(scratch.count), "file")) in .weir/tmp from a run that was killed",
                "nothing to do: the next run removes them")
        }
    }

    private struct Facts: Sendable {
        var tables = 0
        var leftovers: [String] = []
        var lost: [String] = []
        var held: Int64 = 0
    }

    private func check(_ label: String, _ settings: WarehouseSettings, _ diagnosis: inout Diagnosis) async {
        guard FileManager.default.fileExists(atPath: settings.path) else {
            diagnosis.ok(label, "\(settings.path) is not built yet; `weir run` builds it")
            return
        }
        let facts: Facts
        do {
            facts = try await Warehouse.open(settings, readOnly: true).withConnection { connection in
                try await connection.perform { try Self.facts(on: $0) }
            }
        } catch let error as WeirError where error.code == "warehouse.locked" {
            diagnosis.warn(label, "\(settings.path) is locked by \(lockOwner(error.message))", error.hint)
            return
        } catch {
            diagnosis.fail(label, error)
            return
        }
        diagnosis.ok(
            label,
            "\(settings.path): \(Figures.count(Int64(facts.tables), "table")) published, \(Figures.count(facts.held, "row")) in quarantine"
        )
        if !facts.leftovers.isEmpty {
            diagnosis.warn(
                "leftovers",
                "\(Figures.count(Int64(facts.leftovers.count), "staging table")) of a run that was killed: \(facts.leftovers.joined(separator: ", "))",
                "nothing to do: they were never published, and the next run drops them")
        }
        for name in facts.lost {
            diagnosis.warn(
                "checkpoint \(name)", "the table was published and is no longer in the warehouse",
                "`weir run \(name) --full-refresh` builds it again")
        }
    }

    /// DuckDB's message names the program and its number.
    private func lockOwner(_ message: String) -> String {
        if let match = message.firstMatch(of: /held in (.+?) \(PID ([0-9]+)\)/) {
            return "process \(match.output.2) (\(match.output.1))"
        }
        return lockHolder.map { "process \($0)" } ?? "another process"
    }

    private static func facts(on connection: isolated Connection) throws -> Facts {
        var facts = Facts()
        let checkpoints = try CheckpointStore.readAll(on: connection)
        facts.tables = checkpoints.count
        for checkpoint in checkpoints.values.sorted(by: { $0.name < $1.name })
        where try connection.relationKind(checkpoint.name) == nil {
            facts.lost.append(checkpoint.name.description)
        }
        facts.leftovers = try connection.query(
            """
            SELECT schema_name || '.' || table_name FROM duckdb_tables()
            WHERE database_name = current_database() AND starts_with(table_name, ?) ORDER BY 1
            """, [.text(Warehouse.stagingPrefix)]
        ).map { $0[0].display }
        let quarantine = try connection.query(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = ?",
            [.text(Warehouse.quarantineSchema)]
        ).map { TableName(schema: Warehouse.quarantineSchema, table: $0[0].display) }
        for table in quarantine {
            facts.held += try connection.query("SELECT count(*) FROM \(table.sql)").scalar.int ?? 0
        }
        return facts
    }
}
