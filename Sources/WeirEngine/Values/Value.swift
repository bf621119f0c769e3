import Foundation
import WeirCore

/// One value of a query, of any DuckDB type.
public indirect enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    /// Every signed integer up to 64 bits.
    case int(Int64)
    case uint(UInt64)
    case hugeint(Int128)
    case uhugeint(UInt128)
    case float(Float)
    case double(Double)
    case decimal(unscaled: Int128, scale: Int)
    /// Also enum values and JSON.
    case text(String)
    case blob([UInt8])
    /// `'0'` and `'1'`, most significant first.
    case bit(String)
    /// Since 1970-01-01.
    case date(days: Int32)
    /// Since midnight.
    case time(micros: Int64)
    case timeTZ(micros: Int64, offsetSeconds: Int32)
    /// Since 1970-01-01 00:00, no zone.
    case timestamp(micros: Int64)
    case timestampNanos(Int64)
    /// Since 1970-01-01 00:00 UTC.
    case timestampTZ(micros: Int64)
    case interval(months: Int32, days: Int32, micros: Int64)
    case uuid(UInt128)
    case list([Value])
    case structure([Member])
    case map([Entry])

    public struct Member: Sendable, Hashable {
        public let name: String
        public let value: Value
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    public struct Entry: Sendable, Hashable {
        public let key: Value
        public let value: Value
        public init(_ key: Value, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    public var isNull: Bool { self == .null }

    /// The text of a text value; nil for other types.
    public var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    public var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// Any integer (also one that a sum widened to 128 bit) that fits 64 bits.
    public var int: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        case .hugeint(let value): Int64(exactly: value)
        case .uhugeint(let value): Int64(exactly: value)
        case .decimal(let unscaled, 0): Int64(exactly: unscaled)
        default: nil
        }
    }

    public var double: Double? {
        switch self {
        case .double(let value): value
        case .float(let value): Double(value)
        case .decimal(let unscaled, let scale): Double(unscaled) / pow(10, Double(scale))
        default: int.map(Double.init)
        }
    }

    /// Elements of a list; nil for other types.
    public var list: [Value]? {
        if case .list(let items) = self { return items }
        return nil
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(nilLiteral: ()) { self = .null }

    /// A text, or NULL.
    public init(_ text: String?) { self = text.map(Value.text) ?? .null }
    /// An integer, or NULL.
    public init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }
}
