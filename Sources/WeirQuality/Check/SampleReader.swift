import WeirCore
import WeirEngine

/// Reads the values of the first rows that break each rule, all rules in one query.
enum SampleReader {
    /// Rows shown of a rule.
    static let most = 5
    /// Characters shown of a value.
    static let width = 80
    static let hidden = "•••"
}

extension AuditRun {
    mutating func addSamples(on connection: isolated Connection) throws {
        let shown = plan.rules.filter { !(firstRows[$0.id] ?? []).isEmpty }
        guard !shown.isEmpty else { return }
        let names = columns.map(\.name)
        var paths: [ColumnPath] = []
        for path in shown.flatMap({ contract.shown(of: $0, among: names) }) where !paths.contains(path) {
            paths.append(path)
        }
        let rowIDs = Set(shown.flatMap { firstRows[$0.id] ?? [] }).sorted()
        let texts = paths.map { visible($0) }
        let query =
            "SELECT t.rowid, \(texts.joined(separator: ", ")) FROM \(table) AS t WHERE t.rowid IN (\(rowIDs.map(String.init).joined(separator: ", ")))"
        var values: [Int64: [Value]] = [:]
        for row in try connection.query(query).map({ $0 }) { if let id = row[0].int { values[id] = row } }
        for rule in shown {
            let own = contract.shown(of: rule, among: names)
            outcomes[rule.id]?.samples = (firstRows[rule.id] ?? []).compactMap { id in
                guard let row = values[id] else { return nil }
                return CheckOutcome.Sample(
                    values: own.compactMap { path in
                        paths.firstIndex(of: path).map {
                            CheckOutcome.Cell(column: path.description, value: row[$0 + 1].text)
                        }
                    })
            }
        }
    }

    /// SQL for what may be shown of a value.
    func visible(_ path: ColumnPath) -> String {
        // A field of JSON is shown with the whole of it.
        let isInJSON = columns.contains {
            $0.name.lowercased() == path.root.lowercased() && TypeFamily(sql: $0.type) == .json
        }
        let value = isInJSON ? ColumnPath(path.root).sql : path.sql
        return contract.hides(path)
            ? "CASE WHEN \(value) IS NOT NULL THEN \(SQL.literal(SampleReader.hidden)) END"
            : "left(CAST(\(value) AS VARCHAR), \(SampleReader.width))"
    }
}

extension TableContract {
    /// True for a value that the contract's classification keeps from being shown.
    func hides(_ path: ColumnPath) -> Bool {
        guard var column = column(path.root) else { return false }
        if column.isSensitive { return true }
        for name in path.parts.dropFirst() {
            guard let field = column.fields.first(where: { $0.columnName == name }) else { return false }
            if field.isSensitive { return true }
            column = field
        }
        return false
    }

    /// The key and the columns of a rule, so that a person can find the row; the key as far as the table has it.
    func shown(of rule: Rule, among columns: [String]) -> [ColumnPath] {
        let names = Set(columns.map { $0.lowercased() })
        let key = primaryKey.filter { names.contains($0.lowercased()) }.map { ColumnPath($0) }
        return key.filter { !rule.columns.contains($0) } + rule.columns
    }
}
