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
    /// Rows that rule out most types before the whole table is asked about the rest.
    private static let sampleRows = 2_000

    /// - Parameter relation: a table whose columns are all text.
    static func find(
        _ columns: [String], in relation: String, on connection: isolated Connection
    ) throws -> [String: Found] {
        var found: [String: Found] = [:]
        for start in stride(from: 0, to: columns.count, by: batch) {
            let part = Array(columns[start..<min(start + batch, columns.count)])
            let all = part.map { TextFacts(column: $0) }
            let sample = try fill(all, from: "(SELECT * FROM \(relation) LIMIT \(sampleRows))", on: connection)
            let likely = sample.map { TextFacts(column: $0.column, asked: $0.likely) }
            for facts in try fill(likely, from: relation, on: connection) { found[facts.column] = facts.decide() }
        }
        for name in columns where found[name]?.type == "VARCHAR" && found[name]?.note == nil {
            if let written = try writtenDates(name, in: relation, on: connection) { found[name] = written }
        }
        return found
    }

    private static func fill(
        _ facts: [TextFacts], from relation: String, on connection: isolated Connection
    ) throws -> [TextFacts] {
        let select = facts.flatMap(\.select).joined(separator: ", ")
        var row = try connection.query("SELECT \(select) FROM \(relation)").first?[...] ?? []
        return facts.map { facts in
            defer { row = row.dropFirst(facts.select.count) }
            return facts.answered(Array(row.prefix(facts.select.count)))
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
