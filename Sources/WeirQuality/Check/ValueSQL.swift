import WeirCore

/// Values of a contract as SQL, in the type of the column they are compared with.
enum ValueSQL {
    /// A text, also with NUL characters, which end a statement in DuckDB's C interface.
    static func text(_ text: String) -> String {
        guard text.contains("\0") else { return SQL.literal(text) }
        let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map { SQL.literal(String($0)) }
        return "(\(parts.joined(separator: " || chr(0) || ")))"
    }

    /// `value IN (…)` in SQL: numbers compare as numbers and everything else as text. Nulls in the list are
    /// left out. Nil when nothing is left.
    static func isOneOf(_ values: [PlainValue], _ expression: String, family: TypeFamily) -> String? {
        let texts = values.compactMap(\.text)
        guard !texts.isEmpty else { return nil }
        if family.isNumeric {
            let numbers = texts.compactMap(NumberText.normal)
            return numbers.isEmpty ? "false" : "\(expression) IN (\(numbers.joined(separator: ", ")))"
        }
        let value = family == .text ? expression : "CAST(\(expression) AS VARCHAR)"
        return "\(value) IN (\(texts.map(text).joined(separator: ", ")))"
    }
}
