extension Migration {
    static let drift = Migration(
        name: "drift",
        sql: """
            -- What was measured of each load (scope batch) or of the whole table (scope table).
            CREATE TABLE drift_batches (
                node TEXT NOT NULL,
                scope TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                run_id TEXT,
                rows INTEGER NOT NULL,
                published INTEGER NOT NULL,
                content TEXT NOT NULL,
                PRIMARY KEY (node, scope, at_ms)
            ) WITHOUT ROWID;
            CREATE TABLE drift_points (
                node TEXT NOT NULL,
                scope TEXT NOT NULL,
                metric TEXT NOT NULL,
                column_name TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                value REAL NOT NULL,
                noise REAL NOT NULL,
                published INTEGER NOT NULL,
                PRIMARY KEY (node, scope, metric, column_name, at_ms)
            ) WITHOUT ROWID;
            CREATE TABLE drift_alerts (
                id TEXT PRIMARY KEY,
                node TEXT NOT NULL,
                scope TEXT NOT NULL,
                run_id TEXT,
                at_ms INTEGER NOT NULL,
                metric TEXT NOT NULL,
                column_name TEXT NOT NULL,
                content TEXT NOT NULL,
                verdict TEXT,
                note TEXT,
                decided_ms INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX drift_alerts_by_node ON drift_alerts(node, scope, at_ms);
            """)
}
