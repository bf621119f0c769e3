extension Migration {
    /// What agents had done, and by whose leave.
    static let audit = Migration(
        name: "audit",
        sql: """
            CREATE TABLE audit (
                id INTEGER PRIMARY KEY,
                at_ms INTEGER NOT NULL,
                session TEXT,
                actor TEXT NOT NULL,
                tool TEXT NOT NULL,
                level TEXT NOT NULL,
                decision TEXT NOT NULL,
                arguments TEXT NOT NULL,
                error TEXT,
                took_us INTEGER NOT NULL
            );
            CREATE INDEX audit_time ON audit (at_ms);
            CREATE INDEX audit_session ON audit (session, id);
            """)
}
