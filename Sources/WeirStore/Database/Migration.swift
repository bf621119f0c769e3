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
    static let all: [Migration] = [
        Migration(
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
                """),
        Migration(
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
                """),
        Migration(
            name: "calls of AI services, what they cost, and their answers",
            sql: """
                -- One row an attempt. Costs are in units of 1e-12 USD; null where no price is known.
                CREATE TABLE ai_calls (
                    seq INTEGER PRIMARY KEY,
                    call_id TEXT NOT NULL,
                    attempt INTEGER NOT NULL,
                    at_ms INTEGER NOT NULL,
                    provider TEXT NOT NULL,
                    model TEXT NOT NULL,
                    served TEXT,
                    endpoint TEXT NOT NULL,
                    run_id TEXT,
                    node TEXT,
                    step TEXT,
                    status TEXT NOT NULL,
                    error TEXT,
                    http_status INTEGER,
                    request_id TEXT,
                    input_uncached INTEGER NOT NULL, cache_read INTEGER NOT NULL,
                    cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
                    output_total INTEGER NOT NULL, output_reasoning INTEGER NOT NULL,
                    images INTEGER NOT NULL, audio_in INTEGER NOT NULL,
                    service_tier TEXT,
                    batch INTEGER NOT NULL,
                    usage_missing INTEGER NOT NULL,
                    cost INTEGER,
                    price_version TEXT NOT NULL,
                    first_token_ms INTEGER,
                    total_ms INTEGER NOT NULL
                );
                CREATE INDEX ai_calls_by_time ON ai_calls(at_ms);
                CREATE INDEX ai_calls_by_call ON ai_calls(call_id);

                -- What was spent and what is set aside, by budget and by its day, month or run.
                CREATE TABLE ai_spend (
                    account TEXT NOT NULL,
                    period TEXT NOT NULL,
                    spent INTEGER NOT NULL,
                    reserved INTEGER NOT NULL,
                    PRIMARY KEY (account, period)
                ) WITHOUT ROWID;

                -- Money set aside for calls that are under way, and who makes them.
                CREATE TABLE ai_reservations (
                    id TEXT PRIMARY KEY,
                    amount INTEGER NOT NULL,
                    accounts TEXT NOT NULL,
                    call TEXT NOT NULL,
                    pid INTEGER NOT NULL,
                    host TEXT NOT NULL,
                    at_ms INTEGER NOT NULL
                ) WITHOUT ROWID;

                CREATE TABLE ai_answers (
                    key TEXT PRIMARY KEY,
                    answer TEXT NOT NULL,
                    bytes INTEGER NOT NULL,
                    made_ms INTEGER NOT NULL,
                    used_ms INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX ai_answers_by_use ON ai_answers(used_ms);
                """),
    ]

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
