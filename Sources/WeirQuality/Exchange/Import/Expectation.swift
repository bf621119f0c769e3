import WeirCore

/// One expectation of Great Expectations, or the dbt-expectations test of the same name.
struct Expectation {
    /// `expect_column_values_to_not_be_null`.
    let name: String
    let arguments: YAMLTree
    /// The column that it stands at, where that is not among its arguments.
    var column: String?

    /// Arguments that say how a tool runs it, and nothing about the data.
    private static let technical: Set<String> = [
        "column", "column_A", "column_B", "column_list", "column_set", "batch_id", "result_format", "catch_exceptions",
        "include_config", "meta", "name", "description", "notes", "severity", "mostly", "ignore_row_if", "config",
        "parse_strings_as_datetimes",
    ]

    private func text(_ key: String) -> String? { arguments[key]?.string }

    private var target: String? { text("column") ?? column }

    /// Rows that may break it: GX's `mostly` is the share that must keep it.
    private var share: YAMLTree? {
        guard let mostly = text("mostly").flatMap(Double.init), mostly < 1 else { return nil }
        return .plain(
            ((1 - mostly) * 1_000_000).rounded() / 10_000 == 0
                ? "0" : (((1 - mostly) * 1_000_000).rounded() / 10_000).plainText)
    }

    /// Adds the rule to the table; false where a contract has no word for it.
    func add(to table: inout DraftTable, _ draft: inout ContractDraft) -> Bool {
        guard arguments["row_condition"] == nil, arguments["condition_parser"] == nil else { return false }
        guard let column = target else { return addTableRule(to: &table) }
        return addColumnRule(column, to: &table)
    }

    private func rule(_ rule: YAMLTree) -> YAMLTree {
        guard let share else { return rule }
        var rule = rule
        rule.set("mustBe", nil)
        rule.set("mustBeLessOrEqualTo", share)
        rule.set("unit", .plain("percent"))
        return rule
    }

    /// Option keys hold for every row; where some may break them a condition with a limit says the same.
    private func bound(_ column: String, _ pairs: [(String, YAMLTree?)], check: String, to table: inout DraftTable)
        -> Bool
    {
        let given = pairs.compactMap { pair in pair.1.map { (pair.0, $0) } }
        guard !given.isEmpty else { return false }
        if share == nil {
            for (key, value) in given { table.setOption(key, value, of: column) }
        } else {
            table.add(rule(DraftRule.condition(check)), to: column)
        }
        return true
    }

    private func addColumnRule(_ column: String, to table: inout DraftTable) -> Bool {
        let quoted = SQL.quote(column)
        switch name {
        case "expect_column_to_exist": table.column(column)
        case "expect_column_values_to_not_be_null":
            if share == nil {
                table.column(column) { $0.set("required", .bool(true)) }
            } else {
                table.add(rule(DraftRule.metric("nullValues")), to: column)
            }
        case "expect_column_values_to_be_unique":
            table.add(rule(DraftRule.metric("duplicateValues")), to: column)
        case "expect_column_values_to_be_in_set":
            guard let values = arguments["value_set"], values.isList else { return false }
            table.add(rule(DraftRule.validValues(values)), to: column)
        case "expect_column_values_to_match_regex":
            guard let pattern = text("regex"), (try? TextPattern(pattern)) != nil else { return false }
            table.add(rule(DraftRule.pattern(pattern)), to: column)
        case "expect_column_values_to_be_of_type", "expect_column_values_to_be_in_type_list":
            guard let type = text("type_") ?? text("column_type") ?? onlyItem("type_list") else { return false }
            table.column(column) { $0.set("physicalType", .said(type)) }
        case "expect_column_values_to_be_between":
            return addRange(column, quoted, to: &table)
        case "expect_column_value_lengths_to_be_between":
            let (low, high) = (arguments["min_value"], arguments["max_value"])
            table.column(column) { if $0["logicalType"] == nil { $0.set("logicalType", .plain("string")) } }
            return bound(
                column, [("minLength", low), ("maxLength", high)],
                check: "length(\(quoted)) BETWEEN \(low?.string ?? "0") AND \(high?.string ?? "2147483647")", to: &table
            )
        case "expect_column_value_lengths_to_equal":
            guard let length = arguments["value"] else { return false }
            table.column(column) { if $0["logicalType"] == nil { $0.set("logicalType", .plain("string")) } }
            return bound(
                column, [("minLength", length), ("maxLength", length)],
                check: "length(\(quoted)) = \(length.string ?? "0")",
                to: &table)
        case "expect_column_values_to_be_increasing", "expect_column_values_to_be_decreasing":
            guard name.hasSuffix("increasing"), share == nil else { return false }
            let isStrict = arguments["strictly"]?.bool == true
            table.add(
                .object([
                    "type": .plain("custom"), "engine": .plain("weir"),
                    "implementation": .object(["sequence": .plain(isStrict ? "strictly_increasing" : "increasing")]),
                ]), to: column)
        case "expect_column_min_to_be_between", "expect_column_max_to_be_between", "expect_column_mean_to_be_between",
            "expect_column_sum_to_be_between", "expect_column_stdev_to_be_between",
            "expect_column_median_to_be_between", "expect_column_unique_value_count_to_be_between":
            return addMeasure(column, quoted, to: &table)
        default: return false
        }
        return true
    }

    private func onlyItem(_ key: String) -> String? {
        guard let items = arguments[key]?.items, items.count == 1 else { return nil }
        return items[0].string
    }

    private func addRange(_ column: String, _ quoted: String, to table: inout DraftTable) -> Bool {
        let (low, high) = (Self.value(arguments["min_value"]), Self.value(arguments["max_value"]))
        let isStrict = arguments["strictly"]?.bool == true
        let strictLow = isStrict || arguments["strict_min"]?.bool == true
        let strictHigh = isStrict || arguments["strict_max"]?.bool == true
        let isNumeric = [low, high].compactMap { $0?.string }.allSatisfy { NumberText.normal($0) != nil }
        let isDate = [low, high].compactMap { $0?.string }.allSatisfy(DateText.isValid)
        guard isNumeric || isDate else { return false }
        table.column(column) {
            if $0["logicalType"] == nil { $0.set("logicalType", .plain(isNumeric ? "number" : "date")) }
        }
        func side(_ bound: YAMLTree?, _ sign: String) -> String? {
            bound?.string.map { "\(quoted) \(sign) \(isNumeric ? $0 : SQL.literal($0))" }
        }
        let check = [side(low, strictLow ? ">" : ">="), side(high, strictHigh ? "<" : "<=")].compactMap(\.self)
        return bound(
            column,
            [
                (strictLow ? "exclusiveMinimum" : "minimum", low), (strictHigh ? "exclusiveMaximum" : "maximum", high),
            ], check: check.joined(separator: " AND "), to: &table)
    }

    /// dbt wants a cast where a bound is a date.
    private static func value(_ bound: YAMLTree?) -> YAMLTree? {
        guard let bound, !bound.isNull else { return nil }
        let cast = bound.string?.wholeMatch(of: /(?i)cast\('([^']+)' as (?:date|timestamp)\)/)
        return cast.map { .text(String($0.1)) } ?? bound
    }

    private static let measures = [
        "min": "min", "max": "max", "mean": "avg", "sum": "sum", "stdev": "stddev_samp", "median": "median",
    ]

    private func addMeasure(_ column: String, _ quoted: String, to table: inout DraftTable) -> Bool {
        let word = name.split(separator: "_").dropFirst(2).first.map(String.init) ?? ""
        let function = Self.measures[word].map { "\($0)(\(quoted))" } ?? "count(DISTINCT \(quoted))"
        guard let (name, limit) = between() else { return false }
        table.add(DraftRule.sql("SELECT \(function) FROM {object}", name, limit), to: column)
        return true
    }

    private func addTableRule(to table: inout DraftTable) -> Bool {
        switch name {
        case "expect_table_row_count_to_be_between":
            guard let (name, limit) = between() else { return false }
            table.add(DraftRule.metric("rowCount", name, limit), to: nil)
        case "expect_table_row_count_to_equal":
            guard let value = arguments["value"] else { return false }
            table.add(DraftRule.metric("rowCount", "mustBe", value), to: nil)
        case "expect_compound_columns_to_be_unique", "expect_select_column_values_to_be_unique_within_record":
            guard name.contains("compound"), let list = arguments["column_list"], list.isList else { return false }
            for column in list.items.compactMap(\.string) { table.column(column) }
            table.add(rule(DraftRule.metric("duplicateValues", arguments: .object(["properties": list]))), to: nil)
        case "expect_column_pair_values_A_to_be_greater_than_B", "expect_column_pair_values_a_to_be_greater_than_b":
            guard let a = text("column_A"), let b = text("column_B") else { return false }
            table.column(a)
            table.column(b)
            let sign = arguments["or_equal"]?.bool == true ? ">=" : ">"
            table.add(rule(DraftRule.condition("\(SQL.quote(a)) \(sign) \(SQL.quote(b))")), to: nil)
        case "expect_column_pair_values_to_be_equal":
            guard let a = text("column_A"), let b = text("column_B") else { return false }
            table.column(a)
            table.column(b)
            table.add(rule(DraftRule.condition("\(SQL.quote(a)) = \(SQL.quote(b))")), to: nil)
        case "expect_table_columns_to_match_ordered_list", "expect_table_columns_to_match_set":
            guard let list = arguments["column_list"] ?? arguments["column_set"], list.isList else { return false }
            for column in list.items.compactMap(\.string) { table.column(column) }
        default: return false
        }
        return true
    }

    /// `min_value` and `max_value` as an operator; both bounds are good, as in Great Expectations.
    private func between() -> (String, YAMLTree)? {
        let (low, high) = (arguments["min_value"], arguments["max_value"])
        let isStrict = arguments["strict_min"]?.bool == true || arguments["strict_max"]?.bool == true
        guard !isStrict, [low, high].compactMap({ $0?.string }).allSatisfy({ NumberText.normal($0) != nil }) else {
            return nil
        }
        return switch (low, high) {
        case (let low?, let high?) where !low.isNull && !high.isNull: ("mustBeBetween", .list([low, high]))
        case (let low?, _) where !low.isNull: ("mustBeGreaterOrEqualTo", low)
        case (_, let high?) where !high.isNull: ("mustBeLessOrEqualTo", high)
        default: nil
        }
    }

    /// Arguments that the rule made from it does not say.
    var unknownArguments: [String] {
        let known = Self.technical.union([
            "value_set", "regex", "type_", "column_type", "type_list", "min_value", "max_value", "strictly",
            "strict_min",
            "strict_max", "value", "or_equal", "exact_match",
        ])
        return arguments.entries.filter { !known.contains($0.key) && !$0.value.isNull }.map(\.key)
    }
}
