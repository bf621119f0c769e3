import WeirAI
import WeirCore
import WeirEngine

/// The AI step of a model under test: answers that the test gives take the place of a service, and are judged, kept and put
/// beside the rows by the very code of a run. Nothing is sent.
struct GivenAnswers {
    let resolved: ResolvedStep
    /// What the test gives; nil where all of it is made here, at no price.
    let given: TestRowTable?
    /// What the model's SELECT returns.
    let output: [Column]
    let key: [String]
    let file: ModelTestFile
    let test: ModelTest

    /// A row that a run would hold back, and why.
    struct Held: Sendable {
        let row: String
        let reason: String
    }

    private let ordinal = TestRowTable.ordinal

    /// Puts the answers beside the rows; those without a valid one leave.
    ///
    /// - Parameter table: of the model's rows, numbered by ``TestRowTable/ordinal``.
    /// - Throws: `TestMistake` for rows without an answer, answers without a row, and columns that are neither.
    func apply(to table: TableName, on connection: isolated Connection) throws -> [Held] {
        let store = AnswerStore(resolved: resolved, runID: "test", now: "")
        try AnswerStore.prepare(on: connection)
        let work = try store.survey(table, on: connection)
        let answers =
            if let given { try answers(given, to: table, store, on: connection) } else {
                try made(try store.page(of: table, from: 1, count: max(1, work.open), on: connection))
            }
        try store.store(answers, on: connection)
        var staged = StagedRows(table: table, columns: output, rows: work.rows)
        try store.join(&staged, on: connection)
        let fault = SQL.quote(StagedRows.answerFaultColumn)
        let held = try connection.query(
            "SELECT \(fault), \(name("s")) FROM \(table.sql) s WHERE \(fault) IS NOT NULL ORDER BY \(ordinal)"
        ).map { Held(row: $0[1].display, reason: $0[0].display) }
        let left = TestScratch.table("answered")
        try connection.execute(
            """
            CREATE TABLE \(left) AS
            SELECT row_number() OVER (ORDER BY \(ordinal)) AS \(ordinal), \(SQL.list(names)) FROM \(table.sql) WHERE \(fault) IS NULL;
            DROP TABLE \(table.sql);
            ALTER TABLE \(left) RENAME TO \(SQL.quote(table.table))
            """)
        return held
    }

    private var names: [String] { output.map(\.name) + resolved.shape.fields.map(\.name) }

    // MARK: What costs nothing

    /// Whether the answers are made by Weir itself.
    static func isFree(_ step: AIStep) -> Bool {
        step.task == .chunk || step.task == .embed && step.model == AIStep.builtin
    }

    private func made(_ questions: [Question]) throws -> [KeptAnswer] {
        let embedder = try BuiltinEmbedder.shared()
        if resolved.step.task == .chunk {
            let chunks = ChunkAnswering(step: resolved.step, tokenizer: embedder.tokenizer)
            return questions.map(chunks.kept)
        }
        return zip(questions, embedder.vectors(of: questions.map { $0.values[0].display })).map {
            KeptAnswer(hash: $0.hash, status: .answered, vector: $1)
        }
    }

    // MARK: What is given

    private func answers(
        _ given: TestRowTable, to table: TableName, _ store: AnswerStore, on connection: isolated Connection
    ) throws -> [KeptAnswer] {
        let (keys, fields) = try columns(of: given)
        let documents = try documents(given, fields, on: connection)
        let casts = keys.map { given.cast($0.given, to: $0.type) }
        let mistakes = try given.mistakes(
            given.columns.indices.map { index in keys.first { $0.given == index }?.type ?? "VARCHAR" }, on: connection)
        if !mistakes.isEmpty { throw TestMistake(errors: mistakes) }
        let sql = try AnswerCheck.sql(resolved.shape, on: connection)
        let lacking = try lacking(in: table, store, on: connection)
        let hash = try store.hash(of: table.sql, on: connection)
        // A row and its answers, by the values that say which row they are for.
        let values = casts.enumerated().map { ", \($1) AS k\($0)" }.joined()
        let match = keys.enumerated().map { "s.\(SQL.quote($1.name)) IS NOT DISTINCT FROM c.k\($0)" }
        let found = try connection.query(
            """
            SELECT q.hash, first(q.shown ORDER BY q.n), list(DISTINCT p.answer) FILTER (p.answer IS NOT NULL)
            FROM (SELECT s.\(ordinal) AS n, \(hash) AS hash, \(name("s")) AS shown FROM \(table.sql) s) q
            LEFT JOIN (
                SELECT s.\(ordinal) AS n, c.answer FROM \(table.sql) s
                JOIN (SELECT \(ordinal) AS answer\(values) FROM \(given.table)) c
                ON \((match.isEmpty ? ["false"] : match).joined(separator: " AND "))) p ON p.n = q.n
            WHERE q.hash IS NOT NULL GROUP BY q.hash ORDER BY min(q.n)
            """)
        var problems: [WeirError] = []
        var used = Set<Int>()
        var kept: [KeptAnswer] = []
        for row in found.map({ $0 }) {
            let numbers = (row[2].list ?? []).compactMap { $0.int.map { Int($0) } }.sorted()
            used.formUnion(numbers)
            if let refused = lacking[row[0].display] {
                kept.append(refused)
                continue
            }
            let said = Set(numbers.map { documents[$0 - 1].line })
            guard let first = numbers.first else {
                problems.append(missing(row[1].display, given))
                continue
            }
            if said.count > 1 {
                problems.append(
                    error(
                        "test.two-answers", "two answers are given for the row \(row[1].display)",
                        hint: "rows that ask the same are asked once: give them one answer", given, row: numbers[1]))
                continue
            }
            kept.append(try judged(documents[first - 1], hash: row[0].display, by: sql, on: connection))
        }
        for number in documents.indices.map({ $0 + 1 }) where !used.contains(number) {
            problems.append(
                error(
                    "test.unused-answer", "the model returns no row that this answer is for",
                    hint:
                        "it is found by \(keys.map(\.name).joined(separator: ", ")); rows with nothing to ask about get no answer",
                    given, row: number))
        }
        if !problems.isEmpty { throw TestMistake(errors: problems) }
        return kept
    }

    private struct Key {
        let given: Int
        let name: String
        let type: String
    }

    /// Columns of the answers that say which row they are for, and those that the step adds.
    private func columns(of given: TestRowTable) throws -> (keys: [Key], fields: [(Int, AnswerShape.Field)]) {
        var keys: [Key] = []
        var fields: [(Int, AnswerShape.Field)] = []
        var problems: [WeirError] = []
        for (index, raw) in given.columns.enumerated() {
            let name = raw.name.lowercased()
            if let field = resolved.shape.fields.first(where: { $0.name.lowercased() == name }) {
                fields.append((index, field))
            } else if let column = output.first(where: { $0.name.lowercased() == name }) {
                keys.append(Key(given: index, name: column.name, type: column.type))
            } else {
                problems.append(
                    given.error(
                        "test.unknown-column",
                        "\"\(raw.name)\" is neither a column of the SELECT nor one that the step adds",
                        hint: DidYouMean.hint(for: raw.name, among: names), index: index))
            }
        }
        if keys.isEmpty, !given.columns.isEmpty {
            problems.append(
                error(
                    "test.no-key", "the answers do not say which rows they are for",
                    hint: "name \((key.isEmpty ? resolved.inputs.map(\.name) : key).joined(separator: ", ")) in each",
                    given,
                    row: nil))
        }
        if !problems.isEmpty { throw TestMistake(errors: problems) }
        return (keys, fields)
    }

    /// Each answer as the JSON that a service would send.
    private func documents(
        _ given: TestRowTable, _ fields: [(Int, AnswerShape.Field)], on connection: isolated Connection
    ) throws -> [JSONValue] {
        if case .cells(let cells) = given.rows.content {
            return cells.rows.map { row in
                .object(
                    fields.reduce(into: [:]) { members, field in
                        guard let cell = row.cells[field.0] else { return }
                        // A service that writes a text writes one, also where it looks like a number.
                        members[field.1.name] =
                            resolved.shape.isText ? cell.text.map { .string($0) } ?? .null : cell.json
                    })
            }
        }
        let members = fields.map { index, field in
            let type = resolved.shape.isText ? "VARCHAR" : given.columns[index].type
            return "\(SQL.literal(field.name)), \(given.cast(index, to: type))"
        }
        return try connection.query(
            "SELECT json_object(\(members.joined(separator: ", ")))::VARCHAR FROM \(given.table) ORDER BY \(ordinal)"
        ).map { JSONValue(parsing: $0[0].display) ?? .null }
    }

    /// Questions that a run would put to nobody, whatever a test gives for them.
    private func lacking(
        in table: TableName, _ store: AnswerStore, on connection: isolated Connection
    ) throws -> [String: KeptAnswer] {
        guard resolved.step.task == .predict else { return [:] }
        let open = max(1, try store.findOpen(on: connection))
        let refused = try store.page(of: table, from: 1, count: open, on: connection).compactMap(
            PredictionFit(resolved).lacking)
        return Dictionary(refused.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// As a run judges what a service sent.
    ///
    /// - Parameter sql: of ``AnswerCheck/sql(_:on:)``.
    private func judged(
        _ said: JSONValue, hash: String, by sql: String, on connection: isolated Connection
    ) throws -> KeptAnswer {
        let shape = resolved.shape
        let answer =
            resolved.step.task == .predict
            ? try PredictionFit(resolved).document(said[shape.fields[0].name] ?? .null) : said
        var kept = KeptAnswer(hash: hash, status: .answered)
        var faults: [String] = []
        if shape.isVector {
            let numbers = answer[shape.fields[0].name]?.items.compactMap { $0.number.map { Float($0) } } ?? []
            let length = resolved.step.dimensions ?? numbers.count
            if numbers.isEmpty || numbers.count != length {
                faults = ["\(shape.fields[0].name): a vector of \(numbers.count) numbers"]
            }
            kept.vector = numbers
        } else if shape.isText, answer[shape.fields[0].name]?.text?.allSatisfy(\.isWhitespace) ?? true {
            faults = ["the answer is empty"]
        } else {
            faults = try AnswerCheck.faults(of: [answer], by: sql, on: connection).first ?? []
        }
        kept.take(answer, faults: faults)
        if shape.isVector { kept.answer = nil }
        if !faults.isEmpty { kept.vector = nil }
        return kept
    }

    // MARK: Words

    /// SQL that names a row by its key, or by what it asks.
    private func name(_ alias: String) -> String {
        let known = output.filter { column in key.contains { $0.lowercased() == column.name.lowercased() } }
        let shown = known.isEmpty ? Array((resolved.inputs + resolved.images).prefix(3)) : known
        let parts = shown.map {
            "\(SQL.literal("\($0.name)=")) || coalesce(left(\(alias).\(SQL.quote($0.name))::VARCHAR, 60), 'NULL')"
        }
        return "concat_ws(' ', \(parts.joined(separator: ", ")))"
    }

    private func missing(_ row: String, _ given: TestRowTable) -> WeirError {
        error(
            "test.missing-answer", "no answer is given for the row \(row)",
            hint: "add it below `answers:`, with \(resolved.shape.fields.map(\.name).joined(separator: ", "))", given,
            row: nil)
    }

    private func error(_ code: String, _ message: String, hint: String?, _ given: TestRowTable, row: Int?) -> WeirError
    {
        if let row, !given.columns.isEmpty { return given.error(code, message, hint: hint, row: row, index: 0) }
        return file.source.error(code, message, hint: hint, line: given.rows.line, column: given.rows.column)
    }
}

extension TestCells.Cell {
    /// As a service would write it.
    fileprivate var json: JSONValue {
        guard let text else { return .null }
        if isText { return .string(text) }
        return JSONValue(parsing: text) ?? .string(text)
    }
}
