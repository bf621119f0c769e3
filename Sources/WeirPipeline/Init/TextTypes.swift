import WeirCore
import WeirEngine

/// Finds the type that every value of a text column fits: not the first thousand values, all of them.
///
/// A reader's own guess rests on the first lines, reads `00123` as a number, and takes a column with one `N/A`
/// for text.
enum TextTypes {
    /// Words that people write where there is no value.
    static let nullWords = [
        "NA", "N/A", "n/a", "na", "#N/A", "NULL", "null", "None", "none", "NaN", "nil", "-", "--", "?", "\\N",
    ]

    /// What a column of texts turned out to hold.
    struct Found: Sendable, Hashable {
        var type = "VARCHAR"
        /// Words that stand for NULL: without them the column would be text.
        var nullWords: [String] = []
        /// How its dates or times are written, where that is not ISO 8601.
        var format: String?
        /// Why the column is text though it looks like something else.
        var note: String?
    }

    /// Columns looked at in one statement: with all of a wide table the statement itself would be the work.
    private static let batch = 40

    static func find(_ columns: [String], in relation: String, on connection: isolated Connection) throws -> [String:
        Found]
    {
        var found: [String: Found] = [:]
        for start in stride(from: 0, to: columns.count, by: batch) {
            let part = Array(columns[start..<min(start + batch, columns.count)])
            let select = part.flatMap(Facts.select)
            let row = try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(relation)").first ?? []
            for (offset, name) in part.enumerated() where (offset + 1) * Facts.width <= row.count {
                found[name] = Facts(Array(row[(offset * Facts.width)..<((offset + 1) * Facts.width)])).decide()
            }
        }
        for name in columns where found[name]?.type == "VARCHAR" && found[name]?.note == nil {
            if let written = try writtenDates(name, in: relation, on: connection) { found[name] = written }
        }
        return found
    }

    // MARK: Types

    private struct Facts {
        static let width = 12
        let values: [Value]

        init(_ values: [Value]) { self.values = values }

        static func select(_ name: String) -> [String] {
            let value = SQL.quote(name)
            let words = TextTypes.nullWords.map(SQL.literal).joined(separator: ", ")
            let isWord = "\(value) IN (\(words))"
            func misfits(_ condition: String) -> String {
                "count(*) FILTER (\(value) IS NOT NULL AND NOT \(isWord) AND NOT coalesce((\(condition)), false))"
            }
            func matches(_ pattern: String) -> String { "regexp_full_match(\(value), \(SQL.literal(pattern)))" }
            func casts(_ type: String) -> String { "TRY_CAST(\(value) AS \(type)) IS NOT NULL" }
            let zone = #".*[0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)"#
            return [
                misfits("false"),
                "list(DISTINCT \(value)) FILTER (\(isWord))",
                misfits("\(matches("[+-]?[0-9]+")) AND \(casts("BIGINT"))"),
                misfits("\(matches("[+-]?[0-9]+")) AND \(casts("HUGEINT"))"),
                misfits("\(matches(#"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"#)) AND \(casts("DOUBLE"))"),
                "count(*) FILTER (\(matches("[+-]?0[0-9]+.*")))",
                misfits("lower(\(value)) IN ('true', 'false')"),
                misfits("\(matches("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")) AND \(casts("DATE"))"),
                misfits("\(matches(#"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"#)) AND \(casts("TIME"))"),
                misfits("\(matches("[0-9]{4}-.*")) AND NOT \(matches(zone)) AND \(casts("TIMESTAMP"))"),
                misfits("\(matches("[0-9]{4}-.*")) AND \(matches(zone)) AND \(casts("TIMESTAMPTZ"))"),
                misfits(casts("UUID")),
            ]
        }

        func decide() -> Found {
            let values = self.values.map { Int($0.int ?? 0) }
            let filled = values[0]
            guard filled > 0 else { return Found() }
            let words = self.values[1].list?.compactMap(\.text).sorted() ?? []
            let hasLeadingZeros = values[5] > 0
            let kinds: [(type: String, misfits: Int)] = [
                ("BIGINT", values[2]), ("HUGEINT", values[3]), ("DOUBLE", values[4]), ("BOOLEAN", values[6]),
                ("DATE", values[7]), ("TIME", values[8]), ("TIMESTAMP", values[9]),
                ("TIMESTAMP WITH TIME ZONE", values[10]), ("UUID", values[11]),
            ]
            for (index, kind) in kinds.enumerated() where kind.misfits == 0 {
                if index < 3, hasLeadingZeros {
                    return Found(note: "its numbers have leading zeros, which a number would lose, so it is text")
                }
                return Found(type: kind.type, nullWords: words)
            }
            // Nearly all fit: the few that do not are worth a word.
            let nearest = kinds.min { $0.misfits < $1.misfits }
            if let nearest, nearest.misfits * 20 <= filled {
                return Found(
                    note:
                        "\(Figures.count(nearest.misfits)) of \(Figures.count(filled)) values are not \(nearest.type), so it is text"
                )
            }
            return Found()
        }
    }

    // MARK: Dates in the ways of people

    private static let dateFormats = [
        "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y",
        "%b %d, %Y", "%d-%b-%Y",
    ]
    private static let times = [" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"]

    private static func writtenDates(
        _ name: String, in relation: String, on connection: isolated Connection
    ) throws -> Found? {
        let value = SQL.quote(name)
        // Most text columns are out after one value.
        let sample = try connection.query(
            "SELECT \(value) FROM \(relation) WHERE \(value) IS NOT NULL AND \(value) NOT IN (\(nullWords.map(SQL.literal).joined(separator: ", "))) LIMIT 1"
        ).scalar.text
        guard let sample, sample.count <= 40, sample.contains(where: \.isNumber) else { return nil }
        let formats = dateFormats + dateFormats.flatMap { date in times.map { date + $0 } }
        let firstFits =
            try connection.query(
                "SELECT \(formats.map { "try_strptime(\(SQL.literal(sample)), \(SQL.literal($0))) IS NOT NULL" }.joined(separator: ", "))"
            ).first ?? []
        let candidates = zip(formats, firstFits).filter { $0.1.bool == true }.map(\.0)
        if candidates.isEmpty { return nil }
        let words = nullWords.map(SQL.literal).joined(separator: ", ")
        let misfits = candidates.map { format in
            "count(*) FILTER (\(value) NOT IN (\(words)) AND try_strptime(\(value), \(SQL.literal(format))) IS NULL)"
        }
        let present = "list(DISTINCT \(value)) FILTER (\(value) IN (\(words)))"
        let counts =
            try connection.query("SELECT \(([present] + misfits).joined(separator: ", ")) FROM \(relation)").first ?? []
        let all = zip(candidates, counts.dropFirst()).filter { $0.1.int == 0 }.map(\.0)
        guard let format = all.first else { return nil }
        if all.count > 1 {
            return Found(note: "its dates may be \(all[0]) or \(all[1]); no value tells which, so it is text")
        }
        return Found(
            type: format.contains("%H") || format.contains("%I") ? "TIMESTAMP" : "DATE",
            nullWords: counts.first?.list?.compactMap(\.text).sorted() ?? [], format: format)
    }
}
