import WeirCore
import WeirEngine

/// The facts that every column has and that one scan can tell: counts, estimates, bounds, moments and lengths.
struct FirstScan {
    let column: Column
    private let family: TypeFamily
    private let value: String
    /// Which of ``grains`` the first rows refute already, by position.
    private let refuted: Set<Int>

    init(_ column: Column, refuted: Set<Int> = []) {
        self.column = column
        self.refuted = refuted
        family = TypeFamily(sql: column.type)
        value = "t.\(SQL.quote(column.name))"
    }

    /// Microseconds of the units that times may be whole numbers of, the coarsest first.
    private static let units: [(TimeFacts.Granularity, Int64)] = [
        (.day, 86_400_000_000), (.hour, 3_600_000_000), (.minute, 60_000_000), (.second, 1_000_000),
    ]

    private var hasOrder: Bool { family.isNumeric || family.isTemporal || family == .text || family == .boolean }
    private var isStamp: Bool { [.date, .timestamp, .timestampTZ].contains(family) }

    // MARK: Asking

    var expressions: [String] {
        [
            "count(\(value))", DistinctSketch.sql(value),
            hasOrder ? "left(CAST(min(\(value)) AS VARCHAR), 200)" : "NULL",
            hasOrder ? "left(CAST(max(\(value)) AS VARCHAR), 200)" : "NULL",
        ] + (family.isNumeric ? numbers : family == .text ? texts : isStamp ? times : [])
    }

    /// As a number with a fraction; values so large that their squares would overflow are left out of the moments.
    private var number: String { Self.number(value, family) }

    static func number(_ value: String, _ family: TypeFamily) -> String {
        family == .floating
            ? "CASE WHEN abs(\(value)) < 1e150 THEN CAST(\(value) AS DOUBLE) END" : "CAST(\(value) AS DOUBLE)"
    }

    private var numbers: [String] {
        let isFloating = family == .floating
        return [
            "avg(\(number))", "stddev_samp(\(number))", "skewness(\(number))",
            "count(*) FILTER (\(value) = 0)", "count(*) FILTER (\(value) < 0)",
            isFloating ? "count(*) FILTER (isnan(\(value)))" : "0",
            isFloating ? "count(*) FILTER (isinf(\(value)))" : "0",
        ]
    }

    /// How UTF-8 that was read as Latin-1 or Windows-1252 begins, and the replacement character.
    private static let broken = "Ã[\\x{80}-\\x{BF}©¤¶¼]|â€|Â[\\x{A0}-\\x{BF}]|\\x{FFFD}"

    private var texts: [String] {
        let text = "CAST(\(value) AS VARCHAR)"
        let isWide = "strlen(\(text)) <> length(\(text))"
        // Trimming makes a new text; other spaces than this one are not ASCII.
        let mayBePadded = "(starts_with(\(text), ' ') OR suffix(\(text), ' ') OR \(isWide))"
        return [
            "min(length(\(text)))", "max(length(\(text)))", "avg(length(\(text)))",
            "count(*) FILTER (\(text) = '')",
            "count(*) FILTER (CASE WHEN \(mayBePadded) THEN \(text) <> '' AND trim(\(text)) = '' END)",
            "count(*) FILTER (CASE WHEN \(mayBePadded) THEN \(text) <> trim(\(text)) AND trim(\(text)) <> '' END)",
            "count(*) FILTER (\(isWide))",
            "count(*) FILTER (CASE WHEN \(isWide) THEN regexp_matches(\(text), \(SQL.literal(Self.broken))) END)",
        ]
    }

    private var times: [String] {
        let grains = grains.enumerated().map { refuted.contains($0.offset) ? "false" : $0.element }
        return [
            "count(*) FILTER (\(finite) AND CAST(\(value) AS TIMESTAMP) > CAST(now() AS TIMESTAMP))", grains[0],
            grains[1],
            "date_diff('day', min(\(value)) FILTER (\(finite)), max(\(value)) FILTER (\(finite)))",
        ] + grains[2...]
    }

    private var finite: String { "isfinite(\(value))" }

    /// Whether all times are whole years, months, and ``units``.
    private var grains: [String] {
        [
            "bool_and(month(\(value)) = 1 AND day(\(value)) = 1) FILTER (\(finite))",
            "bool_and(day(\(value)) = 1) FILTER (\(finite))",
        ] + Self.units.map { "bool_and(epoch_us(\(value)) % \($0.1) = 0) FILTER (\(finite))" }
    }

    /// The scans of columns. What a few rows refute need not be asked of all.
    static func scans(
        of columns: some Collection<Column>, in source: String, on connection: isolated Connection
    ) throws -> [FirstScan] {
        let scans = columns.map { FirstScan($0) }
        let select = scans.filter(\.isStamp).flatMap(\.grains)
        guard !select.isEmpty else { return scans }
        var answers =
            try connection.query(
                "SELECT \(select.joined(separator: ", ")) FROM (SELECT * FROM \(source) LIMIT 10000) AS t"
            ).first?[...] ?? []
        return scans.map { scan in
            guard scan.isStamp else { return scan }
            let count = scan.grains.count
            defer { answers = answers.dropFirst(count) }
            let refuted = answers.prefix(count).enumerated().filter { $0.element.bool == false }.map(\.offset)
            return FirstScan(scan.column, refuted: Set(refuted))
        }
    }

    // MARK: Answering

    func facts(_ values: [Value], rows: Int) -> ColumnFacts {
        func int(_ index: Int) -> Int { Int(values[index].int ?? 0) }
        let filled = int(0)
        var facts = ColumnFacts(
            name: column.name, type: column.type, nulls: rows - filled,
            distinct: .estimate(min(filled, max(int(1), filled > 0 ? 1 : 0))))
        facts.minimum = values[2].text
        facts.maximum = values[3].text
        guard values.count > 4, filled > 0 else { return facts }
        if family.isNumeric {
            facts.numbers = NumberFacts(
                mean: values[4].double, deviation: values[5].double, skew: values[6].double, zeros: int(7),
                negatives: int(8), notANumber: int(9), infinite: int(10))
        } else if family == .text {
            facts.texts = TextFacts(
                shortest: int(4), longest: int(5), meanLength: values[6].double ?? 0, empty: int(7), blank: int(8),
                padded: int(9), nonASCII: int(10), broken: int(11))
        } else if isStamp {
            let isWhole = [(TimeFacts.Granularity.year, values[5]), (.month, values[6])]
            let units = zip(Self.units.map(\.0), values[8...]).map { ($0, $1) }
            let isDay = values[8].bool == true
            let granularity =
                (isDay ? isWhole + units : units).first { $0.1.bool == true }?.0 ?? .fraction
            facts.times = TimeFacts(
                granularity: granularity, inFuture: int(4), missingDays: nil, days: values[7].int.map { Int($0) + 1 })
        }
        return facts
    }
}
