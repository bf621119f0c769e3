import WeirCore

/// One object of a contract's `schema` as a document.
struct TableWriter {
    let table: TableContract
    var evidence: [String: [String]] = [:]

    var tree: YAMLTree {
        let columns = table.columns.map { column in
            ColumnWriter(
                column: column, rules: rules(of: column), isOnlyKey: table.primaryKey.count == 1,
                evidence: evidence[column.columnName] ?? []
            ).tree
        }
        let references = ofTable.filter { if case .foreignKey = $0.kind { true } else { false } }
        return .object([
            "name": .said(table.name), "physicalName": table.physicalName.map(YAMLTree.said),
            "description": table.description.map(YAMLTree.said),
            "customProperties": SettingsWriter.tree(onFail: table.onFail, tolerance: table.tolerance),
            "properties": .listed(columns),
            "relationships": .listed(references.map { RuleWriter.relationship($0, in: table) }),
            "quality": .listed(ofTable.filter(isQuality).map { RuleWriter.quality($0, in: table) }),
        ])
    }

    private func rules(of column: ColumnContract) -> [Rule] {
        table.rules.filter { rule in
            guard rule.columns == [ColumnPath(column.columnName)] else { return false }
            if case .freshness = rule.kind { return false }
            if case .custom = rule.kind { return false }
            // The key's own rules follow from primaryKey.
            return
                !(rule.kind == .unique && table.primaryKey == [column.columnName] && RuleWriter.isPlain(rule)
                && !column.unique)
        }
    }

    /// Rules about several columns or none.
    private var ofTable: [Rule] {
        table.rules.filter { rule in
            if case .custom = rule.kind { return true }
            return rule.columns.count != 1
        }
    }

    private func isQuality(_ rule: Rule) -> Bool {
        switch rule.kind {
        case .rowCount, .sql, .custom: true
        case .unique: rule.columns.map(\.root) != table.primaryKey || !RuleWriter.isPlain(rule)
        default: false
        }
    }
}

extension Optional where Wrapped == YAMLTree {
    /// A list, or nothing when it is empty.
    static func listed(_ items: [YAMLTree]) -> YAMLTree? { items.isEmpty ? nil : .list(items) }
}

/// Weir's own settings as custom properties.
enum SettingsWriter {
    static func tree(onFail: OnFail?, tolerance: Tolerance?, warn: Limit? = nil) -> YAMLTree? {
        let pairs = [
            onFail.map { ("weir.onFail", YAMLTree.plain($0.rawValue)) },
            tolerance.map { ("weir.tolerance", YAMLTree.text($0.description)) },
            warn.map { limit in
                var tree = YAMLTree.object([:])
                for condition in limit.conditions { tree.set(condition.name, condition.bound) }
                if limit.unit == .percent { tree.set("unit", .plain("percent")) }
                return ("weir.warn", tree)
            },
        ]
        return .listed(pairs.compactMap(\.self).map { .object(["property": .plain($0.0), "value": $0.1]) })
    }
}
