extension Migration {
    /// What agents and people remember, and what they have to do.
    static let agent = Migration(
        name: "memories and tasks",
        sql: """
            -- A memory is never deleted: one that is no longer active says why, and which one took its place.
            CREATE TABLE memories (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                content TEXT NOT NULL,
                -- The text without case, spacing and end: equal marks say the same.
                mark TEXT NOT NULL,
                status TEXT NOT NULL,
                successor TEXT,
                reason TEXT,
                critical INTEGER NOT NULL,
                origin TEXT NOT NULL,
                session TEXT,
                created_ms INTEGER NOT NULL,
                changed_ms INTEGER NOT NULL,
                uses INTEGER NOT NULL,
                repeats INTEGER NOT NULL,
                used_ms INTEGER,
                -- When it was last used, or else written.
                touched_ms INTEGER NOT NULL
            );
            CREATE INDEX memories_by_mark ON memories (mark);
            CREATE INDEX memories_by_touch ON memories (status, critical, touched_ms);

            -- Words of the active ones; the row's number is that of the memory.
            CREATE VIRTUAL TABLE memory_words USING fts5(words, tokenize = 'porter unicode61 remove_diacritics 2');

            -- Vectors of the active ones. A changed memory gets a new row, so readers need only look at those
            -- that came after the last one they have seen.
            CREATE TABLE memory_vectors (
                stamp INTEGER PRIMARY KEY AUTOINCREMENT,
                seq INTEGER NOT NULL,
                space TEXT NOT NULL,
                vector BLOB NOT NULL
            );
            CREATE UNIQUE INDEX memory_vectors_by_memory ON memory_vectors (seq, space);

            -- The task list. An item that was dropped stays, out of sight.
            CREATE TABLE tasks (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                parent INTEGER REFERENCES tasks (id),
                position INTEGER NOT NULL,
                content TEXT NOT NULL,
                active_form TEXT,
                status TEXT NOT NULL,
                reason TEXT,
                impact TEXT,
                origin TEXT NOT NULL,
                session TEXT,
                handed_to TEXT,
                handed_ms INTEGER,
                created_ms INTEGER NOT NULL,
                changed_ms INTEGER NOT NULL,
                dropped_ms INTEGER
            );
            CREATE INDEX tasks_shown ON tasks (dropped_ms, parent, position);
            """)
}
