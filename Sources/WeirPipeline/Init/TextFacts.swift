import WeirCore
import WeirEngine

/// How many texts of a column fit which type.
struct TextFacts {
    /// Types in the order in which they are preferred.
    enum Kind: String, CaseIterable {
        case bigint = "BIGINT"
        case hugeint = "HUGEINT"
        case double = "DOUBLE"
        case boolean = "BOOLEAN"
        case date = "DATE"
        case time = "TIME"
        case timestamp = "TIMESTAMP"
        case timestampTZ = "TIMESTAMP WITH TIME ZONE"
        case uuid = "UUID"

        var isNumber: Bool { [.bigint, .hugeint, .double].contains(self) }
    }

    let column: String
    /// The types asked about; the others are ruled out.
    var asked = Kind.allCases
    private(set) var filled = 0
    private(set) var words: [String] = []
    private(set) var leadingZeros = 0
    private(set) var misfits: [Kind: Int] = [:]

    init(column: String, asked: [Kind] = Kind.allCases) {
        self.column = column
        self.asked = asked
    }

    // MARK: Asking

    private var value: String { SQL.quote(column) }
    private var isWord: String { "\(value) IN (\(TextTypes.nullWords.map(SQL.literal).joined(separator: ", ")))" }

    /// Expressions over the column, answered by ``answered(_:)`` in the same order.
    var select: [String] {
        [
            "count(*) FILTER (\(value) IS NOT NULL AND NOT \(isWord))",
            "list(DISTINCT \(value)) FILTER (\(isWord))",
            asked.contains(where: \.isNumber) ? "count(*) FILTER (\(matches("[+-]?0[0-9]+.*")))" : "0",
        ]
            + asked.map { kind in
                "count(*) FILTER (\(value) IS NOT NULL AND NOT \(isWord) AND NOT coalesce((\(condition(kind))), false))"
            }
    }

    func answered(_ values: [Value]) -> TextFacts {
        var facts = self
        guard values.count == 3 + asked.count else { return facts }
        facts.filled = Int(values[0].int ?? 0)
        facts.words = values[1].list?.compactMap(\.text).sorted() ?? []
        facts.leadingZeros = Int(values[2].int ?? 0)
        for (kind, value) in zip(asked, values.dropFirst(3)) { facts.misfits[kind] = Int(value.int ?? 0) }
        return facts
    }

    private func matches(_ pattern: String) -> String { "regexp_full_match(\(value), \(SQL.literal(pattern)))" }

    /// Stricter than a cast, which takes `1.5` for the number 2 and a time for the date it holds.
    private func condition(_ kind: Kind) -> String {
        let casts = "TRY_CAST(\(value) AS \(kind.rawValue)) IS NOT NULL"
        let zone = matches(#".*[0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)"#)
        return switch kind {
        case .bigint, .hugeint: "\(matches("[+-]?[0-9]+")) AND \(casts)"
        // An integer too long for any type would lose its last digits.
        case .double:
            "\(matches(#"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"#)) AND NOT \(matches("[+-]?[0-9]{39,}")) AND \(casts)"
        case .boolean: "lower(\(value)) IN ('true', 'false')"
        case .date: "\(matches("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")) AND \(casts)"
        case .time: "\(matches(#"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"#)) AND \(casts)"
        case .timestamp: "\(matches("[0-9]{4}-.*")) AND NOT \(zone) AND \(casts)"
        case .timestampTZ: "\(matches("[0-9]{4}-.*")) AND \(zone) AND \(casts)"
        case .uuid: casts
        }
    }

    // MARK: Deciding

    /// Types that a sample leaves open: those that it fits, or nearly.
    var likely: [Kind] {
        if filled == 0 { return Kind.allCases }
        return asked.filter { (misfits[$0] ?? filled) * 20 <= filled }
    }

    func decide() -> TextTypes.Found {
        guard filled > 0 else { return TextTypes.Found() }
        if let kind = asked.first(where: { misfits[$0] == 0 }) {
            if kind.isNumber, leadingZeros > 0 {
                return TextTypes.Found(note: "its numbers have leading zeros, which a number would lose, so it is text")
            }
            return TextTypes.Found(type: kind.rawValue, nullWords: words)
        }
        // Nearly all fit: the few that do not are worth a word.
        let nearest = asked.compactMap { kind in misfits[kind].map { (kind, $0) } }.min { $0.1 < $1.1 }
        if let (kind, count) = nearest, count * 20 <= filled {
            return TextTypes.Found(
                note:
                    "\(Figures.count(count)) of \(Figures.count(filled)) values are not \(kind.rawValue), so it is text"
            )
        }
        return TextTypes.Found()
    }
}
