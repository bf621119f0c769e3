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
        database = try await Database.open(options)
        sql = Self.sql(shape)
    }

    /// SQL that takes an answer's JSON and lists what is wrong with it.
    static func sql(_ shape: AnswerShape) -> String {
        let document = "j"
        var faults = shape.fields.map { field in
            let sql = AnswerSQL(field: field, document: document)
            let said = "coalesce(left(\(sql.text), 80), 'null')"
            return
                "CASE WHEN NOT \(sql.fits) THEN \(SQL.literal("\(field.name): \"")) || \(said) || \(SQL.literal("\" is no \(field.type)")) END"
        }
        faults += ValueRules.violations(of: shape.rules, columns: shape.columns).map { rule, condition in
            let name = rule.columns.map(\.description).joined(separator: ", ")
            return "CASE WHEN \(condition) THEN \(SQL.literal("\(name): must be \(rule.words)")) END"
        }
        let values = shape.fields.map { "\(AnswerSQL(field: $0, document: document).value) AS \(SQL.quote($0.name))" }
        return """
            SELECT list_filter([\(faults.joined(separator: ",\n"))], lambda fault: fault IS NOT NULL)
            FROM (SELECT * FROM (SELECT ?::JSON AS j), LATERAL (SELECT \(values.joined(separator: ", ")))) AS t
            """
    }

    /// What is wrong with an answer, in words that the model can use; empty where nothing is.
    func faults(of answer: JSONValue) async throws -> [String] {
        guard case .object = answer else { return ["the answer is no JSON object"] }
        let text = answer.line
        return try await database.withConnection { connection in
            try await connection.query(sql, [.text(text)]).scalar.list?.compactMap(\.text) ?? []
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
