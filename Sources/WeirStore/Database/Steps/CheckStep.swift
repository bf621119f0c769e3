extension Migration {
    static let checks = Migration(
        name: "what checks counted",
        sql: """
            -- What a check counted in one part of a table, so that only parts that changed are read again. A definition
            -- is a mark of the rules and columns that were counted; a version is a mark of the part's rows.
            CREATE TABLE check_states (
                node TEXT NOT NULL,
                definition TEXT NOT NULL,
                part TEXT NOT NULL,
                version TEXT NOT NULL,
                content TEXT NOT NULL,
                at_ms INTEGER NOT NULL,
                PRIMARY KEY (node, definition, part)
            ) WITHOUT ROWID;
            """)
}
