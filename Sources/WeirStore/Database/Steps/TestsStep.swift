extension Migration {
    static let tests = Migration(
        name: "last results of tests",
        sql: """
            -- One row a test: how it ended when it was last run. A test of the warehouse belongs to an environment.
            CREATE TABLE tests (
                environment TEXT NOT NULL,
                file TEXT NOT NULL,
                name TEXT NOT NULL,
                node TEXT NOT NULL,
                status TEXT NOT NULL,
                duration_ms INTEGER NOT NULL,
                at_ms INTEGER NOT NULL,
                PRIMARY KEY (environment, file, node, name)
            ) WITHOUT ROWID;
            """)
}
