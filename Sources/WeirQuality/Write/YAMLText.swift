import WeirCore

/// Writes single YAML values so that they are read back as the same.
public enum YAMLText {
    /// A text: plain where that is safe, else in double quotes. `${` is written so that it is not taken for a
    /// reference to a variable.
    public static func text(_ text: String) -> String { literal(text.replacing("${", with: "$${")) }

    /// A text as it stands: a `${` in it stays one.
    static func literal(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// A scalar of a tree. What stood without quotes stays so where that is safe anywhere in YAML.
    static func scalar(_ text: String, isText: Bool) -> String {
        if isText { return literal(text) }
        if YAMLTree.plain(text).isNull { return "null" }
        return isBare(text) ? text : literal(text)
    }

    /// A tree on one line.
    static func flow(_ tree: YAMLTree) -> String {
        switch tree {
        case .scalar(let text, let isText): scalar(text, isText: isText)
        case .list(let items): "[\(items.map(flow).joined(separator: ", "))]"
        case .map(let entries):
            entries.isEmpty
                ? "{}" : "{ \(entries.map { "\(literal($0.key)): \(flow($0.value))" }.joined(separator: ", ")) }"
        }
    }

    /// Numbers, dates, versions and words such as `true`: nothing in them has a meaning in YAML's grammar.
    private static func isBare(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.unicodeScalars.last != ":" else { return false }
        let isFirst = isLetter(first) || ("0"..."9").contains(first)
        let isNumber = "-+.".unicodeScalars.contains(first) && Double(text) != nil
        return (isFirst || isNumber)
            && text.unicodeScalars.allSatisfy {
                isLetter($0) || ("0"..."9").contains($0) || "_.+-:/%".unicodeScalars.contains($0)
            }
    }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        !(scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value)
            || [0x85, 0x2028, 0x2029, 0xFEFF].contains(scalar.value))
    }

    /// A value in flow style: `[a, b]`, `{ k: v }`.
    public static func value(_ value: PlainValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .string(let string): text(string)
        case .list(let items): "[\(items.map(Self.value).joined(separator: ", "))]"
        case .map(let pairs): "{ \(pairs.map { "\(text($0.key)): \(Self.value($0.value))" }.joined(separator: ", ")) }"
        }
    }

    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"]

    /// Letters, digits and a few signs, starting with a letter, and no word that YAML reads as something else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isLetter(first), !text.hasSuffix(" "),
            !words.contains(text.lowercased())
        else { return false }
        return text.unicodeScalars.allSatisfy {
            isLetter($0) || ("0"..."9").contains($0) || " _-./()".unicodeScalars.contains($0)
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            || (scalar.value > 0xBF && scalar.properties.isAlphabetic)
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where !isPrintable(scalar):
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
