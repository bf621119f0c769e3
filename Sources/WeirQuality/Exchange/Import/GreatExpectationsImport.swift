import WeirCore

/// Reads an expectation suite of Great Expectations, as its file stores hold it.
struct GreatExpectationsImport {
    func read(_ tree: YAMLTree, name fallback: String) -> ContractDraft {
        let name = (tree["name"] ?? tree["expectation_suite_name"])?.string ?? fallback
        var draft = ContractDraft(name: name)
        var table = DraftTable(String(name.split(separator: ".").first ?? "table"))
        if let notes = tree["meta"]?["notes"] { draft.description = notes["content"]?.string ?? notes.string }
        for (index, item) in (tree["expectations"]?.items ?? []).enumerated() {
            read(item, number: index + 1, into: &table, &draft)
        }
        for entry in tree.entries
        where ![
            "name", "expectation_suite_name", "expectations", "meta", "id", "ge_cloud_id", "data_asset_type", "notes",
        ].contains(entry.key) && !entry.value.isNull {
            draft.lost("line \(entry.line)", entry.key, "a contract has no word for it")
        }
        if tree["expectations"] != nil { draft.tables = [table] }
        return draft
    }

    private func read(_ item: YAMLTree, number: Int, into table: inout DraftTable, _ draft: inout ContractDraft) {
        let kind = (item["type"] ?? item["expectation_type"])?.string ?? "?"
        let at = item["kwargs"]?["column"]?.string ?? "expectation \(number)"
        let expectation = Expectation(name: kind, arguments: item["kwargs"] ?? .map([]))
        let counts = (table.quality.count, table.columns.map { $0["quality"]?.items.count ?? 0 })
        guard expectation.add(to: &table, &draft) else {
            return draft.lost(at, kind, "a contract has no rule of this kind, or not with these arguments")
        }
        for key in expectation.unknownArguments { draft.lost(at, "\(kind): \(key)", "the rule says nothing about it") }
        decorate(item, since: counts, &table)
    }

    /// What an expectation says beside its rule: its severity, and notes for people.
    private func decorate(_ item: YAMLTree, since counts: (Int, [Int]), _ table: inout DraftTable) {
        let severity = item["severity"]?.string.flatMap {
            ["warning", "info"].contains($0.lowercased()) ? $0.lowercased() : nil
        }
        let notes =
            item["description"]?.string ?? item["meta"]?["notes"]?["content"]?.string ?? item["meta"]?["notes"]?.string
        func decorated(_ rule: YAMLTree) -> YAMLTree {
            var rule = rule
            if let severity { rule.set("severity", .plain(severity)) }
            if let notes { rule.set("description", .said(notes)) }
            return rule
        }
        for index in table.quality.indices where index >= counts.0 {
            table.quality[index] = decorated(table.quality[index])
        }
        for index in table.columns.indices {
            guard let rules = table.columns[index]["quality"]?.items else { continue }
            let before = index < counts.1.count ? counts.1[index] : 0
            table.columns[index].set(
                "quality", .list(rules.enumerated().map { $0.offset >= before ? decorated($0.element) : $0.element }))
        }
    }
}
