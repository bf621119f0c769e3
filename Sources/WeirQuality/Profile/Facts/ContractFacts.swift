import WeirCore
import WeirEngine

/// The facts that a proposed contract rests on, beyond those of the first scan: the values of columns that have few,
/// whether a column could be a key, and formats that every value has.
struct ContractFacts {
    let source: String
    let rows: Int

    private static let keyFamilies: Set<TypeFamily> = [.text, .integer, .uuid, .decimal]

    func fill(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        for index in columns.indices where isWorthCounting(columns[index]) {
            try connection.checkCancelled()
            let column = Column(name: columns[index].name, type: columns[index].type)
            try ValueCounts(column: column, source: source, rows: rows).fill(&columns[index], on: connection)
        }
        try formats(&columns, on: connection)
    }

    private func isWorthCounting(_ facts: ColumnFacts) -> Bool {
        let filled = rows - facts.nulls
        // The estimate may be off by a few.
        let hasFew = facts.distinct.count <= ValueCounts.shown + 2 && (facts.texts?.longest ?? 0) <= 100
        let mayBeKey = facts.nulls == 0 && facts.distinct.count * 10 > filled * 9
        return filled > 0
            && (hasFew && [.text, .integer, .boolean].contains(facts.family)
                || mayBeKey && Self.keyFamilies.contains(facts.family))
    }

    /// All in one scan; only columns whose smallest and largest text look like a format are read for it.
    private func formats(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        let asked = columns.indices.compactMap { index in Self.likely(columns[index]).map { (index, $0) } }
        guard !asked.isEmpty else { return }
        let select = asked.map { index, format in
            "bool_and(regexp_full_match(CAST(t.\(SQL.quote(columns[index].name)) AS VARCHAR), \(SQL.literal(format.expression))))"
        }
        let answers = try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(source) AS t").first ?? []
        for ((index, format), answer) in zip(asked, answers) where answer.bool == true {
            columns[index].texts?.format = format.rawValue
        }
    }

    private static func likely(_ facts: ColumnFacts) -> TextFormat? {
        guard let texts = facts.texts, let low = facts.minimum, let high = facts.maximum else { return nil }
        if low.contains("@"), high.contains("@") { return .email }
        if texts.shortest == 36, texts.longest == 36 { return .uuid }
        if low.contains("://"), high.contains("://") { return .uri }
        if low.split(separator: ".").count == 4, high.split(separator: ".").count == 4,
            low.allSatisfy({ $0 == "." || $0.isNumber })
        {
            return .ipv4
        }
        return nil
    }
}
