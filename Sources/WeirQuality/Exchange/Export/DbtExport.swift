import WeirCore

/// A contract as a dbt `schema.yml`.
struct DbtExport {
    let contract: Contract
    let tree: YAMLTree

    var export: ExportedContract {
        var losses = Losses()
        var packages: Set<String> = []
        let models = contract.tables.map { model($0, &losses, &packages) }
        losses.addKeys(of: tree, carried: ["description", "tags", "customProperties"], format: "dbt")
        let body = YAMLTree.object(["version": .int(2), "models": .list(models)])
        let needed = packages.sorted().map { "# needs the package \($0)\n" }.joined()
        return ExportedContract(text: needed + YAMLWriter.text(of: body), notCarried: losses.all)
    }

    private func model(_ table: TableContract, _ losses: inout Losses, _ packages: inout Set<String>) -> YAMLTree {
        let said = tree["schema"]?.items.first { $0["name"]?.string == table.name }
        var columns: [YAMLTree] = []
        for column in table.columns {
            let own = said?["properties"]?.items.first { $0["name"]?.string == column.name }
            var tests: [YAMLTree] = []
            for rule in table.rules(of: column) {
                guard let test = test(rule, table, &packages) else {
                    losses.add(rule, of: table, "dbt has no such test")
                    continue
                }
                tests.append(test)
            }
            columns.append(
                .object([
                    "name": .text(column.columnName), "description": column.description.map(YAMLTree.text),
                    "data_type": (column.declaredType ?? column.physicalType).map(YAMLTree.text), "tags": own?["tags"],
                    "meta": meta(own), "data_tests": .listed(tests),
                ]))
        }
        var tests: [YAMLTree] = []
        for rule in table.otherRules {
            guard let test = test(rule, table, &packages) else {
                losses.add(rule, of: table, "dbt has no such test")
                continue
            }
            tests.append(test)
        }
        return .object([
            "name": .text(table.bareName), "description": table.description.map(YAMLTree.text), "tags": said?["tags"],
            "meta": meta(said), "data_tests": .listed(tests), "columns": .listed(columns),
        ])
    }

    private func meta(_ said: YAMLTree?) -> YAMLTree? {
        let pairs = (said?["customProperties"]?.items ?? []).compactMap { item in
            item["property"]?.string.map { YAMLTree.Entry($0, item["value"] ?? .null) }
        }
        return pairs.isEmpty ? nil : .map(pairs)
    }

    private func test(_ rule: Rule, _ table: TableContract, _ packages: inout Set<String>) -> YAMLTree? {
        guard let (name, arguments) = body(rule), let config = config(rule) else { return nil }
        if let package = name.split(separator: ".").first, name.contains(".") { packages.insert(String(package)) }
        var entries = arguments
        if !config.isEmpty { entries.append(YAMLTree.Entry("config", .map(config))) }
        return entries.isEmpty ? .plain(name) : .map([YAMLTree.Entry(name, .map(entries))])
    }

    private func body(_ rule: Rule) -> (String, [YAMLTree.Entry])? {
        func entries(_ pairs: KeyValuePairs<String, YAMLTree?>) -> [YAMLTree.Entry] { YAMLTree.object(pairs).entries }
        let isWhole = rule.columns.count == 1 && rule.columns[0].parts.count == 1
        switch rule.kind {
        case .notNull where isWhole: return ("not_null", [])
        case .unique where isWhole: return ("unique", [])
        case .unique:
            return (
                "dbt_utils.unique_combination_of_columns",
                entries(["combination_of_columns": .list(rule.columns.map { .text($0.root) })])
            )
        case .acceptedValues(let values) where isWhole:
            return ("accepted_values", entries(["values": .list(values.map(YAMLTree.init))]))
        case .foreignKey(let key) where isWhole:
            let table = key.table.split(separator: ".").last.map(String.init) ?? key.table
            return ("relationships", entries(["to": .text("ref('\(table)')"), "field": .text(key.columns[0])]))
        case .pattern(let pattern) where isWhole:
            return ("dbt_expectations.expect_column_values_to_match_regex", entries(["regex": .text(pattern.source)]))
        case .format(let format) where isWhole:
            return (
                "dbt_expectations.expect_column_values_to_match_regex",
                entries(["regex": .text("^(\(format.expression))$")])
            )
        case .range(let range) where isWhole:
            let isStrict = range.exclusiveMinimum != nil || range.exclusiveMaximum != nil
            guard !isStrict || (range.minimum == nil && range.maximum == nil) else { return nil }
            return (
                "dbt_expectations.expect_column_values_to_be_between",
                entries([
                    "min_value": (range.minimum ?? range.exclusiveMinimum).map { bound($0, range) },
                    "max_value": (range.maximum ?? range.exclusiveMaximum).map { bound($0, range) },
                    "strictly": isStrict ? .bool(true) : nil,
                ])
            )
        case .length(let least, let most) where isWhole:
            return (
                "dbt_expectations.expect_column_value_lengths_to_be_between",
                entries(["min_value": least.map(YAMLTree.int), "max_value": most.map(YAMLTree.int)])
            )
        case .custom(.condition(let condition)):
            let expression = condition.when.map { "NOT (\($0)) OR (\(condition.check))" } ?? condition.check
            return ("dbt_utils.expression_is_true", entries(["expression": .text(expression)]))
        case .rowCount: return rowCount(rule.limit)
        default: return nil
        }
    }

    private func bound(_ text: String, _ range: ValueRange) -> YAMLTree {
        range.isNumeric ? .plain(text) : .text("cast(\(SQL.literal(text)) as date)")
    }

    private func rowCount(_ limit: Limit) -> (String, [YAMLTree.Entry])? {
        guard limit.conditions.count == 1 else { return nil }
        let name = "dbt_expectations.expect_table_row_count_to_be_between"
        func bounds(_ low: Double?, _ high: Double?) -> [YAMLTree.Entry] {
            YAMLTree.object([
                "min_value": low.map { .plain($0.plainText) }, "max_value": high.map { .plain($0.plainText) },
            ]).entries
        }
        return switch limit.conditions[0] {
        case .equal(let bound): (name, bounds(bound, bound))
        case .greater(let bound): (name, bounds(bound + 1, nil))
        case .greaterOrEqual(let bound): (name, bounds(bound, nil))
        case .less(let bound): (name, bounds(nil, bound - 1))
        case .lessOrEqual(let bound): (name, bounds(nil, bound))
        case .between(let low, let high): (name, bounds(low, high))
        case .notEqual, .notBetween: nil
        }
    }

    /// Severity and threshold; nil where dbt cannot say them.
    private func config(_ rule: Rule) -> [YAMLTree.Entry]? {
        var entries: [YAMLTree.Entry] = []
        if rule.severity != .error { entries.append(YAMLTree.Entry("severity", .plain("warn"))) }
        if case .rowCount = rule.kind { return entries }
        if let warning = rule.warnLimit {
            guard let warns = Self.failing(warning) else { return nil }
            entries.append(YAMLTree.Entry("warn_if", .text(warns)))
        }
        guard rule.limit != .none else { return entries }
        guard let fails = Self.failing(rule.limit) else { return nil }
        entries.append(YAMLTree.Entry(rule.severity == .error ? "error_if" : "warn_if", .text(fails)))
        return entries
    }

    /// The number of rows at which the limit does not hold, as dbt compares it.
    private static func failing(_ limit: Limit) -> String? {
        guard limit.unit == .rows, limit.conditions.count == 1 else { return nil }
        return switch limit.conditions[0] {
        case .less(let bound): ">= \(bound.plainText)"
        case .lessOrEqual(let bound): "> \(bound.plainText)"
        case .greater(let bound): "<= \(bound.plainText)"
        case .greaterOrEqual(let bound): "< \(bound.plainText)"
        case .equal(let bound): "!= \(bound.plainText)"
        case .notEqual(let bound): "= \(bound.plainText)"
        case .between, .notBetween: nil
        }
    }
}
