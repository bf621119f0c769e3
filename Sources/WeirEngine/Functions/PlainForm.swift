/// How a value looks when it is written plainly: digits, a point, a calendar day. A text of a plain form is a value of
/// the type for sure; of any other text nothing is said.
///
/// Looking at a text's bytes takes a tenth of the time that casting it there and back does.
public enum PlainForm: Sendable, Hashable {
    /// At most so many digits, with a minus or without.
    case integer(digits: Int)
    case natural(digits: Int)
    /// At most so many digits before the point and behind it.
    case decimal(whole: Int, scale: Int)
    /// No more digits than a double keeps.
    case floating
    case day
    case clock
    /// A day, or a day and a time of at most six decimals, perhaps with a `Z`.
    case timestamp
    /// `true` or `false`.
    case truth
    case uuid

    /// The form of values of a type, in the engine's words; nil where there is none.
    public init?(type: String) {
        switch type {
        case "TINYINT": self = .integer(digits: 2)
        case "SMALLINT": self = .integer(digits: 4)
        case "INTEGER": self = .integer(digits: 9)
        case "BIGINT": self = .integer(digits: 18)
        case "HUGEINT": self = .integer(digits: 38)
        case "UTINYINT": self = .natural(digits: 2)
        case "USMALLINT": self = .natural(digits: 4)
        case "UINTEGER": self = .natural(digits: 9)
        case "UBIGINT": self = .natural(digits: 19)
        case "UHUGEINT": self = .natural(digits: 38)
        case "FLOAT", "DOUBLE": self = .floating
        case "DATE": self = .day
        case "TIME": self = .clock
        case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": self = .timestamp
        case "BOOLEAN": self = .truth
        case "UUID": self = .uuid
        default:
            guard type.hasPrefix("DECIMAL("), type.hasSuffix(")") else { return nil }
            let parts = type.dropFirst(8).dropLast().split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }
            guard parts.count == 2, parts[0] > parts[1] else { return nil }
            self = .decimal(whole: parts[0] - parts[1], scale: parts[1])
        }
    }

    /// One word, for handing the form to the engine.
    var word: String {
        switch self {
        case .integer(let digits): "i\(digits)"
        case .natural(let digits): "n\(digits)"
        case .decimal(let whole, let scale): "d\(whole).\(scale)"
        case .floating: "f"
        case .day: "D"
        case .clock: "C"
        case .timestamp: "T"
        case .truth: "B"
        case .uuid: "U"
        }
    }

    init?(word: Substring) {
        let numbers = word.dropFirst().split(separator: ".").compactMap { Int($0) }
        switch (word.first, numbers.count) {
        case ("i", 1): self = .integer(digits: numbers[0])
        case ("n", 1): self = .natural(digits: numbers[0])
        case ("d", 2): self = .decimal(whole: numbers[0], scale: numbers[1])
        case ("f", 0): self = .floating
        case ("D", 0): self = .day
        case ("C", 0): self = .clock
        case ("T", 0): self = .timestamp
        case ("B", 0): self = .truth
        case ("U", 0): self = .uuid
        default: return nil
        }
    }

    /// Whether bytes have the form.
    @inline(__always)
    func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var text = ByteCursor(bytes)
        switch self {
        case .integer(let most):
            text.skip(UInt8(ascii: "-"))
            return text.digits(1...most) && text.isAtEnd
        case .natural(let most): return text.digits(1...most) && text.isAtEnd
        case .decimal(let whole, let scale):
            text.skip(UInt8(ascii: "-"))
            guard text.digits(1...whole) else { return false }
            if text.isAtEnd { return true }
            return scale > 0 && text.skip(UInt8(ascii: ".")) && text.digits(1...scale) && text.isAtEnd
        case .floating:
            text.skip(UInt8(ascii: "-"))
            guard bytes.count <= 16, text.digits(1...15) else { return false }
            if text.isAtEnd { return true }
            return text.skip(UInt8(ascii: ".")) && text.digits(1...15) && text.isAtEnd
        case .day: return text.day() && text.isAtEnd
        case .clock: return text.clock() && text.isAtEnd
        case .timestamp:
            guard text.day() else { return false }
            if text.isAtEnd { return true }
            guard text.skip(UInt8(ascii: " ")) || text.skip(UInt8(ascii: "T")), text.clock() else { return false }
            text.skip(UInt8(ascii: "Z"))
            return text.isAtEnd
        case .truth: return bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8)
        case .uuid:
            guard bytes.count == 36 else { return false }
            for (index, byte) in bytes.enumerated() {
                let isDash = index == 8 || index == 13 || index == 18 || index == 23
                let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
                if isDash ? byte != UInt8(ascii: "-") : !isHex { return false }
            }
            return true
        }
    }
}

/// A place in a text that moves over what it finds.
private struct ByteCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    @inline(__always)
    @discardableResult
    mutating func skip(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at &+= 1
        return true
    }

    /// As many digits as there are; true where their number is allowed.
    @inline(__always)
    mutating func digits(_ allowed: ClosedRange<Int>) -> Bool {
        let start = at
        while at < bytes.count, bytes[at] &- 0x30 < 10 { at &+= 1 }
        return allowed.contains(at &- start)
    }

    /// A number of exactly so many digits; -1 where there is none.
    @inline(__always)
    private mutating func number(_ count: Int) -> Int {
        guard bytes.count &- at >= count else { return -1 }
        var number = 0
        for _ in 0..<count {
            let digit = bytes[at] &- 0x30
            if digit >= 10 { return -1 }
            number = number &* 10 &+ Int(digit)
            at &+= 1
        }
        return number
    }

    /// A day that the calendar has, as `YYYY-MM-DD`.
    @inline(__always)
    mutating func day() -> Bool {
        let year = number(4)
        guard year > 0, skip(UInt8(ascii: "-")) else { return false }
        let month = number(2)
        guard month >= 1, month <= 12, skip(UInt8(ascii: "-")) else { return false }
        let day = number(2)
        if day <= 28 { return day >= 1 }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let last = month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
        return day <= last
    }

    /// `HH:MM:SS`, with up to six decimals.
    @inline(__always)
    mutating func clock() -> Bool {
        let hour = number(2)
        guard hour >= 0, hour <= 23, skip(UInt8(ascii: ":")) else { return false }
        let minute = number(2)
        guard minute >= 0, minute <= 59, skip(UInt8(ascii: ":")) else { return false }
        let second = number(2)
        guard second >= 0, second <= 59 else { return false }
        return !skip(UInt8(ascii: ".")) || digits(1...6)
    }
}
