import WeirCore

/// A contract as `CREATE TABLE` statements, with the constraints that the database can hold.
struct DDLExport {
    let contract: Contract
    let tree: YAMLTree
    let dialect: SQLDialect

    var export: ExportedContract {
        var losses = Losses()
        var parts: [String] = []
        let schemas = Set(
            contract.tables.compactMap(\.physicalName).filter { $0.contains(".") }.compactMap {
                $0.split(separator: ".").first.map(String.init)
            })
        if dialect != .sqlite {
            parts += schemas.sorted().map { "CREATE SCHEMA IF NOT EXISTS \(dialect.quote($0));" }
        }
        for table in ordered { parts.append(statement(table, &losses)) }
        losses.addKeys(of: tree, carried: dialect == .sqlite ? [] : ["description"], format: "SQL")
        return ExportedContract(text: parts.joined(separator: "\n\n") + "\n", notCarried: losses.all)
    }

    /// Tables that are referred to come first.
    private var ordered: [TableContract] {
        var done: [TableContract] = []
        var waiting = contract.tables
        while !waiting.isEmpty {
            let index = waiting.firstIndex { table in
                !table.rules.contains { rule in
                    guard case .foreignKey(let key) = rule.kind, !isItself(key, table) else { return false }
                    return waiting.contains { isItself(key, $0) }
                }
            }
            // Tables that refer to each other in a circle stay in the contract's order.
            done.append(waiting.remove(at: index ?? 0))
        }
        return done
    }

    private func isItself(_ key: ForeignKey, _ table: TableContract) -> Bool {
        key.table.lowercased() == (table.physicalName ?? table.name).lowercased()
    }

    private func name(of table: TableContract) -> String {
        let full = table.physicalName ?? table.name
        return dialect == .sqlite ? dialect.quote(table.bareName) : dialect.table(full)
    }

    private func statement(_ table: TableContract, _ losses: inout Losses) -> String {
        var lines = table.columns.map { line($0, table, &losses) }
        if !table.primaryKey.isEmpty { lines.append("PRIMARY KEY (\(list(table.primaryKey)))") }
        for rule in table.rules {
            switch constraint(rule, table) {
            case .none: break
            case .some(.said): continue
            case .some(.text(let text)): lines.append(text)
            case .some(.lost(let why)): losses.add(rule, of: table, why)
            }
        }
        var text = "CREATE TABLE \(name(of: table)) (\n  \(lines.joined(separator: ",\n  "))\n)"
        if dialect == .mysql, let words = table.description { text += " COMMENT = \(dialect.readableLiteral(words))" }
        text += ";"
        if dialect == .duckdb || dialect == .postgres {
            if let words = table.description {
                text += "\nCOMMENT ON TABLE \(name(of: table)) IS \(dialect.readableLiteral(words));"
            }
            for column in table.columns {
                guard let words = column.description else { continue }
                text +=
                    "\nCOMMENT ON COLUMN \(name(of: table)).\(dialect.quote(column.columnName)) IS \(dialect.readableLiteral(words));"
            }
        }
        return text
    }

    private func list(_ names: [String]) -> String { names.map(dialect.quote).joined(separator: ", ") }

    private func line(_ column: ColumnContract, _ table: TableContract, _ losses: inout Losses) -> String {
        let duckDB = column.declaredType ?? "VARCHAR"
        let isKey = table.primaryKey.contains(column.columnName) || column.unique
        var length = table.rules(of: column).compactMap { rule -> Int? in
            guard case .length(_, let most) = rule.kind, rule.isStrict else { return nil }
            return most
        }.first
        // MySQL cannot index a TEXT as a whole.
        if length == nil, isKey, dialect == .mysql, TypeFamily(sql: duckDB) == .text { length = 255 }
        let type = dialect.type(duckDB, length: length)
        if column.declaredType == nil || type == nil {
            losses.add(
                "\(table.name).\(column.name)", column.physicalType ?? column.logicalType?.rawValue ?? "no type",
                "\(dialect.rawValue) has no type for it: it is written as text")
        }
        var text =
            "\(dialect.quote(column.columnName)) \(type ?? (dialect == .mysql ? "TEXT" : dialect == .duckdb ? "VARCHAR" : "TEXT"))"
        if column.required || table.primaryKey.contains(column.columnName) { text += " NOT NULL" }
        if column.unique, table.primaryKey != [column.columnName] { text += " UNIQUE" }
        if dialect == .mysql, let words = column.description { text += " COMMENT \(dialect.readableLiteral(words))" }
        return text
    }

    private enum Constraint {
        /// The column's own line says it.
        case said
        case text(String)
        case lost(String)
    }

    private func constraint(_ rule: Rule, _ table: TableContract) -> Constraint? {
        guard rule.isStrict || !rule.kind.namesRows else {
            return .lost("a constraint holds for every row: no limits, no warnings")
        }
        if rule.columns.contains(where: { $0.parts.count > 1 }) { return .lost("a constraint looks at whole columns") }
        let column = rule.columns.first.map { dialect.quote($0.root) } ?? ""
        func check(_ condition: String?) -> Constraint {
            condition.map { .text("CHECK (\($0))") } ?? .lost("\(dialect.rawValue) has no such check")
        }
        switch rule.kind {
        case .notNull: return .said
        case .unique:
            if rule.columns.map(\.root) == table.primaryKey
                || rule.columns.count == 1 && table.column(rule.columns[0].root)?.unique == true
            {
                return .said
            }
            return .text("UNIQUE (\(list(rule.columns.map(\.root))))")
        case .acceptedValues(let values):
            let family = table.column(rule.columns[0].root).flatMap(\.declaredType).map(TypeFamily.init(sql:)) ?? .text
            let texts = values.compactMap(\.text)
            let shown = family.isNumeric ? texts.compactMap(NumberText.normal) : texts.map(dialect.readableLiteral)
            return check("\(column) IN (\(shown.joined(separator: ", ")))")
        case .range(let range):
            let signs = ["<": ">=", ">": "<=", "<=": ">", ">=": "<"]
            return check(
                range.bounds.map {
                    "\(column) \(signs[$0.violation] ?? "") \(range.isNumeric ? $0.bound : dialect.readableLiteral($0.bound))"
                }
                .joined(separator: " AND "))
        case .length(let least, let most):
            let length = "\(dialect.lengthFunction)(\(column))"
            return check(
                [least.map { "\(length) >= \($0)" }, most.map { "\(length) <= \($0)" }].compactMap(\.self).joined(
                    separator: " AND "))
        case .pattern(let pattern): return check(dialect.matches(column, pattern))
        case .format(let format):
            if format == .uuid, table.column(rule.columns[0].root)?.declaredType == "UUID" { return .said }
            return check((try? TextPattern("^(\(format.expression))$")).flatMap { dialect.matches(column, $0) })
        case .multipleOf(let number) where NumberText.normal(number)?.contains(".") == false:
            return check("\(column) % \(number) = 0")
        case .custom(.condition(let condition)):
            let text = condition.when.map { "NOT (\($0)) OR (\(condition.check))" } ?? condition.check
            if SQLWords.hasSubquery(text) { return .lost("a constraint cannot look at other rows") }
            return .text("CHECK (\(text))")
        case .foreignKey(let key): return reference(key, rule)
        default: return .lost("SQL has no constraint for it")
        }
    }

    /// DuckDB wants the columns referred to to be a key of a table that is there.
    private func reference(_ key: ForeignKey, _ rule: Rule) -> Constraint {
        let target = contract.tables.first { isItself(key, $0) }
        if dialect == .duckdb || dialect == .sqlite {
            guard let target else { return .lost("the table it refers to is not part of the contract") }
            let isKey =
                target.primaryKey == key.columns
                || key.columns.count == 1 && target.column(key.columns[0])?.unique == true
            if !isKey { return .lost("the columns it refers to are no key of \(target.name)") }
            return .text(
                "FOREIGN KEY (\(list(rule.columns.map(\.root)))) REFERENCES \(name(of: target)) (\(list(key.columns)))")
        }
        return .text(
            "FOREIGN KEY (\(list(rule.columns.map(\.root)))) REFERENCES \(dialect.table(key.table)) (\(list(key.columns)))"
        )
    }
}
