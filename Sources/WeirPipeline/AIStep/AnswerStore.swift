import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// An answer that was paid for, or the reason why there is none.
struct KeptAnswer: Sendable {
    enum Status: String, Sendable {
        case answered
        /// Not what was asked for, also at a second try.
        case invalid
        /// The provider would not answer this row.
        case refused
    }

    /// The mark of its question.
    var hash: String
    var status: Status
    /// The answer's JSON.
    var answer: String?
    var vector: [Float]?
    /// What the model wrote, where that is no valid answer.
    var raw: String?
    var reason: String?
    /// The model that answered, as its provider names it.
    var served: String?
    /// What a prediction was made from.
    var features: String?
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    /// In picodollars; nil where no price is known.
    var cost: Int64?
}

/// The answers that the warehouse keeps, by the marks of their questions: `weir_meta.ai_answers`.
///
/// They are kept there and not with the project's history, because they were paid for: who deletes `.weir` loses no
/// answer. An answer is stored before its row counts as done, and a row whose question is known is never asked again.
struct AnswerStore: Sendable {
    let resolved: ResolvedStep
    let runID: String
    let now: String
    /// The table as its environment names it; nil where no batches are looked at.
    var target: TableName?

    static let table = TableName(schema: Warehouse.metaSchema, table: "ai_answers")
    static let batches = TableName(schema: Warehouse.metaSchema, table: "ai_batches")

    static func prepare(on connection: isolated Connection) throws {
        try connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS \(SQL.quote(Warehouse.metaSchema));
            CREATE TABLE IF NOT EXISTS \(table.sql) (
                hash VARCHAR, recipe VARCHAR, name VARCHAR, task VARCHAR, model VARCHAR, served VARCHAR, status VARCHAR,
                answer VARCHAR, vector FLOAT[], raw VARCHAR, reason VARCHAR, features VARCHAR, input_tokens BIGINT,
                output_tokens BIGINT, cost BIGINT, run_id VARCHAR, answered_at VARCHAR);
            CREATE TABLE IF NOT EXISTS \(batches.sql) (
                name VARCHAR, recipe VARCHAR, ticket VARCHAR, questions BIGINT, run_id VARCHAR, submitted_at VARCHAR)
            """)
    }

    // MARK: Questions

    /// Temporary tables: the mark of each staged row, and the questions that nobody has answered.
    private var keys: String { "temp.\(SQL.quote("weir_ai_keys_\(resolved.recipe.prefix(12))"))" }
    private var questions: String { "temp.\(SQL.quote("weir_ai_questions_\(resolved.recipe.prefix(12))"))" }
    private var files: String { "weir_ai_files_\(resolved.recipe.prefix(12))" }

    /// How much there is to do.
    struct Workload: Sendable {
        var rows = 0
        /// Rows with nothing to ask about: their answers are NULL.
        var blank = 0
        /// Questions that are answered already.
        var known = 0
        /// Questions to ask; equal rows are one.
        var open = 0
    }

    /// Finds the questions of staged rows.
    func survey(_ staged: TableName, on connection: isolated Connection) throws -> Workload {
        let hash = try hash(of: staged.sql, on: connection)
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(keys.dropFirst(5)) AS SELECT s.rowid AS rid, \(hash) AS hash FROM \(staged.sql) s
            """)
        let open = try findOpen(on: connection)
        let counts =
            try connection.query(
                "SELECT count(*), count(*) FILTER (hash IS NULL), count(DISTINCT hash) FROM \(keys)"
            ).map { $0.map { Int($0.int ?? 0) } }.first ?? [0, 0, 0]
        return Workload(rows: counts[0], blank: counts[1], known: counts[2] - open, open: open)
    }

    /// SQL for the mark of a row's question, over the alias `s`.
    ///
    /// - Parameter rows: the table or query of the rows.
    func hash(of rows: String, on connection: isolated Connection) throws -> String {
        try lookAtFiles(rows, on: connection)
        return resolved.hash(pictures: { index in
            "coalesce((SELECT state FROM temp.\(SQL.quote(files)) f WHERE f.path = s.\(SQL.quote(resolved.images[index].name))::VARCHAR), '')"
        })
    }

    /// Looks again at what is open. Returns how many questions are.
    func findOpen(on connection: isolated Connection) throws -> Int {
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(questions.dropFirst(5)) AS
            SELECT row_number() OVER (ORDER BY rid) AS n, rid, hash FROM (
                SELECT min(rid) AS rid, hash FROM \(keys) k WHERE hash IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM \(Self.table.sql) a WHERE a.hash = k.hash AND a.status <> 'again')
                GROUP BY hash)
            """)
        return Int(try connection.query("SELECT count(*) FROM \(questions)").scalar.int ?? 0)
    }

    /// A picture's file that changed makes another question: its size and time are a part of it.
    private func lookAtFiles(_ rows: String, on connection: isolated Connection) throws {
        let named = resolved.images.filter { $0.type != "BLOB" }
        guard !named.isEmpty else { return }
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(SQL.quote(files)) (path VARCHAR, state VARCHAR)")
        for column in named {
            let name = SQL.quote(column.name)
            let paths = try connection.query(
                "SELECT DISTINCT \(name)::VARCHAR FROM \(rows) s WHERE \(name) IS NOT NULL AND NOT contains(\(name)::VARCHAR, '://')"
            ).map { $0[0].display }
            let states = paths.map { path -> [Value] in
                let full = Picture.fullPath(path, root: resolved.root)
                let found = try? FileManager.default.attributesOfItem(atPath: full)
                let time = (found?[.modificationDate] as? Date).map { "\(UTC.milliseconds($0))" } ?? ""
                return [.text(path), .text(found.map { "\($0[.size] as? Int ?? 0)|\(time)" } ?? "missing")]
            }
            try connection.append(to: TableName(schema: "main", table: files), catalog: "temp", rows: states)
        }
    }

    /// One page of the open questions, in their order.
    ///
    /// - Parameter first: number of the first question, from 1.
    func page(
        of staged: TableName, from first: Int, count: Int, on connection: isolated Connection
    ) throws -> [Question] {
        try connection.query(
            """
            SELECT q.hash, EXISTS (SELECT 1 FROM \(Self.table.sql) a WHERE a.hash = q.hash), \(resolved.selected) FROM \(questions) q JOIN \(staged.sql) s ON s.rowid = q.rid
            WHERE q.n >= ? AND q.n < ? ORDER BY q.n
            """, [.int(Int64(first)), .int(Int64(first + count))]
        ).map { row in
            Question(hash: row[0].display, isAgain: row[1].bool == true, values: Array(row.dropFirst(2)))
        }
    }

    // MARK: Answers

    /// Stores answers: when it returns they are safe.
    func store(_ answers: [KeptAnswer], on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try connection.append(to: Self.table, rows: answers.map { row($0) })
        }
    }

    /// - Parameter origin: the recipe and the model, where they are not those of the step as it is now.
    func row(_ answer: KeptAnswer, from origin: (recipe: String, model: String)? = nil) -> [Value] {
        [
            .text(answer.hash), .text(origin?.recipe ?? resolved.recipe), .text(resolved.table.description),
            .text(resolved.step.task.rawValue), .text(origin?.model ?? resolved.step.model), Value(answer.served),
            .text(answer.status.rawValue), Value(answer.answer),
            answer.vector.map { .list($0.map { .float($0) }) } ?? .null, Value(answer.raw), Value(answer.reason),
            Value(answer.features), .int(answer.inputTokens), .int(answer.outputTokens),
            answer.cost.map { .int($0) } ?? .null, .text(runID), .text(now),
        ]
    }

    // MARK: The finished rows

    /// Puts the answers beside the staged rows. A row without a valid one keeps the reason and what the model wrote.
    func join(_ staged: inout StagedRows, on connection: isolated Connection) throws {
        let copy = TableName(schema: staged.table.schema, table: "\(staged.table.table)_answered")
        let fault =
            "CASE WHEN a.status <> 'answered' THEN 'ai_' || a.status || '(' || a.reason || ')' END AS \(SQL.quote(StagedRows.answerFaultColumn))"
        let raw =
            "CASE WHEN a.status <> 'answered' THEN a.raw END AS \(SQL.quote(StagedRows.answerTextColumn))"
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(copy.sql) AS
            SELECT s.*, \(resolved.answered), \(fault), \(raw)
            FROM \(staged.table.sql) s JOIN \(keys) k ON k.rid = s.rowid
            LEFT JOIN (SELECT DISTINCT ON (hash) * FROM \(Self.table.sql) WHERE recipe = \(SQL.literal(resolved.recipe)) AND status <> 'again') a ON a.hash = k.hash
            ORDER BY k.rid;
            DROP TABLE \(staged.table.sql);
            ALTER TABLE \(copy.sql) RENAME TO \(SQL.quote(staged.table.table));
            DROP TABLE \(keys);
            DROP TABLE IF EXISTS \(questions)
            """)
        staged.takeAnswers(try connection.columns(of: staged.table) ?? [])
    }
}

/// One question: a row, or several that are equal.
struct Question: Sendable {
    let hash: String
    /// Somebody wants another answer than the one that was kept.
    var isAgain = false
    /// Of ``ResolvedStep/inputs`` and then ``ResolvedStep/images``.
    let values: [Value]
}
