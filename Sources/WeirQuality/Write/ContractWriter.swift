import WeirCore

/// Writes new contracts from tables and their rules, as ODCS v3.1.0 YAML in the order a person reads it.
///
/// What Weir enforces is written; a contract that is already a file is written again by ``ContractDocument``, with
/// everything in it.
public enum ContractWriter {
    /// - Parameters:
    ///   - id: the contract's id; white space and signs that ids must not have become `-`.
    ///   - status: `draft` for a proposal.
    ///   - evidence: by column, what a proposal rests on; written as comments.
    public static func yaml(
        for tables: [TableContract], id: String, name: String? = nil, version: String = "1.0.0",
        status: String = "draft",
        description: String? = nil, evidence: [String: [String]] = [:]
    ) -> String {
        document(
            for: tables, id: id, name: name, version: version, status: status, description: description,
            evidence: evidence
        ).yaml
    }

    /// The same as a document.
    static func document(
        for tables: [TableContract], id: String, name: String? = nil, version: String = "1.0.0",
        status: String = "draft", description: String? = nil, evidence: [String: [String]] = [:]
    ) -> ContractDocument {
        var tree = YAMLTree.object([
            "kind": .plain("DataContract"), "id": .said(safeID(id)), "name": name.map(YAMLTree.said),
            "version": .plain(version), "status": .plain(status),
            "description": description.map { .object(["purpose": .said($0)]) },
            "schema": .list(tables.map { TableWriter(table: $0, evidence: evidence).tree }),
        ])
        // `1.0` would be read as a number, `1.0.0` is a text.
        if YAMLTree.plain(version).plain != .string(version) { tree.set("version", .text(version)) }
        for table in tables {
            for rule in table.freshness { tree.append("slaProperties", latency(rule, of: table)) }
        }
        return ContractDocument(tree: tree)
    }

    private static func latency(_ rule: Rule, of table: TableContract) -> YAMLTree {
        guard case .freshness(let seconds) = rule.kind, let path = rule.columns.first else { return .map([]) }
        return .object([
            "property": .plain("latency"), "value": .plain(seconds.plainText), "unit": .plain("s"),
            "element": .said("\(table.name).\(path)"),
        ])
    }

    static func safeID(_ text: String) -> String {
        let safe = text.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" ? $0 : "-" }
        return safe.isEmpty ? "contract" : String(safe)
    }
}

extension YAMLTree {
    /// A text that no `${…}` in it may change: it is taken for a reference to a variable otherwise.
    static func said(_ text: String) -> YAMLTree { .text(text.replacing("${", with: "$${")) }
}
