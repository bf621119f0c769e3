import WeirCore

/// The SQL of a foreign key: rows whose key is nowhere in the table it points to. A key with a null in it
/// points nowhere and breaks nothing.
struct ForeignKeyCheck {
    let rule: Rule
    let plan: AuditPlan
    let key: ForeignKey
    /// The table pointed to, as table expressions: several when its rows are partly under test themselves.
    let parents: [String]
    /// Its columns as they are.
    let columns: [Column]

    private var comparisons: String {
        zip(rule.columns, key.columns).map { path, name in
            let own = path.sql
            let column = columns.first { $0.name.lowercased() == name.lowercased() }
            let other = "p.\(SQL.quote(column?.name ?? name))"
            if TypeFamily(sql: column?.type ?? "").compares(with: plan.type(of: path)) { return "\(other) = \(own)" }
            return "CAST(\(other) AS VARCHAR) = CAST(\(own) AS VARCHAR)"
        }.joined(separator: " AND ")
    }

    private var isOrphan: String {
        let complete = rule.columns.map { "\($0.sql) IS NOT NULL" }
        let nowhere = parents.map { "NOT EXISTS (SELECT 1 FROM \($0) AS p WHERE \(comparisons))" }
        return (complete + nowhere).joined(separator: " AND ")
    }

    /// Adds the orphans to the broken rows.
    var mark: String {
        "INSERT INTO \(plan.names.broken) SELECT t.rowid, \(plan.marks(of: rule)) FROM \(plan.table) AS t WHERE \(isOrphan)"
    }

    /// The column pointed to that does not exist.
    var missingColumn: String? {
        key.columns.first { name in !columns.contains { $0.name.lowercased() == name.lowercased() } }
    }

    func evidence(in declared: TableName) -> String { "SELECT * FROM \(declared.sql) AS t WHERE \(isOrphan)" }
}
