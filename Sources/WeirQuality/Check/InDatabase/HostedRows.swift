import WeirCore
import WeirEngine

/// The rows that are shown: few enough to bring over.
extension HostedRun {
    /// What may be shown of a column: hidden values do not leave their database.
    private func sent(_ column: HostedColumn) -> String {
        contract.hides(ColumnPath(column.name))
            ? "CASE WHEN t.\(table.dialect.quote(column.name)) IS NOT NULL THEN \(table.dialect.literal(SampleReader.hidden)) END"
            : table.sent(column)
    }

    /// The value that came as `name`, as DuckDB shows it.
    private func shown(_ name: String, _ column: HostedColumn) -> String {
        contract.hides(ColumnPath(column.name))
            ? "CAST(\(name) AS VARCHAR)"
            : "left(CAST(TRY_CAST(\(name) AS \(column.type)) AS VARCHAR), \(SampleReader.width))"
    }

    private func broken(_ columns: [HostedColumn], _ rules: [Rule], limit: Int, on connection: isolated Connection)
        throws
        -> [[Value]]
    {
        let query = plan.rows(columns.map(sent), breaking: rules, limit: limit)
        let list = columns.enumerated().map { shown("c\($0)", $1) } + rules.indices.map { "CAST(f\($0) AS BIGINT)" }
        return try table.ask(query, as: list.joined(separator: ", "), on: connection).map { $0 }
    }

    private var breaking: [Rule] {
        plan.rules.filter { plan.tests[$0.id] != nil && (outcomes[$0.id]?.violating ?? 0) > 0 }
    }

    mutating func addSamples(on connection: isolated Connection) throws {
        for rule in breaking {
            let columns = contract.shown(of: rule, among: table.columns.map(\.name)).compactMap {
                table.column($0.root)
            }
            let found = try broken(columns, [rule], limit: SampleReader.most, on: connection)
            outcomes[rule.id]?.samples = found.map { row in
                CheckOutcome.Sample(
                    values: zip(columns, row).map { CheckOutcome.Cell(column: $0.name, value: $1.text) })
            }
        }
    }

    func failingRows(_ detail: AuditDetail, on connection: isolated Connection) throws -> [FailingRow] {
        let rules = breaking
        guard detail.failingRows > 0, !rules.isEmpty else { return [] }
        return try broken(table.columns, rules, limit: detail.failingRows, on: connection).map { row in
            FailingRow(
                rules: zip(rules, row.dropFirst(table.columns.count)).compactMap { $1.int == 1 ? $0.id : nil },
                values: zip(table.columns, row).map { CheckOutcome.Cell(column: $0.name, value: $1.text) })
        }
    }

    func segments(_ detail: AuditDetail, on connection: isolated Connection) throws -> [CheckSegment] {
        let columns = detail.segments.compactMap(table.column)
        guard !columns.isEmpty else { return [] }
        let predicate = HostedPredicate(table: table)
        let keys = columns.compactMap { column in
            predicate.key(column).map { (key: $0, isText: predicate.family(column) == .text) }
        }
        let rules = breaking
        let query = plan.segments(keys, breaking: rules, limit: detail.mostSegments)
        let list = columns.enumerated().map { index, column in
            contract.hides(ColumnPath(column.name))
                ? "CASE WHEN v\(index) IS NOT NULL THEN \(SQL.literal(SampleReader.hidden)) END"
                : shown("v\(index)", column)
        }
        let counts = ["n", "bad"] + rules.indices.map { "s\($0)" }
        let found = try table.ask(query, as: (list + counts).joined(separator: ", "), on: connection)
        return found.map { row in
            let values = zip(columns, row).map { CheckOutcome.Cell(column: $0.name, value: $1.text) }
            let each = zip(rules, row.dropFirst(columns.count + 2)).compactMap { rule, value in
                Self.whole(value) > 0 ? CheckSegment.RuleCount(rule: rule.id, violating: Self.whole(value)) : nil
            }
            return CheckSegment(
                values: values, rows: Self.whole(row[columns.count]), violating: Self.whole(row[columns.count + 1]),
                rules: each)
        }
    }
}
