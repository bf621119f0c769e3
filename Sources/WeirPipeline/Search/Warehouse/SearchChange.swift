import WeirConnect
import WeirCore
import WeirEngine

/// What distinguishes an index from its table: texts that have no vectors yet, and vectors whose row is gone.
struct SearchChange: Sendable {
    let source: SearchSource

    /// Of the connection: every row's key and the mark of its text.
    static let now = "temp.weir_search_now"
    /// Of the connection: rows without vectors. `turn` is 1 for the first row of each text.
    static let pending = "temp.weir_search_pending"

    /// Looks at every row and makes the two tables.
    ///
    /// - Throws: `search.key-not-unique`.
    func look(at record: SearchRecord?, on connection: isolated Connection) throws {
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_search_now AS
            SELECT \(source.keySQL) AS key, md5(\(source.textSQL)) AS hash FROM \(source.relation)
            WHERE \(source.textSQL) IS NOT NULL
            """)
        let twice = try connection.query(
            "SELECT key FROM \(Self.now) GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT 1")
        if let key = twice.first?.first {
            throw WeirError(
                "search.key-not-unique", "several rows of \(source.table) have the key \(key.display)",
                hint: "name the columns that tell rows apart with --key")
        }
        let stored = record.map { "ANTI JOIN \($0.vectors.sql) USING (key, hash)" } ?? ""
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_search_pending AS
            SELECT key, hash, row_number() OVER (PARTITION BY hash ORDER BY key) AS turn FROM \(Self.now) \(stored)
            """)
    }

    /// Rows that are new, changed or gone.
    func count(against record: SearchRecord?, on connection: isolated Connection) throws -> Int {
        try look(at: record, on: connection)
        let pending = try connection.query("SELECT count(*) FROM \(Self.pending)").scalar.int ?? 0
        guard let record else { return Int(pending) }
        let gone = try connection.query(
            "SELECT count(DISTINCT key) FROM \(record.vectors.sql) ANTI JOIN \(Self.now) USING (key)"
        ).scalar.int
        return Int(pending + (gone ?? 0))
    }

    /// The version of the table that the project published; nil where its rows may change without one.
    func version(_ project: Project, on connection: isolated Connection) throws -> String? {
        guard try CheckpointStore.exists(on: connection),
            let checkpoint = try CheckpointStore.read(source.table, on: connection),
            checkpoint.strategy != .view, !checkpoint.isReference
        else { return nil }
        return checkpoint.version
    }
}
