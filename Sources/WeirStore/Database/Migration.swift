internal import GRDB

/// One step of the state file's own schema. Steps are only ever added at the end, never changed.
struct Migration: Sendable {
    let name: String
    let sql: String
}

extension Migration {
    /// Marks the file as Weir's (`PRAGMA application_id`): "WEIR" in ASCII.
    static let applicationID: Int32 = 0x5745_4952

    /// The file's version is the number of steps that it has been through (`PRAGMA user_version`).
    static let all = [history, tests, drift, ai, checks, audit, agent, estimates]

    /// Brings the file to this program's version, or says why it cannot be used.
    ///
    /// The check and the steps are one transaction that takes the write lock first, so that two processes
    /// which open a new file at once do not both try to create its tables.
    static func run(_ steps: [Migration] = all, on writer: any DatabaseWriter) throws {
        let version = try writer.read { try check($0, newest: steps.count) }
        if version == steps.count { return }
        try writer.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                let version = try check(database, newest: steps.count)
                for step in steps[version...] { try database.execute(sql: step.sql) }
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(steps.count)")
                return .commit
            }
        }
    }

    private static func check(_ database: Database, newest: Int) throws -> Int {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let owner = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if owner != applicationID, tables > 0 || version != 0 { throw StateFault.foreign }
        if version > newest { throw StateFault.newer(found: version, known: newest) }
        return max(0, version)
    }
}
