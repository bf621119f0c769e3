import WeirCore

/// Writes a contract as ODCS v3.1.0 YAML, in the order a person reads it.
///
/// What Weir enforces is written back; descriptive parts that a contract value does not hold (team, servers,
/// price …) are not. Use it for new contracts, and edit existing files as text.
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
        var out = Lines()
        out.add("apiVersion: v3.1.0")
        out.add("kind: DataContract")
        out.add("id: \(YAMLText.text(safeID(id)))")
        if let name { out.add("name: \(YAMLText.text(name))") }
        out.add("version: \(versionText(version))")
        out.add("status: \(YAMLText.text(status))")
        if let description {
            out.add("description:")
            out.add("  purpose: \(YAMLText.text(description))")
        }
        out.add("schema:")
        for table in tables { out.indented(1) { TableWriter(table: table, evidence: evidence).write(to: &$0) } }
        let fresh = tables.flatMap { table in table.freshness.map { (table, $0) } }
        if !fresh.isEmpty { out.add("slaProperties:") }
        for (table, rule) in fresh {
            guard case .freshness(let seconds) = rule.kind, let path = rule.columns.first else { continue }
            out.add("  - property: latency")
            out.add("    value: \(seconds.plainText)")
            out.add("    unit: s")
            out.add("    element: \(YAMLText.text("\(table.name).\(path)"))")
        }
        return out.text
    }

    static func safeID(_ text: String) -> String {
        let safe = text.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" ? $0 : "-" }
        return safe.isEmpty ? "contract" : String(safe)
    }

    /// `1.0.0` is a text and stays plain; `1.0` would be read as a number.
    private static func versionText(_ version: String) -> String {
        version.split(separator: ".").count == 3 && version.allSatisfy { $0.isNumber || $0 == "." }
            ? version : YAMLText.text(version)
    }
}

/// Lines of YAML with an indentation of two spaces a level.
struct Lines {
    private(set) var all: [String] = []
    private var depth = 0

    mutating func add(_ line: String) { all.append(String(repeating: "  ", count: depth) + line) }

    mutating func indented(_ levels: Int, _ body: (inout Lines) -> Void) {
        depth += levels
        body(&self)
        depth -= levels
    }

    /// A list item whose keys follow: the first line gets the dash.
    mutating func item(_ body: (inout Lines) -> Void) {
        let start = all.count
        indented(1, body)
        guard start < all.count else { return }
        let indent = String(repeating: "  ", count: depth)
        all[start] = indent + "- " + all[start].dropFirst(indent.count + 2)
    }

    var text: String { all.joined(separator: "\n") + "\n" }
}
