import WeirCore

/// Reads the models and sources of a dbt `schema.yml`, with their tests.
struct DbtImport {
    func read(_ tree: YAMLTree, name: String) -> ContractDraft {
        var draft = ContractDraft(name: name)
        for entry in tree.entries {
            switch entry.key {
            case "version": break
            case "models", "seeds", "snapshots":
                for model in entry.value.items { read(model, schema: nil, into: &draft) }
            case "sources":
                for source in entry.value.items {
                    let schema = (source["schema"] ?? source["name"])?.string
                    for table in source["tables"]?.items ?? [] {
                        read(table, schema: schema, source: source, into: &draft)
                    }
                    lose(
                        source, beside: ["name", "schema", "tables", "freshness", "loaded_at_field", "config"],
                        at: "source \(source["name"]?.string ?? "")", &draft)
                }
            default: draft.lost("line \(entry.line)", entry.key, "a contract has no place for it")
            }
        }
        return draft
    }

    private func lose(_ tree: YAMLTree, beside known: Set<String>, at: String, _ draft: inout ContractDraft) {
        for entry in tree.entries where !known.contains(entry.key) && !entry.value.isNull {
            draft.lost(at, entry.key, "a contract has no word for it")
        }
    }

    private func read(_ model: YAMLTree, schema: String?, source: YAMLTree? = nil, into draft: inout ContractDraft) {
        guard let name = model["name"]?.string else { return }
        var table = DraftTable(name)
        let identifier = model["identifier"]?.string ?? name
        if let schema { table.tree.set("physicalName", .said("\(schema).\(identifier)")) }
        describe(&table.tree, model)
        for column in model["columns"]?.items ?? [] { read(column, into: &table, &draft) }
        for constraint in model["constraints"]?.items ?? [] {
            read(constraint: constraint, column: nil, into: &table, &draft)
        }
        for test in tests(of: model) { read(test: test, column: nil, into: &table, &draft) }
        freshness(model, source, &table, &draft)
        lose(
            model,
            beside: [
                "name", "identifier", "description", "columns", "tests", "data_tests", "constraints", "meta", "tags",
                "config", "freshness", "loaded_at_field",
            ], at: name, &draft)
        for entry in model["config"]?.entries ?? []
        where !["meta", "tags", "freshness", "loaded_at_field"].contains(entry.key) {
            draft.lost(name, "config.\(entry.key)", "it says how dbt builds the table")
        }
        draft.tables.append(table)
    }

    private func tests(of tree: YAMLTree) -> [YAMLTree] {
        (tree["data_tests"]?.items ?? []) + (tree["tests"]?.items ?? [])
    }

    private func describe(_ target: inout YAMLTree, _ said: YAMLTree) {
        if let text = said["description"]?.string, !text.isEmpty { target.set("description", .said(text)) }
        let tags = said["tags"] ?? said["config"]?["tags"]
        if let tags { target.set("tags", .list(tags.isList ? tags.items : [tags])) }
        for entry in (said["meta"] ?? said["config"]?["meta"])?.entries ?? [] {
            target.append("customProperties", DraftRule.custom(property: entry.key, value: entry.value))
        }
    }

    private func read(_ column: YAMLTree, into table: inout DraftTable, _ draft: inout ContractDraft) {
        guard let name = column["name"]?.string else { return }
        table.column(name) { tree in
            if let type = column["data_type"]?.string { tree.set("physicalType", .said(type)) }
            describe(&tree, column)
        }
        for constraint in column["constraints"]?.items ?? [] {
            read(constraint: constraint, column: name, into: &table, &draft)
        }
        for test in tests(of: column) { read(test: test, column: name, into: &table, &draft) }
        lose(
            column,
            beside: [
                "name", "data_type", "description", "tests", "data_tests", "constraints", "meta", "tags", "config",
                "quote",
            ],
            at: "\(table.name).\(name)", &draft)
    }

    // MARK: Constraints

    private func read(
        constraint: YAMLTree, column: String?, into table: inout DraftTable, _ draft: inout ContractDraft
    ) {
        let columns = column.map { [$0] } ?? constraint["columns"]?.items.compactMap(\.string) ?? []
        switch constraint["type"]?.string {
        case "not_null": for name in columns { table.column(name) { $0.set("required", .bool(true)) } }
        case "unique" where columns.count == 1: table.column(columns[0]) { $0.set("unique", .bool(true)) }
        case "unique" where columns.count > 1:
            table.add(
                DraftRule.metric(
                    "duplicateValues", arguments: .object(["properties": .list(columns.map(YAMLTree.said))])), to: nil)
        case "primary_key":
            for (index, name) in columns.enumerated() {
                table.column(name) {
                    $0.set("primaryKey", .bool(true))
                    if columns.count > 1 { $0.set("primaryKeyPosition", .int(index + 1)) }
                }
            }
        case "check" where constraint["expression"]?.string != nil:
            table.add(DraftRule.condition(constraint["expression"]?.string ?? ""), to: nil)
        default:
            draft.lost(
                [table.name, column].compactMap(\.self).joined(separator: "."),
                "constraint \(constraint["type"]?.string ?? "?")", "a contract has no word for it")
        }
    }

    private func freshness(
        _ model: YAMLTree, _ source: YAMLTree?, _ table: inout DraftTable, _ draft: inout ContractDraft
    ) {
        let freshness = model["freshness"] ?? model["config"]?["freshness"] ?? source?["freshness"]
        let field = (model["loaded_at_field"] ?? model["config"]?["loaded_at_field"] ?? source?["loaded_at_field"])?
            .string
        guard let freshness, freshness.isMap else { return }
        guard let field,
            table.columns.contains(where: { $0["name"]?.string == field })
                || field.allSatisfy({ $0.isLetter || $0 == "_" || $0.isNumber })
        else {
            return draft.lost(table.name, "freshness", "its loaded_at_field is no column")
        }
        if let after = freshness["error_after"] ?? freshness["warn_after"], let count = after["count"],
            let period = after["period"]
        {
            table.column(field)
            table.latencies.append(
                .object([
                    "property": .plain("latency"), "value": count, "unit": .plain(period.string ?? "day"),
                    "element": .said("\(table.name).\(field)"),
                ]))
        }
        if freshness["error_after"] != nil, freshness["warn_after"] != nil {
            draft.lost(table.name, "freshness.warn_after", "a latency has one bound, and error_after is it")
        }
    }
}
