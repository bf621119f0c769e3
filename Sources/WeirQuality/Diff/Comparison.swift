import WeirCore

/// How the values of two columns are compared.
///
/// Two values are the same when they mean the same, not when they are written the same: 1.0 and 1.00, an instant in two
/// zones, `AB` and a CHAR(5) of `AB   `.
public enum Comparison: Sendable, Hashable {
    /// As they are, by DuckDB's own equality: NULL equals NULL, NaN equals NaN.
    case native
    /// As exact numbers with so many digits.
    case decimal(width: Int, scale: Int)
    /// As exact numbers of any length, by their digits.
    case digits
    case float, double
    /// As UTC. A date is its midnight, and a time without a zone is UTC.
    case moment
    /// As times of day, by their texts: MySQL has times of more than 24 hours.
    case clock
    case text(trimsEnd: Bool)
    case json
    /// Truth as 1 and 0.
    case truth
    /// A text beside numbers: by its digits where it is a number.
    case numberInText
    /// A text beside another type: as that type where it is one.
    case valueInText(type: String)
    /// As texts, for want of anything better.
    case asText

    init(_ a: DiffColumn, _ b: DiffColumn, isLocal: Bool) {
        self = Self.choose(a, b, isLocal: isLocal)
    }

    private static func choose(_ a: DiffColumn, _ b: DiffColumn, isLocal: Bool) -> Comparison {
        switch (a.family, b.family) {
        case (.text(let first), .text(let second)): return .text(trimsEnd: first || second)
        case (.integer, .integer): return .native
        case (.float, .float): return .float
        case (let x, let y) where x.isFloating && y.isFloating: return x == .float || y == .float ? .float : .double
        case (let x, let y) where x.isFloating && y.isExactNumber || x.isExactNumber && y.isFloating: return .double
        case (let x, let y) where x.isExactNumber && y.isExactNumber:
            guard isLocal, let x = x.digits, let y = y.digits else { return .digits }
            let scale = max(x.fraction, y.fraction)
            let width = max(x.whole, y.whole) + scale
            return width <= 38 ? .decimal(width: width, scale: scale) : .digits
        case (.json, .json), (.json, .text), (.text, .json): return .json
        case (.time, .time): return isLocal ? .native : .clock
        case (.date, .date), (.uuid, .uuid), (.blob, .blob), (.boolean, .boolean),
            (.interval, .interval):
            return .native
        case (.timestamp, .timestamp), (.timestampTZ, .timestampTZ):
            return isLocal && a.type == b.type ? .native : .moment
        case (let x, let y) where x.isMoment && y.isMoment: return .moment
        case (.boolean, .integer), (.integer, .boolean): return .truth
        case (.text, let other), (let other, .text): return inText(other)
        case (.list, .list), (.other, .other): return isLocal && a.type == b.type ? .native : .asText
        default: return .asText
        }
    }

    private static func inText(_ other: DiffFamily) -> Comparison {
        switch other {
        case _ where other.isExactNumber: .numberInText
        case .float, .double: .valueInText(type: "DOUBLE")
        case .date, .timestamp, .timestampTZ: .valueInText(type: "TIMESTAMP")
        case .boolean: .valueInText(type: "BOOLEAN")
        case .uuid: .valueInText(type: "UUID")
        case .time: .valueInText(type: "TIME")
        default: .asText
        }
    }

    /// True where values that an engine tells apart are never taken for the same.
    var keepsValuesApart: Bool {
        switch self {
        case .native, .decimal, .digits, .text(trimsEnd: false), .truth: true
        default: false
        }
    }

    var takesTolerance: Bool {
        switch self {
        case .decimal(_, let scale): scale > 0
        case .digits, .float, .double, .numberInText, .valueInText(type: "DOUBLE"): true
        default: false
        }
    }
}

/// A column of one side beside the column of the same name on the other.
public struct ColumnPair: Sendable, Hashable {
    public let a: DiffColumn
    public let b: DiffColumn
    public let comparison: Comparison

    /// - Parameter isLocal: DuckDB reads both sides itself.
    init(_ a: DiffColumn, _ b: DiffColumn, isLocal: Bool) {
        self.a = a
        self.b = b
        comparison = Comparison(a, b, isLocal: isLocal)
    }

    public var name: String { a.name }
}
