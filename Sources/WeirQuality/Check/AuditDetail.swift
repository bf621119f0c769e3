import WeirCore
import WeirEngine

/// What an audit is to tell beside its counts.
public struct AuditDetail: Sendable, Hashable {
    /// Columns whose values divide the table into segments; none for no segments.
    public var segments: [String]
    /// Segments told, those with the most violating rows first.
    public var mostSegments: Int
    /// Rows told that break a rule, each with every rule it breaks.
    public var failingRows: Int

    public init(segments: [String] = [], mostSegments: Int = 20, failingRows: Int = 0) {
        self.segments = segments
        self.mostSegments = mostSegments
        self.failingRows = failingRows
    }
}

/// The rows with one value (or one combination of values) in the columns that divide a table.
public struct CheckSegment: Sendable, Hashable, Codable {
    public var values: [CheckOutcome.Cell]
    public var rows: Int
    /// Rows of the segment that break any rule.
    public var violating: Int
    /// The rules that rows of the segment break.
    public var rules: [RuleCount]

    public struct RuleCount: Sendable, Hashable, Codable {
        public var rule: String
        public var violating: Int
    }
}

/// A row that breaks a rule.
public struct FailingRow: Sendable, Hashable, Codable {
    /// Ids of the rules that it breaks.
    public var rules: [String]
    public var values: [CheckOutcome.Cell]
}

extension AuditRun {
    /// Every marked row once, with all of its marks.
    var marked: String {
        let masks = (0..<plan.maskCount).map { "bit_or(m\($0)) AS m\($0)" }.joined(separator: ", ")
        return "(SELECT rid, \(masks) FROM \(plan.names.broken) GROUP BY rid)"
    }

    private var marking: [Rule] {
        plan.rules.filter { plan.slots[$0.id] != nil && (outcomes[$0.id]?.violating ?? 0) > 0 }
    }

    func segments(_ detail: AuditDetail, on connection: isolated Connection) throws -> [CheckSegment] {
        guard !detail.segments.isEmpty else { return [] }
        let paths = try detail.segments.map { name -> ColumnPath in
            guard let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                throw WeirError(
                    "check.unknown-column", "\(scope.declared) has no column \"\(name)\" to divide it by",
                    hint: DidYouMean.hint(for: name, among: columns.map(\.name)))
            }
            return ColumnPath(column.name)
        }
        let rules = marking
        let counts = rules.compactMap { plan.slots[$0.id].map { "count(*) FILTER (\($0.test))" } }
        let list =
            ([
                paths.map { visible($0) }, ["count(*)", "count(b.rid) AS bad"], counts,
            ]).flatMap(\.self).joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT \(list) FROM \(table) AS t LEFT JOIN \(marked) AS b ON b.rid = t.rowid
            GROUP BY \(paths.map(\.sql).joined(separator: ", "))
            ORDER BY bad DESC, count(*) DESC, \(paths.map { "\($0.sql) NULLS LAST" }.joined(separator: ", "))
            LIMIT \(detail.mostSegments)
            """)
        return rows.map { row in
            let values = zip(paths, row).map { CheckOutcome.Cell(column: $0.description, value: $1.text) }
            let each = zip(rules, row.dropFirst(paths.count + 2)).compactMap { rule, count in
                (count.int ?? 0) > 0 ? CheckSegment.RuleCount(rule: rule.id, violating: Int(count.int ?? 0)) : nil
            }
            return CheckSegment(
                values: values, rows: Int(row[paths.count].int ?? 0), violating: Int(row[paths.count + 1].int ?? 0),
                rules: each)
        }
    }

    func failingRows(_ detail: AuditDetail, on connection: isolated Connection) throws -> [FailingRow] {
        let rules = marking
        guard detail.failingRows > 0, !rules.isEmpty else { return [] }
        let names = rules.compactMap { rule in
            plan.slots[rule.id].map { "CASE WHEN \($0.test) THEN \(ValueSQL.text(rule.id)) END" }
        }
        let values = columns.map { visible(ColumnPath($0.name)) }
        let rows = try connection.query(
            """
            SELECT list_filter([\(names.joined(separator: ", "))], lambda x: x IS NOT NULL), \(values.joined(separator: ", "))
            FROM (SELECT * FROM \(marked) AS b WHERE \(plan.breaksAny(of: rules)) ORDER BY rid LIMIT \(detail.failingRows)) AS b
            JOIN \(table) AS t ON t.rowid = b.rid ORDER BY b.rid
            """)
        return rows.map { row in
            FailingRow(
                rules: row[0].list?.compactMap(\.text) ?? [],
                values: zip(columns, row.dropFirst()).map { CheckOutcome.Cell(column: $0.name, value: $1.text) })
        }
    }
}
