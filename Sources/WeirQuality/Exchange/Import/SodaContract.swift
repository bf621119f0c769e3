import WeirCore

/// A contract of Soda v4.
struct SodaContract {
    let dataset: String

    private static let operators = [
        "must_be": "mustBe", "must_not_be": "mustNotBe", "must_be_greater_than": "mustBeGreaterThan",
        "must_be_greater_than_or_equal": "mustBeGreaterOrEqualTo", "must_be_less_than": "mustBeLessThan",
        "must_be_less_than_or_equal": "mustBeLessOrEqualTo",
    ]

    func read(_ tree: YAMLTree, into draft: inout ContractDraft) {
        let parts = dataset.split(separator: "/").map(String.init)
        var table = DraftTable(parts.last ?? dataset)
        if parts.count > 2 { table.tree.set("physicalName", .said(parts.suffix(2).joined(separator: "."))) }
        for column in tree["columns"]?.items ?? [] {
            guard let name = column["name"]?.string else { continue }
            table.column(name) { if let type = column["data_type"]?.string { $0.set("physicalType", .said(type)) } }
            for check in column["checks"]?.items ?? [] { read(check, column, name, into: &table, &draft) }
            for entry in column.entries
            where !["name", "data_type", "checks", "missing_values"].contains(entry.key)
                && !entry.key.hasPrefix("valid_")
            {
                draft.lost("\(table.name).\(name)", entry.key, "a contract has no word for it")
            }
        }
        for check in tree["checks"]?.items ?? [] { read(check, .map([]), nil, into: &table, &draft) }
        for entry in tree.entries where !["dataset", "columns", "checks"].contains(entry.key) {
            draft.lost("line \(entry.line)", entry.key, "a contract has no word for it")
        }
        draft.tables.append(table)
    }

    private func read(
        _ check: YAMLTree, _ column: YAMLTree, _ name: String?, into table: inout DraftTable,
        _ draft: inout ContractDraft
    ) {
        guard let kind = check.entries.first?.key ?? check.string else { return }
        let body = check.entries.first.map(\.value) ?? .map([])
        let at = [table.name, name].compactMap(\.self).joined(separator: ".")
        guard body["filter"] == nil, var rule = rule(kind, body, column, name) else {
            if kind == "schema" { return }
            return draft.lost(at, kind, "a contract has no rule of this kind, or not with these settings")
        }
        let threshold = body["threshold"]
        if let entry = threshold?.entries.first(where: { $0.key.hasPrefix("must_") }) {
            rule.set("mustBe", nil)
            if entry.key == "must_be_between" {
                let bounds = entry.value.entries.map(\.value)
                rule.set("mustBeBetween", .list(entry.value.isList ? entry.value.items : bounds))
            } else if let name = Self.operators[entry.key] {
                rule.set(name, entry.value)
            } else {
                return draft.lost(at, "\(kind): \(entry.key)", "the operator is not known")
            }
        } else if kind == "row_count" {
            rule.set("mustBe", nil)
            rule.set("mustBeGreaterThan", .int(0))
        }
        if threshold?["metric"]?.string == "percent" { rule.set("unit", .plain("percent")) }
        if threshold?["level"]?.string == "warn" { rule.set("severity", .plain("warning")) }
        if let said = body["name"]?.string { rule.set("name", .said(said)) }
        for entry in body.entries
        where !["threshold", "name", "filter"].contains(entry.key) && !Self.used.contains(entry.key)
            && !entry.key.hasPrefix("valid_")
        {
            draft.lost(at, "\(kind): \(entry.key)", "the rule says nothing about it")
        }
        table.add(rule, to: name)
    }

    private static let used: Set<String> = ["columns", "function", "expression", "query", "missing_values"]

    private func rule(_ kind: String, _ body: YAMLTree, _ column: YAMLTree, _ name: String?) -> YAMLTree? {
        switch kind {
        case "row_count": return DraftRule.metric("rowCount")
        case "missing":
            guard let values = body["missing_values"] ?? column["missing_values"] else {
                return DraftRule.metric("nullValues")
            }
            return DraftRule.metric(
                "missingValues", arguments: .object(["missingValues": .list([.null] + values.items)]))
        case "duplicate":
            guard name == nil else { return DraftRule.metric("duplicateValues") }
            return body["columns"].map { DraftRule.metric("duplicateValues", arguments: .object(["properties": $0])) }
        case "invalid":
            var settings = column
            for entry in body.entries { settings.set(entry.key, entry.value) }
            return name.flatMap { SodaValidity(column: $0, settings: settings).rule }
        case "aggregate":
            guard let name, let function = body["function"]?.string, function.allSatisfy({ $0.isLetter || $0 == "_" })
            else { return nil }
            return DraftRule.sql("SELECT \(function)(\(SQL.quote(name))) FROM {object}", "mustBe", .int(0))
        case "failed_rows":
            if let expression = body["expression"]?.string { return DraftRule.condition("NOT (\(expression))") }
            return body["query"]?.string.map { DraftRule.sql("SELECT count(*) FROM (\($0))", "mustBe", .int(0)) }
        default: return nil
        }
    }
}
