import WeirCore

/// The tests of dbt, dbt_utils and dbt_expectations as rules.
extension DbtImport {
    func read(test: YAMLTree, column: String?, into table: inout DraftTable, _ draft: inout ContractDraft) {
        let at = [table.name, column].compactMap(\.self).joined(separator: ".")
        guard
            let full = test.string ?? test.entries.first(where: { $0.key != "name" && $0.key != "test_name" })?.key
                ?? test["test_name"]?.string
        else { return }
        var arguments = test["test_name"] == nil ? test[full] ?? .map([]) : test
        // dbt 1.10 puts what a test asks for under `arguments`.
        for entry in arguments["arguments"]?.entries ?? [] { arguments.set(entry.key, entry.value) }
        let config = arguments["config"]
        let settings = DbtSettings(arguments, config)
        let name = full.split(separator: ".").last.map(String.init) ?? full
        if YAMLText.flow(arguments).contains("{{"), name != "relationships" {
            return draft.lost(at, full, "a template of dbt in it cannot be read")
        }
        if let filter = settings.filter, name != "not_null" {
            return draft.lost(at, full, "it looks at some rows only: where \(filter)")
        }
        var trial = table
        guard let made = rule(name, arguments, column, settings, &trial, &draft) else {
            return draft.lost(at, full, "a contract has no rule of this kind, or not with these arguments")
        }
        table = trial
        for (rule, owner) in made {
            guard let rule = settings.apply(to: rule) else {
                draft.lost(at, full, "its thresholds cannot be told in one operator")
                continue
            }
            table.add(rule, to: owner)
        }
    }

    /// The rules that a test stands for, with the column each belongs to; empty where other keys of the contract say it.
    private func rule(
        _ name: String, _ arguments: YAMLTree, _ column: String?, _ settings: DbtSettings, _ table: inout DraftTable,
        _ draft: inout ContractDraft
    ) -> [(YAMLTree, String?)]? {
        let columns = column.map { [$0] } ?? arguments["column_name"]?.string.map { [$0] } ?? []
        switch name {
        case "not_null":
            guard let column = columns.first else { return nil }
            if let filter = settings.filter {
                return [(DraftRule.condition("\(SQL.quote(column)) IS NOT NULL", when: filter), column)]
            }
            if settings.isPlain {
                table.column(column) { $0.set("required", .bool(true)) }
                return []
            }
            return [(DraftRule.metric("nullValues"), column)]
        case "unique":
            guard let column = columns.first else { return nil }
            if settings.isPlain {
                table.column(column) { $0.set("unique", .bool(true)) }
                return []
            }
            return [(DraftRule.metric("duplicateValues"), column)]
        case "accepted_values":
            guard let values = arguments["values"], values.isList, let column = columns.first else { return nil }
            return [(DraftRule.validValues(values), column)]
        case "relationships":
            guard let column = columns.first, settings.isPlain else { return nil }
            return relationship(arguments, column, &table) ? [] : nil
        case "unique_combination_of_columns":
            guard let list = arguments["combination_of_columns"], list.isList else { return nil }
            for column in list.items.compactMap(\.string) { table.column(column) }
            return [(DraftRule.metric("duplicateValues", arguments: .object(["properties": list])), nil)]
        case "expression_is_true":
            guard let expression = arguments["expression"]?.string else { return nil }
            return [
                (
                    DraftRule.condition(columns.first.map { "\(SQL.quote($0)) \(expression)" } ?? expression),
                    columns.first
                )
            ]
        case "not_empty_string":
            guard let column = columns.first else { return nil }
            return [(DraftRule.condition("trim(\(SQL.quote(column))) <> ''"), column)]
        case "accepted_range":
            guard let column = columns.first else { return nil }
            var renamed = arguments
            if arguments["inclusive"]?.bool == false { renamed.set("strictly", .bool(true)) }
            guard settings.isPlain else { return nil }
            return Expectation(name: "expect_column_values_to_be_between", arguments: renamed, column: column).add(
                to: &table, &draft) ? [] : nil
        default:
            guard name.hasPrefix("expect_"), settings.isPlain else { return nil }
            return Expectation(name: name, arguments: arguments, column: columns.first).add(to: &table, &draft)
                ? [] : nil
        }
    }

    /// `to: ref('customers')` or `source('crm', 'customers')`.
    private func relationship(_ arguments: YAMLTree, _ column: String, _ table: inout DraftTable) -> Bool {
        guard let to = arguments["to"]?.string, let field = arguments["field"]?.string else { return false }
        let names = to.matches(of: /['"]([^'"]+)['"]/).map { String($0.1) }
        guard to.contains("ref(") ? names.count == 1 : to.contains("source(") && names.count == 2 else { return false }
        table.column(column) {
            $0.append("relationships", .object(["to": .said((names + [field]).joined(separator: "."))]))
        }
        return true
    }
}

/// `severity`, `where` and thresholds of a test.
struct DbtSettings {
    let severity: String?
    let filter: String?
    let errorIf: String?
    let warnIf: String?

    init(_ arguments: YAMLTree, _ config: YAMLTree?) {
        func text(_ key: String) -> String? { (config?[key] ?? arguments[key])?.string }
        severity = text("severity")?.lowercased()
        filter = text("where")
        errorIf = text("error_if")
        warnIf = text("warn_if")
    }

    /// Every row has to keep the rule, or the load fails.
    var isPlain: Bool { severity != "warn" && errorIf == nil && warnIf == nil && filter == nil }

    /// The rule with the severity and the threshold; nil where no operator says the same.
    func apply(to rule: YAMLTree) -> YAMLTree? {
        var rule = rule
        let isWarning = severity == "warn"
        if isWarning { rule.set("severity", .plain("warning")) }
        // With an error threshold, the one for warnings adds nothing that a single rule can say.
        guard let condition = isWarning ? warnIf ?? errorIf : errorIf ?? warnIf else { return rule }
        if !isWarning, errorIf == nil { rule.set("severity", .plain("warning")) }
        guard let match = condition.wholeMatch(of: /\s*(>=|<=|>|<|!=|=|==)\s*(\d+)\s*/), let bound = Int(match.2) else {
            return nil
        }
        // The condition says when the test fails; a contract says when the rule holds.
        let held: [Substring: String] = [
            ">": "mustBeLessOrEqualTo", ">=": "mustBeLessThan", "<": "mustBeGreaterOrEqualTo",
            "<=": "mustBeGreaterThan",
            "!=": "mustBe", "=": "mustNotBe", "==": "mustNotBe",
        ]
        rule.set("mustBe", nil)
        rule.set(held[match.1] ?? "mustBe", .int(bound))
        return rule
    }
}
