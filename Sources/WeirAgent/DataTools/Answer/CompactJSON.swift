import WeirCore

extension JSONValue {
    /// A result as programs get it from `--output json`.
    static func of(_ value: some Encodable) throws -> JSONValue {
        JSONValue(parsing: try JSONOutput.line(value)) ?? .null
    }

    /// Without members that say nothing: null, empty lists, texts and objects.
    var compact: JSONValue {
        switch self {
        case .array(let items): .array(items.map(\.compact))
        case .object(let fields): .object(fields.mapValues(\.compact).filter { !$0.value.saysNothing })
        default: self
        }
    }

    private var saysNothing: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let fields): fields.isEmpty
        default: false
        }
    }

    /// Only these members.
    func only(_ keys: String...) -> JSONValue {
        .object((fields ?? [:]).filter { keys.contains($0.key) })
    }

    /// All members but these.
    func without(_ keys: String...) -> JSONValue {
        .object((fields ?? [:]).filter { !keys.contains($0.key) })
    }

    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }

    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }
}
