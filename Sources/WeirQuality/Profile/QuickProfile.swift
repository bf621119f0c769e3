import WeirCore
import WeirEngine

/// Looks at a table once for the cheap facts of all columns, and a second time for the facts that only some
/// columns deserve.
///
/// ```swift
/// let profile = try QuickProfile.of("read_csv('data/orders.csv')", on: connection)
/// let contract = profile.suggestContract(name: "orders")
/// ```
public enum QuickProfile {
    /// A column with at most this many values has them listed.
    public static let fewValues = 20

    /// - Parameter relation: a table's quoted name, a table function, or a SELECT.
    public static func of(_ relation: String, on connection: isolated Connection) throws -> TableProfile {
        let source = isQuery(relation) ? "(\(relation))" : relation
        let columns = try connection.columns(of: "SELECT * FROM \(source)")
        let facts = columns.map { Facts($0) }
        let firstScan = ["count(*)"] + facts.flatMap(\.first)
        guard let values = try connection.query("SELECT \(firstScan.joined(separator: ", ")) FROM \(source) AS t").first
        else {
            return TableProfile(rows: 0, columns: [])
        }
        let rows = Int(values[0].int ?? 0)
        var profiles = facts.enumerated().map { offset, fact in
            fact.profile(Array(values[(1 + offset * Facts.width)..<(1 + (offset + 1) * Facts.width)]), rows: rows)
        }
        let questions = profiles.indices.flatMap { Question.worthAsking(profiles[$0], at: $0, rows: rows) }
        if !questions.isEmpty,
            let answers = try connection.query(
                "SELECT \(questions.map(\.sql).joined(separator: ", ")) FROM \(source) AS t"
            ).first
        {
            for (question, answer) in zip(questions, answers) { question.apply(answer, to: &profiles[question.column]) }
        }
        return TableProfile(rows: rows, columns: profiles)
    }

    private static func isQuery(_ text: String) -> Bool {
        let word = text.drop(while: \.isWhitespace).prefix(while: \.isLetter).uppercased()
        return ["SELECT", "WITH", "FROM", "VALUES"].contains(word)
    }
}

/// The facts of the first scan for one column.
private struct Facts {
    static let width = 6
    let column: Column

    init(_ column: Column) { self.column = column }

    var first: [String] {
        let value = "t.\(SQL.quote(column.name))"
        let family = TypeFamily(sql: column.type)
        let hasOrder = family.isNumeric || family.isTemporal || family == .text
        let isText = family == .text
        return [
            "count(\(value))",
            "approx_count_distinct(\(value))",
            hasOrder ? "left(CAST(min(\(value)) AS VARCHAR), 200)" : "NULL",
            hasOrder ? "left(CAST(max(\(value)) AS VARCHAR), 200)" : "NULL",
            isText ? "min(length(CAST(\(value) AS VARCHAR)))" : "NULL",
            isText ? "max(length(CAST(\(value) AS VARCHAR)))" : "NULL",
        ]
    }

    func profile(_ values: [Value], rows: Int) -> ColumnProfile {
        let filled = Int(values[0].int ?? 0)
        return ColumnProfile(
            name: column.name, type: column.type, nulls: rows - filled,
            approximateDistinct: min(filled, Int(values[1].int ?? 0)), minimum: values[2].text, maximum: values[3].text,
            shortest: values[4].int.map(Int.init), longest: values[5].int.map(Int.init))
    }
}

/// A fact of the second scan.
private struct Question {
    enum Kind {
        case values, isUnique
        case format(TextFormat)
    }
    let kind: Kind
    let column: Int
    let sql: String

    static func worthAsking(_ profile: ColumnProfile, at column: Int, rows: Int) -> [Question] {
        let value = "t.\(SQL.quote(profile.name))"
        let filled = rows - profile.nulls
        guard filled > 0 else { return [] }
        var questions: [Question] = []
        func ask(_ kind: Kind, _ sql: String) { questions.append(Question(kind: kind, column: column, sql: sql)) }
        let family = profile.family
        // The estimate may be off by a few: one value more is asked for than may be listed.
        if profile.approximateDistinct <= QuickProfile.fewValues + 2, [.text, .integer, .boolean].contains(family),
            profile.longest ?? 0 <= 100
        {
            ask(.values, "list_sort(list(DISTINCT CAST(\(value) AS VARCHAR)) FILTER (\(value) IS NOT NULL))")
        }
        if filled == rows, Double(profile.approximateDistinct) > Double(rows) * 0.9,
            [.text, .integer, .uuid, .decimal].contains(family)
        {
            ask(.isUnique, "count(DISTINCT \(value)) = count(*)")
        }
        if let format = likelyFormat(profile) {
            ask(
                .format(format),
                "bool_and(regexp_full_match(CAST(\(value) AS VARCHAR), \(SQL.literal(format.expression))))")
        }
        return questions
    }

    /// Only a column whose smallest and largest text look like a format is read for it.
    private static func likelyFormat(_ profile: ColumnProfile) -> TextFormat? {
        guard profile.family == .text, let low = profile.minimum, let high = profile.maximum else { return nil }
        if low.contains("@"), high.contains("@") { return .email }
        if profile.shortest == 36, profile.longest == 36 { return .uuid }
        if low.contains("://"), high.contains("://") { return .uri }
        if low.split(separator: ".").count == 4, high.split(separator: ".").count == 4,
            low.allSatisfy({ $0 == "." || $0.isNumber })
        {
            return .ipv4
        }
        return nil
    }

    func apply(_ answer: Value, to profile: inout ColumnProfile) {
        switch kind {
        case .values:
            let values = answer.list?.compactMap(\.text) ?? []
            if values.count <= QuickProfile.fewValues { profile.values = values }
        case .isUnique: profile.isUnique = answer.bool
        case .format(let format): if answer.bool == true { profile.format = format.rawValue }
        }
    }
}
