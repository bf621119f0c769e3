import WeirCore

/// Compares what two contracts promise.
///
/// Who reads a table leans on its contract: whatever widens what may come is breaking, whatever narrows it is stricter.
struct ContractComparison {
    let old: Contract
    let new: Contract

    var changes: [ContractChange] {
        var changes = status
        for table in old.tables {
            guard let other = Self.find(table, in: new) else {
                changes.append(
                    ContractChange(
                        .breaking, table: table.name, "\(table.name) is gone",
                        why: "nothing is promised of it any more",
                        at: table.place))
                continue
            }
            changes += TableComparison(old: table, new: other).changes
        }
        for table in new.tables where Self.find(table, in: old) == nil {
            changes.append(
                ContractChange(
                    .compatible, table: table.name, "\(table.name) is new", why: "nobody reads it yet", at: table.place)
            )
        }
        return changes
    }

    private static func find(_ table: TableContract, in contract: Contract) -> TableContract? {
        let name = table.name.lowercased()
        return contract.tables.first { $0.name.lowercased() == name }
            ?? contract.tables.first { $0.physicalName != nil && $0.physicalName == table.physicalName }
    }

    private var status: [ContractChange] {
        guard let status = new.status?.lowercased(), status != old.status?.lowercased() else { return [] }
        let what = "the status is \(status), and was \(old.status ?? "not said")"
        return switch status {
        case "retired": [ContractChange(.breaking, what, why: "nobody keeps the contract any more")]
        case "deprecated": [ContractChange(.note, what, why: "who reads should look for something else")]
        default: [ContractChange(.note, what, why: "it is told to people only")]
        }
    }
}

/// Compares one object of two contracts.
struct TableComparison {
    let old: TableContract
    let new: TableContract

    private func change(
        _ impact: ContractChange.Impact, _ column: String? = nil, _ what: String, _ why: String, _ place: Place
    ) -> ContractChange {
        ContractChange(impact, table: new.name, column: column, what, why: why, at: place)
    }

    var changes: [ContractChange] {
        var changes: [ContractChange] = []
        if (old.physicalName ?? old.name).lowercased() != (new.physicalName ?? new.name).lowercased() {
            changes.append(
                change(
                    .breaking, nil,
                    "the table is called \(new.physicalName ?? new.name), and was \(old.physicalName ?? old.name)",
                    "queries name it", new.place))
        }
        changes += columns
        if old.primaryKey.map({ $0.lowercased() }) != new.primaryKey.map({ $0.lowercased() }) { changes.append(key) }
        changes += RuleComparison(old: old, new: new).changes
        return changes
    }

    private var key: ContractChange {
        let was = old.primaryKey.joined(separator: ", ")
        let now = new.primaryKey.joined(separator: ", ")
        if was.isEmpty {
            return change(
                .stricter, nil, "the primary key is \(now), and there was none", "rows with the same key are refused",
                new.place)
        }
        return change(
            .breaking, nil,
            now.isEmpty ? "the primary key \(was) is gone" : "the primary key is \(now), and was \(was)",
            "joins on the old key may meet it twice", new.place)
    }

    private var columns: [ContractChange] {
        var changes: [ContractChange] = []
        for column in old.columns {
            guard let other = new.columns.first(where: { $0.columnName.lowercased() == column.columnName.lowercased() })
            else {
                let renamed = new.columns.first { $0.name == column.name }
                changes.append(
                    change(
                        .breaking, column.columnName,
                        renamed.map { "\(column.columnName) is called \($0.columnName) now" }
                            ?? "\(column.columnName) is gone",
                        "queries that name it fail", renamed?.place ?? column.place))
                continue
            }
            changes += compare(column, other)
        }
        for column in new.columns
        where !old.columns.contains(where: { $0.columnName.lowercased() == column.columnName.lowercased() }) {
            if old.columns.contains(where: { $0.name == column.name }) { continue }
            changes.append(
                change(
                    column.required ? .stricter : .compatible, column.columnName, "\(column.columnName) is new",
                    column.required
                        ? "loads that do not bring it are refused" : "queries that name their columns do not notice",
                    column.place))
        }
        return changes
    }

    private func compare(_ old: ColumnContract, _ new: ColumnContract) -> [ContractChange] {
        var changes: [ContractChange] = []
        let name = new.columnName
        if let type = TypeChange(old, new) {
            changes.append(
                change(
                    type.impact, name, "\(name) is \(Self.type(new)), and was \(Self.type(old))", type.why, new.place))
        }
        if old.isSensitive != new.isSensitive {
            changes.append(
                change(
                    new.isSensitive ? .stricter : .breaking, name,
                    "\(name) is classified \(new.classification ?? "no more"), and was \(old.classification ?? "not")",
                    new.isSensitive ? "who may see it may change" : "what was to be protected is so no more", new.place)
            )
        }
        for field in old.fields {
            if let other = new.fields.first(where: { $0.columnName == field.columnName }) {
                changes += compare(field, other).map { change in
                    var change = change
                    change.column = name
                    change.what = "\(name).\(change.what)"
                    return change
                }
            } else {
                changes.append(
                    change(
                        .breaking, name, "\(name).\(field.columnName) is gone", "queries that name it fail", new.place))
            }
        }
        for field in new.fields where !old.fields.contains(where: { $0.columnName == field.columnName }) {
            changes.append(
                change(
                    .compatible, name, "\(name).\(field.columnName) is new",
                    "queries that name their fields do not notice", field.place))
        }
        return changes
    }

    private static func type(_ column: ColumnContract) -> String {
        column.physicalType ?? column.logicalType?.rawValue ?? "of any type"
    }
}

/// What a change of a column's type means.
struct TypeChange {
    let impact: ContractChange.Impact
    let why: String

    /// Nil when the type is the same.
    init?(_ old: ColumnContract, _ new: ColumnContract) {
        let (before, after) = (old.declaredType ?? old.physicalType, new.declaredType ?? new.physicalType)
        guard before != after || old.logicalType != new.logicalType else { return nil }
        guard let before else {
            impact = after == nil ? .note : .stricter
            why = "only this type is taken now"
            return
        }
        guard let after else {
            impact = .breaking
            why = "any type may come now"
            return
        }
        if before == after { return nil }
        let sizes = [Self.width(before), Self.width(after)].compactMap(\.self)
        let (a, b) = (TypeFamily(sql: before), TypeFamily(sql: after))
        if a == b, sizes.count == 2 {
            impact = sizes[1] > sizes[0] ? .breaking : .stricter
            why =
                sizes[1] > sizes[0]
                ? "larger values may come than who reads has room for" : "values that were good before may not fit"
        } else if a == .integer, b == .decimal || b == .floating {
            impact = .breaking
            why = "fractions may come where whole numbers were promised"
        } else {
            impact = .breaking
            why = "comparisons, joins and casts work in another way"
        }
    }

    private static let integers = [
        "TINYINT": 8, "UTINYINT": 9, "SMALLINT": 16, "USMALLINT": 17, "INTEGER": 32, "UINTEGER": 33, "BIGINT": 64,
        "UBIGINT": 65, "HUGEINT": 128, "UHUGEINT": 129, "FLOAT": 24, "DOUBLE": 53,
    ]

    /// Something that grows with the values that fit.
    private static func width(_ type: String) -> Int? {
        if let bits = integers[type] { return bits }
        guard type.hasPrefix("DECIMAL("), let inside = type.split(separator: "(").last else { return nil }
        let numbers = inside.dropLast().split(separator: ",").compactMap { Int($0) }
        return numbers.first.map { $0 * 100 + (numbers.last ?? 0) }
    }
}
