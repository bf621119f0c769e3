import Foundation

/// Any JSON, for the places where a document is carried and not interpreted.
public indirect enum JSONValue: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// JSON text that is carried exactly as it was written: a number that neither `Int64` nor `Double` holds without
    /// loss, or a document whose order of keys matters.
    case literal(String)

    /// Reads a JSON text; nil when it is none.
    public init?(parsing text: String) { self.init(parsing: Array(text.utf8)) }

    /// Reads a JSON text in UTF-8; nil when it is none. Numbers keep every digit.
    public init?(parsing bytes: [UInt8]) {
        guard let value = bytes.withUnsafeBufferPointer({ JSONReader.read($0) }) else { return nil }
        self = value
    }

    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? box.decode(Double.self) {
            self = .double(value)
        } else if let value = try? box.decode(String.self) {
            self = .string(value)
        } else if let value = try? box.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .int(let value): try box.encode(value)
        // JSON has no word for these; null is what databases and browsers write too.
        case .double(let value) where !value.isFinite: try box.encodeNil()
        case .double(let value): try box.encode(value)
        case .string(let value): try box.encode(value)
        case .array(let items): try box.encode(items)
        case .object(let fields): try box.encode(fields)
        case .literal(let text):
            if let number = Decimal(string: text) { try box.encode(number) } else { try box.encode(plain) }
        }
    }

    /// The value of a literal as any other; everything else as it is.
    private var plain: JSONValue {
        guard case .literal(let text) = self, let value = JSONValue(parsing: text), value != self else {
            return if case .literal = self { .null } else { self }
        }
        return value
    }

    /// The value of an object's key.
    public subscript(key: String) -> JSONValue? {
        if case .object(let fields) = self { return fields[key] }
        return nil
    }

    public subscript(index: Int) -> JSONValue? {
        if case .array(let items) = self, items.indices.contains(index) { return items[index] }
        return nil
    }

    public var text: String? {
        if case .string(let value) = self { return value }
        return nil
    }

    /// A whole number; also one that was written with a fraction of zero.
    public var integer: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .literal(let text): Double(text)
        default: nil
        }
    }

    public var truth: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The items of a list; none for anything else.
    public var items: [JSONValue] {
        if case .array(let items) = self { return items }
        return []
    }

    /// The members of an object; nil for anything else.
    public var fields: [String: JSONValue]? {
        if case .object(let fields) = self { return fields }
        return nil
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
