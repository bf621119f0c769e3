import WeirCore

/// A piece of HTML. Text gets in only escaped; what a program writes itself is a literal.
///
/// ```swift
/// let cell: HTML = "<td>\(column.name)</td>"   // column.name is escaped
/// ```
struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    let text: String

    init(trusted text: String) { self.text = text }

    /// For literals only; the compiler asks for a `String` here.
    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ value: String) { text += HTML.escape(value) }
        mutating func appendInterpolation(_ value: Int) { text += String(value) }
        mutating func appendInterpolation(_ value: HTML) { text += value.text }
        mutating func appendInterpolation(_ values: [HTML]) { for value in values { text += value.text } }
        mutating func appendInterpolation(_ value: HTML?) { text += value?.text ?? "" }
    }

    /// Safe between tags and inside quoted attributes. Control characters, which no HTML may hold, become `␀` and
    /// its like; those that turn the reading direction are written out.
    static func escape(_ text: String) -> String {
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

/// File names of tables' pages.
enum PageName {
    /// `mart.delays.html`; a name that could mislead a file system or a URL gets a mark of its own instead.
    static func file(of table: String) -> String {
        let isPlain = table.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
        if isPlain, !table.isEmpty, table.utf8.count <= 100, !table.hasPrefix("."), !table.contains("..") {
            return table + ".html"
        }
        // Upper case counts as a mark too: some file systems take `A` and `a` for one. A dash keeps these names
        // apart from the plain ones.
        let kept = table.lowercased().unicodeScalars.filter {
            $0.isASCII && ($0.properties.isAlphabetic || $0.value == 46)
        }
        return
            "\(String(String.UnicodeScalarView(kept)).prefix(40).drop { $0 == "." })-\(Fingerprint.of([table]).prefix(12)).html"
    }
}
