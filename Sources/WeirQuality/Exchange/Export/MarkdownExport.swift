import WeirCore

/// A contract as a page for people.
struct MarkdownExport {
    let contract: Contract
    let tree: YAMLTree
    let notChecked: [NotChecked]

    var export: ExportedContract {
        var losses = Losses()
        var lines = ["# \(MarkdownText.safe(contract.name ?? contract.id))", ""]
        let description = tree["description"]
        for key in ["purpose", "usage", "limitations"] {
            if let text = description?[key]?.string {
                lines += [
                    key == "purpose" ? MarkdownText.safe(text) : "**\(key.capitalized)**: \(MarkdownText.safe(text))",
                    "",
                ]
            }
        }
        lines += facts
        for table in contract.tables { lines += section(table) }
        lines += others
        if !notChecked.isEmpty {
            lines +=
                ["## Not checked by Weir", ""]
                + notChecked.map { "- `\(MarkdownText.safe($0.key))`: \(MarkdownText.safe($0.why))" } + [
                    ""
                ]
        }
        losses.addKeys(of: tree, carried: Self.carried, format: "the page")
        return ExportedContract(text: lines.joined(separator: "\n"), notCarried: losses.all)
    }

    private static let carried: Set<String> = [
        Losses.wholeDescription, "status", "tenant", "domain", "dataProduct", "tags", "description", "servers",
        "slaProperties", "team", "roles",
        "support", "price", "customProperties", "businessName", "classification", "examples", "contractCreatedTs",
        "dataGranularityDescription", "authoritativeDefinitions",
    ]

    private func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    private var facts: [String] {
        var rows = [
            ("id", contract.id), ("version", contract.version), ("status", contract.status ?? ""),
            ("standard", "ODCS \(contract.apiVersion)"),
        ]
        for key in ["tenant", "domain", "dataProduct", "contractCreatedTs"] {
            if let text = tree[key]?.string { rows.append((key, text)) }
        }
        if let tags = tree["tags"]?.items.compactMap(\.string), !tags.isEmpty {
            rows.append(("tags", tags.joined(separator: ", ")))
        }
        return [row(["", ""]), row(["---", "---"])] + rows.map { row([$0.0, MarkdownText.safe($0.1)]) } + [""]
    }

    private func section(_ table: TableContract) -> [String] {
        let said = tree["schema"]?.items.first { $0["name"]?.string == table.name }
        var lines = ["## \(MarkdownText.safe(table.name))", ""]
        if let text = table.description { lines += [MarkdownText.safe(text), ""] }
        if let text = said?["dataGranularityDescription"]?.string {
            lines += ["One row is \(MarkdownText.safe(text)).", ""]
        }
        if let name = table.physicalName { lines += ["Table \(MarkdownText.code(name)).", ""] }
        if !table.columns.isEmpty {
            lines += [row(["column", "type", "rules", "description"]), row(["---", "---", "---", "---"])]
            lines += table.columns.map { column in
                let own = said?["properties"]?.items.first { $0["name"]?.string == column.name }
                return row([
                    MarkdownText.code(column.columnName),
                    MarkdownText.safe(column.physicalType ?? column.logicalType?.rawValue ?? ""),
                    rules(of: column, table), words(column, own),
                ])
            }
            lines.append("")
        }
        let others = table.otherRules.filter { !($0.kind == .unique && $0.columns.map(\.root) == table.primaryKey) }
        if !others.isEmpty {
            lines +=
                ["Rules of the table:", ""]
                + others.map { "- \(MarkdownText.code($0.id)): \(MarkdownText.safe($0.words))" } + [""]
        }
        return lines
    }

    private func rules(of column: ColumnContract, _ table: TableContract) -> String {
        var parts: [String] = []
        if table.primaryKey.contains(column.columnName) { parts.append("key") }
        parts += table.rules(of: column).filter { !($0.kind == .unique && table.primaryKey == [column.columnName]) }.map
        { MarkdownText.safe($0.words) }
        return parts.joined(separator: "; ")
    }

    private func words(_ column: ColumnContract, _ said: YAMLTree?) -> String {
        var parts = [column.description.map(MarkdownText.safe)]
        if let name = column.businessName { parts.append("called \(MarkdownText.safe(name))") }
        if let word = column.classification { parts.append("classified \(MarkdownText.safe(word))") }
        if let examples = said?["examples"]?.items.compactMap(\.string), !examples.isEmpty {
            parts.append("like \(examples.prefix(5).map(MarkdownText.code).joined(separator: ", "))")
        }
        return parts.compactMap(\.self).joined(separator: "; ")
    }

    /// Lists of the standard that are tables on the page.
    private var others: [String] {
        var lines: [String] = []
        let team = tree["team"]
        let parts: [(String, [YAMLTree])] = [
            ("Service levels", tree["slaProperties"]?.items ?? []), ("Servers", tree["servers"]?.items ?? []),
            ("Team", team?["members"]?.items ?? team?.items ?? []), ("Roles", tree["roles"]?.items ?? []),
            ("Support", tree["support"]?.items ?? []), ("Price", tree["price"].map { [$0] } ?? []),
            ("More", tree["customProperties"]?.items ?? []),
        ]
        for (title, items) in parts where !items.isEmpty {
            var keys: [String] = []
            for key in items.flatMap({ $0.entries.map(\.key) }) where !keys.contains(key) { keys.append(key) }
            lines += ["## \(title)", "", row(keys), row(keys.map { _ in "---" })]
            lines += items.map { item in
                row(keys.map { key in item[key].map { MarkdownText.safe($0.string ?? YAMLText.flow($0)) } ?? "" })
            }
            lines.append("")
        }
        return lines
    }
}
