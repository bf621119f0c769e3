extension Migration {
    /// What calls were expected to take, by which later ones are estimated better.
    static let estimates = Migration(
        name: "estimates of calls of AI services",
        sql: """
            ALTER TABLE ai_calls ADD COLUMN input_estimated INTEGER;
            -- The finished calls of a step and a model; the newest are found from its end.
            CREATE INDEX ai_calls_finished ON ai_calls(node, step, provider, model)
                WHERE status = 'done' AND usage_missing = 0;
            """)
}
