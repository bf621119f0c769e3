import WeirCore
import WeirEngine
import WeirQuality

/// What answers look like: the columns they fill, the JSON that is asked for, and what it is held against.
struct AnswerShape: Sendable {
    struct Field: Sendable {
        /// The column, and the member of the answer.
        let name: String
        /// In the engine's words.
        let type: String
        let schema: JSONValue
        /// For the model, beside the schema.
        let words: String
        /// A model may leave it out, or say null.
        let mayBeNull: Bool
    }

    var fields: [Field]
    /// Rules about single values, in the order of the contract.
    var rules: [Rule] = []
    /// The answer is a plain text, and no JSON is asked for.
    var isText = false
    /// The answer is a vector.
    var isVector = false

    var columns: [Column] { fields.map { Column(name: $0.name, type: $0.type) } }

    /// JSON Schema of one row's answer, in the small part of the language that every provider enforces.
    var schema: JSONValue { Self.object(fields.map { ($0.name, $0.schema) }) }

    /// The fields in words: models that are given a schema still answer better when told what the fields mean.
    var words: String {
        "Answer with one JSON object and nothing else. Its fields:\n"
            + fields.map { "- \($0.name): \($0.words)" }.joined(separator: "\n")
    }

    static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object([
            "type": "object", "properties": .object(Dictionary(members, uniquingKeysWith: { first, _ in first })),
            "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
        ])
    }

    // MARK: Of each task

    /// - Throws: `ai.bad-output`, placed in the contract.
    init(_ step: AIStep, output: TableContract?) throws {
        switch step.task {
        case .extract, .image:
            guard let output else {
                fields = [Self.text(step.column)]
                isText = true
                return
            }
            fields = try output.columns.map { try Self.field($0, in: output) }
            if fields.isEmpty {
                throw WeirError("ai.bad-output", "\(output.name) names no fields to ask for", at: output.place)
            }
            rules = output.rules.filter(\.kind.isRowRule)
        case .classify:
            let names = step.labels.map(\.name)
            let words =
                step.labels.contains { $0.meaning != nil }
                ? "one of\n"
                    + step.labels.map { "  - \($0.name)\($0.meaning.map { ": \($0)" } ?? "")" }.joined(separator: "\n")
                : "one of \(names.joined(separator: ", "))"
            fields = [
                Field(
                    name: step.column, type: "VARCHAR",
                    schema: .object(["type": "string", "enum": .array(names.map { .string($0) })]), words: words,
                    mayBeNull: false)
            ]
            rules = [
                Rule(.acceptedValues(names.map { .string($0) }), columns: [ColumnPath(step.column)]),
                Rule(.notNull, columns: [ColumnPath(step.column)]),
            ]
        case .generate:
            fields = [Self.text(step.column)]
            isText = true
        case .embed:
            let type = step.dimensions.map { "FLOAT[\($0)]" } ?? "FLOAT[]"
            fields = [Field(name: step.column, type: type, schema: .null, words: "", mayBeNull: false)]
            isVector = true
        case .chunk:
            let type = "STRUCT(chunk BIGINT, \"text\" VARCHAR, headings VARCHAR[], tokens BIGINT)[]"
            fields = [Field(name: step.column, type: type, schema: .null, words: "", mayBeNull: false)]
        case .predict:
            let usual = !step.labelsTexts ? "DOUBLE" : step.column.lowercased() == "probs" ? "DOUBLE[]" : "VARCHAR"
            fields = [
                Field(name: step.column, type: step.type ?? usual, schema: .null, words: "", mayBeNull: true)
            ]
        }
    }

    private static func text(_ name: String) -> Field {
        Field(name: name, type: "VARCHAR", schema: .object(["type": "string"]), words: "", mayBeNull: false)
    }

    private static func field(_ column: ColumnContract, in table: TableContract) throws -> Field {
        guard let type = column.declaredType else {
            throw WeirError(
                "ai.bad-output", "the type of \"\(column.name)\" is not known, so that no model can be asked for it",
                hint: "give it a logicalType, and an object its properties", at: column.place)
        }
        let own = table.rules.filter {
            $0.columns == [ColumnPath(column.columnName)] || $0.columns == [ColumnPath(column.name)]
        }
        let mayBeNull = !column.required
        var words = [column.description, column.businessName].compactMap(\.self)
        words.append(Self.words(of: column))
        words += own.filter { $0.kind != .notNull }.map(\.words)
        if mayBeNull { words.append("null where the material does not say") }
        return Field(
            name: column.columnName, type: type,
            schema: schema(of: column, values: own.compactMap { listed($0.kind) }.first, mayBeNull: mayBeNull),
            words: words.joined(separator: "; "), mayBeNull: mayBeNull)
    }

    private static func words(of column: ColumnContract) -> String {
        switch column.logicalType {
        case .date: "a date, YYYY-MM-DD"
        case .time: "a time, HH:MM:SS"
        case .timestamp: "a date and time, YYYY-MM-DDTHH:MM:SS" + (column.hasTimeZone == true ? " with its zone" : "")
        case .integer: "a whole number"
        case .number: "a number, with a point and no thousands separators"
        case .boolean: "true or false"
        case .array: "a list"
        case .object, .map: "an object"
        case .string, .vector, nil: "a text"
        }
    }

    private static func schema(of column: ColumnContract, values: [String]?, mayBeNull: Bool) -> JSONValue {
        let name =
            switch column.logicalType {
            case .integer: "integer"
            case .number: "number"
            case .boolean: "boolean"
            case .array: "array"
            case .object, .map: "object"
            case .string, .date, .time, .timestamp, .vector, nil: "string"
            }
        var schema: [String: JSONValue] = ["type": mayBeNull ? .array([.string(name), "null"]) : .string(name)]
        if let values, name == "string" {
            schema["enum"] = .array(values.map { .string($0) } + (mayBeNull ? [.null] : []))
        }
        if name == "object", !column.fields.isEmpty {
            let members = column.fields.map {
                ($0.columnName, Self.schema(of: $0, values: nil, mayBeNull: !$0.required))
            }
            if case .object(let inside) = object(members) { schema.merge(inside) { own, _ in own } }
        }
        if name == "array" { schema["items"] = items(column.itemType ?? "VARCHAR") }
        return .object(schema)
    }

    private static func listed(_ kind: RuleKind) -> [String]? {
        if case .acceptedValues(let values) = kind { values.compactMap(\.text) } else { nil }
    }

    private static func items(_ type: String) -> JSONValue {
        if type.hasSuffix("INT") || type == "INTEGER" { return .object(["type": "integer"]) }
        if type == "FLOAT" || type == "DOUBLE" || type.hasPrefix("DECIMAL") { return .object(["type": "number"]) }
        return .object(["type": type == "BOOLEAN" ? "boolean" : "string"])
    }
}
