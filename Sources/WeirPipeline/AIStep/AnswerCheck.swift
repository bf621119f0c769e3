import WeirCore
import WeirEngine
import WeirQuality

/// Holds answers against the types and rules that were asked for, with the very SQL that the gate uses.
struct AnswerCheck: Sendable {
    private let database: Database
    private let sql: String

    init(_ shape: AnswerShape) async throws {
        var options = Database.Options()
        options.threads = 1
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        self.database = database
        sql = try await database.withConnection { connection in
            try await connection.perform { try Self.sql(shape, on: $0) }
        }
    }

    /// SQL that takes a list of answers, as JSON, and lists in their order what is wrong with each.
    ///
    /// - Throws: what the engine says of a type that it does not know.
    static func sql(_ shape: AnswerShape, on connection: isolated Connection) throws -> String {
        // No column that an answer fills has such a name.
        let (document, number) = (SQL.quote("weir answer"), SQL.quote("weir number"))
        // The rules go by the engine's own words: people also write `numeric(10,2)` and `int`.
        let members = shape.fields.map { "NULL::\($0.type) AS \(SQL.quote($0.name))" }
        let columns = zip(
            shape.fields, try connection.columns(of: "SELECT \(members.joined(separator: ", "))").map(\.type)
        ).map { Column(name: $0.name, type: $1) }
        var faults = zip(shape.fields, columns).map { field, column in
            let sql = AnswerSQL(column: column, document: document)
            let said = "coalesce(left(\(sql.text), 80), 'null')"
            return
                "CASE WHEN NOT \(sql.fits) THEN \(SQL.literal("\(field.name): \"")) || \(said) || \(SQL.literal("\" is no \(field.type)")) END"
        }
        faults += ValueRules.violations(of: shape.rules, columns: columns).map { rule, condition in
            let name = rule.columns.map(\.description).joined(separator: ", ")
            return "CASE WHEN \(condition) THEN \(SQL.literal("\(name): must be \(rule.words)")) END"
        }
        let values = columns.map { "\(AnswerSQL(column: $0, document: document).value) AS \(SQL.quote($0.name))" }
        return """
            SELECT list_filter([\(faults.joined(separator: ",\n"))], lambda fault: fault IS NOT NULL)
            FROM (SELECT * FROM (
                SELECT unnest(given)::JSON AS \(document), generate_subscripts(given, 1) AS \(number)
                FROM (SELECT ?::VARCHAR[] AS given)), LATERAL (SELECT \(values.joined(separator: ", ")))) AS t
            ORDER BY \(number)
            """
    }

    /// What is wrong with an answer, in words that the model can use; empty where nothing is.
    func faults(of answer: JSONValue) async throws -> [String] { try await faults(of: [answer]).first ?? [] }

    /// What is wrong with each of several answers, found by one statement.
    func faults(of answers: [JSONValue]) async throws -> [[String]] {
        try await database.withConnection { connection in
            try await connection.perform { [sql] in try Self.faults(of: answers, by: sql, on: $0) }
        }
    }

    /// - Parameter sql: of ``sql(_:on:)``.
    static func faults(
        of answers: [JSONValue], by sql: String, on connection: isolated Connection
    ) throws -> [[String]] {
        if answers.isEmpty { return [] }
        let found = try connection.query(sql, [.list(answers.map { .text($0.line) })]).map { row in
            row[0].list?.compactMap(\.text) ?? []
        }
        guard found.count == answers.count else {
            throw WeirError(
                "system.unexpected", "\(answers.count) answers were checked, and \(found.count) were judged",
                outcome: .systemFailed)
        }
        return zip(answers, found).map { answer, faults in
            if case .object = answer { faults } else { ["the answer is no JSON object"] }
        }
    }
}

extension KeptAnswer {
    /// Takes an answer with what is wrong with it: only one without a fault fills columns.
    mutating func take(_ answer: JSONValue, faults: [String]) {
        if faults.isEmpty {
            self.answer = answer.line
        } else {
            (status, raw, reason) = (.invalid, answer.line, faults.joined(separator: "; "))
        }
    }
}

/// Finds the JSON in what a model wrote: some put it in a fence, or words around it.
enum AnswerText {
    static func json(in text: String) -> JSONValue? {
        if let whole = JSONValue(parsing: text.trimmed) { return whole }
        guard let open = text.firstIndex(where: { $0 == "{" || $0 == "[" }) else { return nil }
        let closing: Character = text[open] == "{" ? "}" : "]"
        guard let close = text.lastIndex(of: closing), close > open else { return nil }
        return JSONValue(parsing: String(text[open...close]))
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
