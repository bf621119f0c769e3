import WeirCore

/// Writes one object of a contract's `schema`.
struct TableWriter {
    let table: TableContract
    var evidence: [String: [String]] = [:]

    func write(to out: inout Lines) {
        out.item { out in
            out.add("name: \(YAMLText.text(table.name))")
            if let name = table.physicalName { out.add("physicalName: \(YAMLText.text(name))") }
            if let text = table.description { out.add("description: \(YAMLText.text(text))") }
            SettingsWriter.write(onFail: table.onFail, tolerance: table.tolerance, to: &out)
            if !table.columns.isEmpty {
                out.add("properties:")
                for column in table.columns {
                    out.indented(1) { out in
                        ColumnWriter(
                            column: column, rules: rules(of: column), isOnlyKey: table.primaryKey.count == 1,
                            evidence: evidence[column.columnName] ?? []
                        ).write(to: &out)
                    }
                }
            }
            let references = ofTable.filter { if case .foreignKey = $0.kind { true } else { false } }
            if !references.isEmpty { out.add("relationships:") }
            for rule in references { out.indented(1) { RuleWriter.relationship(rule, columns: table, to: &$0) } }
            let checks = ofTable.filter(isQuality)
            if !checks.isEmpty { out.add("quality:") }
            for rule in checks { out.indented(1) { RuleWriter.quality(rule, columns: table, to: &$0) } }
        }
    }

    private func rules(of column: ColumnContract) -> [Rule] {
        table.rules.filter { rule in
            guard rule.columns == [ColumnPath(column.columnName)] else { return false }
            if case .freshness = rule.kind { return false }
            // The key's own rules follow from primaryKey.
            return
                !(rule.kind == .unique && table.primaryKey == [column.columnName] && RuleWriter.isPlain(rule)
                && !column.unique)
        }
    }

    /// Rules about several columns or none.
    private var ofTable: [Rule] { table.rules.filter { $0.columns.count != 1 } }

    private func isQuality(_ rule: Rule) -> Bool {
        switch rule.kind {
        case .rowCount, .sql: true
        case .unique: rule.columns.map(\.root) != table.primaryKey || !RuleWriter.isPlain(rule)
        default: false
        }
    }
}

/// Weir's own settings as custom properties.
enum SettingsWriter {
    static func write(onFail: OnFail?, tolerance: Tolerance?, to out: inout Lines) {
        guard onFail != nil || tolerance != nil else { return }
        out.add("customProperties:")
        if let onFail {
            out.add("  - property: weir.onFail")
            out.add("    value: \(onFail.rawValue)")
        }
        if let tolerance {
            out.add("  - property: weir.tolerance")
            out.add("    value: \(YAMLText.text(tolerance.description))")
        }
    }
}
