internal import GRDB
import WeirCore

extension StateStore {
    /// Remembers how tests ended, all in one transaction. Each replaces what was known of the same test.
    public func saveTests(_ tests: [TestRecord]) async throws {
        if tests.isEmpty { return }
        try await write { database in
            let insert = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO tests (environment, file, name, node, status, duration_ms, at_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            for test in tests {
                try insert.execute(
                    arguments: [
                        test.environment ?? "", test.file, test.name, test.node, test.status.rawValue, test.durationMs,
                        UTC.milliseconds(test.at),
                    ])
            }
        }
    }

    /// How every test ended that was ever run: those that look at no warehouse, and those that look at the
    /// environment's (nil is production).
    public func lastTests(environment: String? = nil) async throws -> [TestRecord] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM tests WHERE environment IN ('', ?) ORDER BY file, node, name, environment",
                arguments: [environment ?? ""]
            ).compactMap { row in
                TestRecord.Status(rawValue: row["status"]).map { status in
                    let environment: String = row["environment"]
                    return TestRecord(
                        node: row["node"], file: row["file"], name: row["name"],
                        environment: environment.isEmpty ? nil : environment, status: status,
                        durationMs: row["duration_ms"], at: UTC.date(milliseconds: row["at_ms"]))
                }
            }
        }
    }
}
