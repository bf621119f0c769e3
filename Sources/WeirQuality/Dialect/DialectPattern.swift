import WeirCore

/// Regular expressions of contracts in the words of the databases that have some.
///
/// Flavours agree on the shapes and not on the shorthands: `\d`, `\w` and `\s` may take in all of Unicode, `.` may take
/// in line ends, and `$` may stand before a last one. So each is spelt out in plain characters. What cannot be spelt
/// out (word boundaries, Unicode classes) has no translation, and the rule is decided by DuckDB.
struct DialectPattern {
    private let scalars: [Unicode.Scalar]
    private let dialect: SQLDialect
    private var index = 0
    private var out = ""

    private init(_ expression: String, _ dialect: SQLDialect) {
        scalars = Array(expression.unicodeScalars)
        self.dialect = dialect
    }

    /// - Parameter expression: RE2, as ``TextPattern`` and ``TextFormat`` write it.
    /// - Returns: nil where the dialect cannot say it.
    static func translate(_ expression: String, to dialect: SQLDialect) -> String? {
        guard dialect == .postgres || dialect == .mysql else { return nil }
        var walk = DialectPattern(expression, dialect)
        return walk.run() ? walk.out : nil
    }

    /// PostgreSQL counts repetitions to 255 only.
    private static let mostRepeats = 255

    private mutating func run() -> Bool {
        while index < scalars.count {
            switch scalars[index] {
            case "\\": if !escape(inClass: false) { return false }
            case "[": if !characterClass() { return false }
            case ".":
                out += "[^\\n]"
                index += 1
            case "$":
                out += dialect == .mysql ? "\\z" : "$"
                index += 1
            case "{": if !repeats() { return false }
            default: copy()
            }
        }
        return true
    }

    private mutating func copy() {
        out.unicodeScalars.append(scalars[index])
        index += 1
    }

    private mutating func repeats() -> Bool {
        guard let end = scalars[index...].firstIndex(of: "}") else { return false }
        let counts = String(String.UnicodeScalarView(scalars[(index + 1)..<end])).split(separator: ",")
        guard counts.allSatisfy({ (Int($0) ?? .max) <= Self.mostRepeats }) else { return false }
        while index <= end { copy() }
        return true
    }

    private mutating func characterClass() -> Bool {
        copy()
        if index < scalars.count, scalars[index] == "^" { copy() }
        while index < scalars.count, scalars[index] != "]" {
            switch scalars[index] {
            case "\\": if !escape(inClass: true) { return false }
            case "&", "~":
                // Doubled they are set operators of ICU.
                out += "\\"
                copy()
            default: copy()
            }
        }
        guard index < scalars.count else { return false }
        copy()
        return true
    }

    private mutating func escape(inClass: Bool) -> Bool {
        guard index + 1 < scalars.count else { return false }
        let mark = scalars[index + 1]
        let classes: [Unicode.Scalar: String] = ["d": "0-9", "w": "A-Za-z0-9_", "s": "\\t\\n\\f\\r "]
        index += 2
        if let members = classes[mark] {
            out += inClass ? members : "[\(members)]"
            return true
        }
        if let lower = mark.properties.lowercaseMapping.unicodeScalars.first, let members = classes[lower] {
            // A class that is not in another: there is no way to say it inside of one.
            if inClass { return false }
            out += "[^\(members)]"
            return true
        }
        let controls: [Unicode.Scalar: UInt32] = ["n": 10, "r": 13, "t": 9, "f": 12, "v": 11]
        if let code = controls[mark] { return append(code) }
        if mark == "x" { return hexadecimal() }
        if mark.properties.isAlphabetic || ("0"..."9").contains(mark) { return false }
        out += "\\"
        out.unicodeScalars.append(mark)
        return true
    }

    /// The digits behind `\x`: two, or any number in braces.
    private mutating func hexadecimal() -> Bool {
        var digits = scalars[index...].prefix(2)
        if scalars[index...].first == "{" {
            guard let end = scalars[index...].firstIndex(of: "}") else { return false }
            digits = scalars[(index + 1)..<end]
            index = end + 1
        } else {
            index += 2
        }
        guard let code = UInt32(String(String.UnicodeScalarView(digits)), radix: 16) else { return false }
        return append(code)
    }

    /// One character by its number. No text of these databases holds a NUL.
    private mutating func append(_ code: UInt32) -> Bool {
        guard code != 0, let scalar = Unicode.Scalar(code) else { return false }
        if code >= 128 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
            out.unicodeScalars.append(scalar)
        } else {
            let hex = String(code, radix: 16).uppercased()
            out += dialect == .postgres ? "\\u" + String(repeating: "0", count: 4 - hex.count) + hex : "\\x{\(hex)}"
        }
        return true
    }
}
