import WeirCore
import WeirEngine

/// Facts from a sample of the rows: shapes of texts, meanings, and how columns go together.
struct SampleFacts {
    /// Table of sampled rows.
    let sample: String

    static let rows = 20_000
    /// Distinct values of a column that its meaning is found from.
    private static let values = 2_000

    private func value(_ facts: ColumnFacts) -> String { "t.\(SQL.quote(facts.name))" }

    func fill(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        for index in columns.indices where columns[index].distinct.count > 0 {
            try connection.checkCancelled()
            if columns[index].texts != nil { try patterns(&columns[index], on: connection) }
            try meaning(&columns[index], on: connection)
        }
    }

    private func patterns(_ facts: inout ColumnFacts, on connection: isolated Connection) throws {
        // Texts longer than this have no shape to speak of.
        let text = "left(CAST(\(value(facts)) AS VARCHAR), 60)"
        let shape =
            "regexp_replace(regexp_replace(regexp_replace(\(text), '\\p{Lu}', 'A', 'g'), '\\p{Ll}', 'a', 'g'), '[0-9]', '9', 'g')"
        // Runs longer than four say "some", or every word would have a shape of its own.
        let folded =
            "regexp_replace(regexp_replace(regexp_replace(\(shape), 'a{3,}', 'a+', 'g'), 'A{5,}', 'A+', 'g'), '9{9,}', '9+', 'g')"
        let found = try connection.query(
            """
            SELECT p, count(*) FROM (SELECT \(folded) AS p FROM \(sample) AS t WHERE \(value(facts)) IS NOT NULL)
            GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 8
            """)
        facts.texts?.patterns = found.map {
            ColumnFacts.ValueCount(value: $0[0].display, count: Int($0[1].int ?? 0))
        }
    }

    private func meaning(_ facts: inout ColumnFacts, on connection: isolated Connection) throws {
        guard [.text, .integer, .floating, .decimal].contains(facts.family) else { return }
        let text = "left(CAST(\(value(facts)) AS VARCHAR), 400)"
        let words = WordLists.standIns.sorted().map(SQL.literal).joined(separator: ", ")
        let values = try connection.query(
            """
            SELECT v FROM (SELECT DISTINCT \(text) AS v FROM \(sample) AS t)
            WHERE v IS NOT NULL AND trim(v) <> '' AND lower(trim(v)) NOT IN (\(words))
            ORDER BY hash(v), v LIMIT \(Self.values)
            """)
        facts.meaning = MeaningDetector(column: facts.name, values: values.map { $0[0].display }).find(
            family: facts.family)
    }

    // MARK: Columns together

    private static let mostColumns = 40
    private static let mostWords = 60

    func correlations(_ columns: [ColumnFacts], on connection: isolated Connection) throws -> [TableFacts.Correlation] {
        var found: [TableFacts.Correlation] = []
        let numeric = columns.filter { $0.numbers != nil && $0.distinct.count > 2 }.prefix(Self.mostColumns)
        if numeric.count > 1 {
            let numbers = try numeric.map { try doubles(FirstScan.number(value($0), $0.family), on: connection) }
            let ranks = numbers.map(Correlations.ranks)
            for a in numeric.indices {
                for b in numeric.indices where b > a {
                    let linear = Correlations.pearson(numbers[a], numbers[b])
                    let monotone = Correlations.pearson(ranks[a], ranks[b])
                    // A monotone relation is told only where it is clearly more than a linear one.
                    let isLinear = abs(linear ?? 0) + 0.05 >= abs(monotone ?? 0)
                    if let value = isLinear ? linear : monotone, abs(value) >= 0.5 {
                        found.append(
                            .init(
                                first: numeric[a].name, second: numeric[b].name, kind: isLinear ? .pearson : .spearman,
                                value: value))
                    }
                }
            }
        }
        let words = columns.filter {
            [.text, .boolean].contains($0.family) && (2...Self.mostWords).contains($0.distinct.count)
        }.prefix(Self.mostColumns)
        if words.count > 1 {
            let codes = try words.map { facts in
                try doubles(
                    "CASE WHEN \(value(facts)) IS NOT NULL THEN dense_rank() OVER (ORDER BY \(value(facts))) END",
                    on: connection)
            }
            for a in words.indices {
                for b in words.indices where b > a {
                    if let value = Correlations.cramersV(codes[a], codes[b]), value >= 0.3 {
                        found.append(.init(first: words[a].name, second: words[b].name, kind: .cramersV, value: value))
                    }
                }
            }
        }
        return Array(
            found.sorted { (abs($0.value), $1.first, $1.second) > (abs($1.value), $0.first, $0.second) }.prefix(30))
    }

    /// A column of the sample as numbers; null is not a number. The sample keeps its order over queries.
    private func doubles(_ expression: String, on connection: isolated Connection) throws -> [Double] {
        var out: [Double] = []
        try connection.stream(
            "SELECT CAST(x AS DOUBLE) FROM (SELECT rowid AS r, \(expression) AS x FROM \(sample) AS t) ORDER BY r"
        ) { _, chunk in
            guard let column = chunk.columns.first, case .doubles(let values) = column.storage else { return true }
            for row in 0..<chunk.count { out.append(column.isNull(row) ? .nan : values[row]) }
            return true
        }
        return out
    }
}
