extension Migration {
    static let ai = Migration(
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
            """)
}
