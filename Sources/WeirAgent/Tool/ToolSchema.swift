import WeirCore

/// Writes the JSON Schema of a tool's arguments or answer.
public indirect enum ToolSchema: Sendable, Hashable {
    case string
    case integer
    case number
    case boolean
    /// One of some words.
    case choice([String])
    case array(ToolSchema)
    case object([Field])
    case nullable(ToolSchema)
    /// Anything: a value of a row.
    case any

    public struct Field: Sendable, Hashable {
        public var name: String
        public var type: ToolSchema
        public var summary: String
        public var isRequired: Bool

        /// An optional one is left out where it has no value.
        public init(_ name: String, _ type: ToolSchema, _ summary: String, isRequired: Bool = false) {
            self.name = name
            self.type = type
            self.summary = summary
            self.isRequired = isRequired
        }
    }

    /// The schema as JSON. Objects take no other keys than those named.
    public var json: JSONValue {
        switch self {
        case .string: ["type": "string"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .array(let item): ["type": "array", "items": item.json]
        case .object(let fields): Self.object(fields)
        case .nullable(let type): ["anyOf": [type.json, ["type": "null"]]]
        case .any: [:]
        }
    }

    private static func object(_ fields: [Field]) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            var property = field.type.json.fields ?? [:]
            if !field.summary.isEmpty { property["description"] = .string(field.summary) }
            properties[field.name] = .object(property)
        }
        let required = fields.filter(\.isRequired).map(\.name)
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }
}
