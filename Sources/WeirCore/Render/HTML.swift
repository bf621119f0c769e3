/// A piece of HTML. Text gets in only escaped; what a program writes itself is a literal.
///
/// ```swift
/// let cell: HTML = "<td>\(column.name)</td>"   // column.name is escaped
/// ```
public struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    public let text: String

    /// Text that is HTML already.
    public init(trusted text: String) { self.text = text }

    /// For literals only; the compiler asks for a `String` here.
    public init(stringLiteral value: String) { text = value }

    public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    public struct Interpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        public mutating func appendLiteral(_ literal: String) { text += literal }
        public mutating func appendInterpolation(_ value: String) { text += HTML.escape(value) }
        public mutating func appendInterpolation(_ value: Int) { text += String(value) }
        public mutating func appendInterpolation(_ value: HTML) { text += value.text }
        public mutating func appendInterpolation(_ values: [HTML]) { for value in values { text += value.text } }
        public mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
    }

    /// Safe between tags and inside quoted attributes. Control characters, which no HTML may hold, become `␀` and
    /// its like; those that turn the reading direction are written out.
    public static func escape(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            case "\r": break
            case _ where scalar.value < 0x20:
                out.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "␦")
            case _ where (0x7F..<0xA0).contains(scalar.value): out += "␦"
            case _ where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
                out += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
