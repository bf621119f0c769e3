import WeirCore

/// Reads Soda checks: SodaCL (`checks for orders:`) and the contracts of Soda v4 (`dataset:`).
struct SodaImport {
    func read(_ tree: YAMLTree, name: String) -> ContractDraft {
        var draft = ContractDraft(name: name)
        if let dataset = tree["dataset"]?.string {
            SodaContract(dataset: dataset).read(tree, into: &draft)
            return draft
        }
        for entry in tree.entries {
            guard entry.key.hasPrefix("checks for "), !entry.key.contains("[") else {
                draft.lost("line \(entry.line)", entry.key, "a contract has no word for it")
                continue
            }
            let dataset = entry.key.dropFirst("checks for ".count).trimmingCharacters(in: .whitespaces)
            var table = DraftTable(dataset)
            for check in entry.value.items { read(check, into: &table, &draft) }
            draft.tables.append(table)
        }
        return draft
    }

    private func read(_ check: YAMLTree, into table: inout DraftTable, _ draft: inout ContractDraft) {
        let text = check.string ?? check.entries.first?.key ?? ""
        let details = check.string == nil ? check.entries.first?.value ?? .map([]) : .map([])
        let sentence = SodaSentence(text, details)
        guard sentence.add(to: &table, &draft) else {
            return draft.lost(table.name, text, "a contract has no rule of this kind, or not with these settings")
        }
    }
}

/// One check of SodaCL: `missing_count(email) < 5` with its settings.
struct SodaSentence {
    let text: String
    let details: YAMLTree

    init(_ text: String, _ details: YAMLTree) {
        self.text = text
        self.details = details
    }

    /// Operators as SodaCL writes them.
    static func limit(_ text: Substring) -> (name: String, bound: YAMLTree, isPercent: Bool)? {
        if let match = text.wholeMatch(of: /\s*between\s+([-\d.]+)\s+and\s+([-\d.]+)\s*(%)?\s*/) {
            return ("mustBeBetween", .list([.plain(String(match.1)), .plain(String(match.2))]), match.3 != nil)
        }
        guard let match = text.wholeMatch(of: /\s*(>=|<=|!=|<>|=|>|<)\s*([-\d.]+)\s*(%)?\s*/) else { return nil }
        let names: [Substring: String] = [
            ">=": "mustBeGreaterOrEqualTo", "<=": "mustBeLessOrEqualTo", "!=": "mustNotBe", "<>": "mustNotBe",
            "=": "mustBe", ">": "mustBeGreaterThan", "<": "mustBeLessThan",
        ]
        return (names[match.1] ?? "mustBe", .plain(String(match.2)), match.3 != nil)
    }

    private static let inverse = [
        "mustBeGreaterOrEqualTo": "mustBeLessThan", "mustBeLessOrEqualTo": "mustBeGreaterThan", "mustNotBe": "mustBe",
        "mustBe": "mustNotBe", "mustBeGreaterThan": "mustBeLessOrEqualTo", "mustBeLessThan": "mustBeGreaterOrEqualTo",
        "mustBeBetween": "mustNotBeBetween",
    ]

    func add(to table: inout DraftTable, _ draft: inout ContractDraft) -> Bool {
        if details["filter"] != nil { return false }
        if text == "schema" { return addSchema(to: &table, &draft) }
        if text.hasPrefix("failed rows") { return addFailedRows(to: &table) }
        if let match = text.wholeMatch(of: /values in \(([^)]+)\) must exist in (\S+) \(([^)]+)\)/) {
            return addReference(String(match.1), String(match.2), String(match.3), to: &table)
        }
        guard let match = text.wholeMatch(of: /(\w+)\s*(?:\(([^)]*)\))?(.*)/) else { return false }
        let metric = String(match.1)
        let columns = (match.2 ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        for entry in details.entries where !Self.known.contains(entry.key) {
            draft.lost(table.name, "\(text): \(entry.key)", "the rule says nothing about it")
        }
        if metric == "freshness" { return addFreshness(columns, match.3, to: &table, &draft) }
        guard let (rule, owner) = body(metric, columns, &table) else { return false }
        var limits: [(YAMLTree) -> YAMLTree?] = []
        if let limit = Self.limit(match.3) {
            limits.append { Self.with(limit.name, limit.bound, $0) }
        } else {
            // `warn: when > 5`, `fail: when > 10`: the check fails when that is so.
            for (level, severity) in [("fail", nil), ("warn", "warning")] as [(String, String?)] {
                guard let condition = details[level]?.string else { continue }
                guard condition.hasPrefix("when "), let limit = Self.limit(condition.dropFirst(5)),
                    let name = Self.inverse[limit.name]
                else { return false }
                limits.append { rule in
                    Self.with(name, limit.bound, rule).map { rule in
                        var rule = rule
                        if let severity { rule.set("severity", .plain(severity)) }
                        return rule
                    }
                }
            }
        }
        if limits.isEmpty { return false }
        for limit in limits {
            guard var made = limit(rule) else { return false }
            if let name = details["name"]?.string { made.set("name", .said(name)) }
            if metric.hasSuffix("_percent") { made.set("unit", .plain("percent")) }
            table.add(made, to: owner)
        }
        return true
    }

    private static let known: Set<String> = [
        "name", "warn", "fail", "valid values", "valid regex", "valid format", "valid min", "valid max", "valid length",
        "valid min length", "valid max length", "missing values", "missing regex",
    ]

    private static func with(_ name: String, _ bound: YAMLTree, _ rule: YAMLTree) -> YAMLTree? {
        var rule = rule
        rule.set("mustBe", nil)
        rule.set(name, bound)
        return rule
    }

    private static let aggregates = [
        "min": "min", "max": "max", "avg": "avg", "sum": "sum", "stddev": "stddev_samp", "variance": "var_samp",
        "min_length": "min(length", "max_length": "max(length", "avg_length": "avg(length",
    ]

    private func body(_ metric: String, _ columns: [String], _ table: inout DraftTable) -> (YAMLTree, String?)? {
        for column in columns { table.column(column) }
        switch metric {
        case "row_count" where columns.isEmpty: return (DraftRule.metric("rowCount"), nil)
        case "missing_count", "missing_percent":
            guard columns.count == 1, details["missing regex"] == nil else { return nil }
            guard let values = details["missing values"] else { return (DraftRule.metric("nullValues"), columns[0]) }
            return (
                DraftRule.metric("missingValues", arguments: .object(["missingValues": .list([.null] + values.items)])),
                columns[0]
            )
        case "duplicate_count", "duplicate_percent":
            if columns.count == 1 { return (DraftRule.metric("duplicateValues"), columns[0]) }
            return (
                DraftRule.metric(
                    "duplicateValues", arguments: .object(["properties": .list(columns.map(YAMLTree.said))])), nil
            )
        case "invalid_count", "invalid_percent":
            guard columns.count == 1 else { return nil }
            return SodaValidity(column: columns[0], settings: details).rule.map { ($0, columns[0]) }
        default:
            guard columns.count == 1, let function = Self.aggregates[metric] else { return nil }
            let call = "\(function)(\(SQL.quote(columns[0])))" + (function.contains("(") ? ")" : "")
            return (DraftRule.sql("SELECT \(call) FROM {object}", "mustBe", .int(0)), columns[0])
        }
    }

    private func addReference(_ own: String, _ other: String, _ theirs: String, to table: inout DraftTable) -> Bool {
        let columns = own.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let targets = theirs.split(separator: ",").map { "\(other).\($0.trimmingCharacters(in: .whitespaces))" }
        guard columns.count == targets.count else { return false }
        for column in columns { table.column(column) }
        if columns.count == 1 {
            table.column(columns[0]) { $0.append("relationships", .object(["to": .said(targets[0])])) }
        } else {
            table.relationships.append(
                .object(["from": .list(columns.map(YAMLTree.said)), "to": .list(targets.map(YAMLTree.said))]))
        }
        return true
    }

    private func addFailedRows(to table: inout DraftTable) -> Bool {
        var rule: YAMLTree
        if let condition = details["fail condition"]?.string {
            rule = DraftRule.condition("NOT (\(condition))")
        } else if let query = details["fail query"]?.string {
            rule = DraftRule.sql("SELECT count(*) FROM (\(query))", "mustBe", .int(0))
        } else {
            return false
        }
        if let name = details["name"]?.string { rule.set("name", .said(name)) }
        table.add(rule, to: nil)
        return true
    }

    private func addFreshness(
        _ columns: [String], _ limit: Substring, to table: inout DraftTable, _ draft: inout ContractDraft
    ) -> Bool {
        guard columns.count == 1, let match = limit.wholeMatch(of: /\s*<=?\s*(\d+)\s*([dhm])\s*/) else { return false }
        table.column(columns[0])
        table.latencies.append(
            .object([
                "property": .plain("latency"), "value": .plain(String(match.1)), "unit": .plain(String(match.2)),
                "element": .said("\(table.name).\(columns[0])"),
            ]))
        return true
    }

    private func addSchema(to table: inout DraftTable, _ draft: inout ContractDraft) -> Bool {
        for level in ["fail", "warn"] {
            for entry in details[level]?.entries ?? [] {
                switch entry.key {
                case "when required column missing":
                    for name in entry.value.items.compactMap(\.string) { table.column(name) }
                case "when wrong column type":
                    for pair in entry.value.entries {
                        table.column(pair.key) { $0.set("physicalType", .said(pair.value.string ?? "")) }
                    }
                default: draft.lost(table.name, "schema: \(entry.key)", "a contract cannot say this of columns")
                }
                if level == "warn" {
                    draft.lost(table.name, "schema: warn \(entry.key)", "a missing column is an error in a contract")
                }
            }
        }
        return true
    }
}

/// Which values are valid, as one rule.
struct SodaValidity {
    let column: String
    let settings: YAMLTree

    private static let formats: [String: TextFormat] = [
        "email": .email, "uuid": .uuid, "ip address": .ipv4, "ipv4 address": .ipv4, "ipv6 address": .ipv6, "url": .uri,
    ]

    private func value(_ key: String) -> YAMLTree? {
        settings["valid \(key)"] ?? settings["valid_\(key.replacing(" ", with: "_"))"]
    }

    /// Nil where the settings say nothing, or several things that no one rule says.
    var rule: YAMLTree? {
        if let values = value("values"), values.isList { return DraftRule.validValues(values) }
        if let pattern = value("regex")?.string ?? value("format")?["regex"]?.string {
            return (try? TextPattern(pattern)) == nil ? nil : DraftRule.pattern(pattern)
        }
        if let word = value("format")?.string {
            guard let format = Self.formats[word.lowercased()] else { return nil }
            return DraftRule.pattern("^(\(format.expression))$")
        }
        let quoted = SQL.quote(column)
        let parts = [
            value("min")?.string.map { "\(quoted) >= \($0)" }, value("max")?.string.map { "\(quoted) <= \($0)" },
            value("min length")?.string.map { "length(\(quoted)) >= \($0)" },
            value("max length")?.string.map { "length(\(quoted)) <= \($0)" },
            value("length")?.string.map { "length(\(quoted)) = \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : DraftRule.condition(parts.joined(separator: " AND "))
    }
}
