extension Migration {
    static let history = Migration(
        name: "runs, nodes, lineage, schemas, metrics",
        sql: """
            CREATE TABLE runs (
                seq INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                project TEXT NOT NULL,
                environment TEXT,
                command TEXT NOT NULL,
                started_ms INTEGER NOT NULL,
                finished_ms INTEGER,
                status TEXT NOT NULL,
                error TEXT,
                user TEXT NOT NULL,
                host TEXT NOT NULL,
                pid INTEGER NOT NULL,
                weir_version TEXT NOT NULL
            );
            CREATE INDEX runs_running ON runs(status) WHERE status = 'running';

            CREATE TABLE nodes (
                seq INTEGER PRIMARY KEY,
                run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                kind TEXT NOT NULL,
                strategy TEXT,
                status TEXT NOT NULL,
                reason TEXT,
                rows_in INTEGER, rows_published INTEGER, rows_quarantined INTEGER, rows_filtered INTEGER,
                inserted INTEGER, updated INTEGER, deleted INTEGER,
                started_ms INTEGER NOT NULL,
                duration_ms INTEGER NOT NULL,
                attempts INTEGER NOT NULL,
                error TEXT,
                checks TEXT,
                UNIQUE (run_id, name)
            );
            CREATE INDEX nodes_by_name ON nodes(name, seq);

            -- The newest result of each node, so that asking for it does not read the whole history.
            CREATE TABLE last_nodes (
                environment TEXT NOT NULL,
                name TEXT NOT NULL,
                run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
                PRIMARY KEY (environment, name)
            ) WITHOUT ROWID;
            CREATE INDEX last_nodes_by_run ON last_nodes(run_id);

            CREATE TABLE lineage (
                node TEXT NOT NULL,
                position INTEGER NOT NULL,
                column_name TEXT NOT NULL,
                input_table TEXT NOT NULL,
                input_column TEXT NOT NULL,
                kind TEXT NOT NULL,
                PRIMARY KEY (node, position)
            ) WITHOUT ROWID;
            CREATE INDEX lineage_by_input ON lineage(input_table, input_column);

            CREATE TABLE schemas (
                table_name TEXT NOT NULL,
                version INTEGER NOT NULL,
                columns TEXT NOT NULL,
                run_id TEXT,
                at_ms INTEGER NOT NULL,
                PRIMARY KEY (table_name, version)
            ) WITHOUT ROWID;

            CREATE TABLE metrics (
                seq INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                node TEXT NOT NULL,
                value REAL NOT NULL,
                at_ms INTEGER NOT NULL
            );
            CREATE INDEX metrics_by_name ON metrics(name, node, at_ms);
            """)
}
