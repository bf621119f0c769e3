import WeirCore

/// A contract as a document: everything that its file says, also what Weir does not enforce.
///
/// ``yaml`` writes it in one form: keys in the order of the standard, deprecated spellings in today's, as v3.1.0, or
/// as v3.2.0 where something in it needs that. Reading what was written and writing it again gives the same bytes.
/// Comments are not kept: YAML's are no part of what a document says.
public struct ContractDocument: Sendable, Hashable {
    public var tree: YAMLTree

    public init(tree: YAMLTree) { self.tree = tree }

    /// The earliest version, from v3.1.0 on, that has words for everything in the document.
    public var version: StandardVersion {
        var needed = StandardVersion.written
        StandardWalk.each(in: tree) { needed = max(needed, $0.since) }
        // Up to v3.1 a contract has to have a status.
        return tree["status"] == nil ? max(needed, .v320) : needed
    }

    /// The document in its one form.
    public var canonical: YAMLTree {
        var tree = Modern.contract(tree)
        tree.set("apiVersion", .plain(ContractDocument(tree: tree).version.description))
        return Self.ordered(tree, .root)
    }

    public var yaml: String { YAMLWriter.text(of: canonical) }

    private static func ordered(_ tree: YAMLTree, _ vocabulary: Vocabulary) -> YAMLTree {
        guard case .map(let entries) = tree else { return tree }
        let places = Dictionary(
            vocabulary.keys.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let sorted = entries.enumerated().sorted {
            (places[$0.element.key] ?? .max, $0.offset) < (places[$1.element.key] ?? .max, $1.offset)
        }
        return .map(
            sorted.map { _, entry in
                var entry = entry
                guard let inside = vocabulary.key(entry.key)?.shape.inside else { return entry }
                if case .list(let items) = entry.value {
                    entry.value = .list(items.map { ordered($0, inside) })
                } else {
                    entry.value = ordered(entry.value, inside)
                }
                return entry
            })
    }
}

/// Puts spellings of v3.0 into those of v3.1. What they say stays the same.
private enum Modern {
    static func contract(_ tree: YAMLTree) -> YAMLTree {
        var tree = tree
        if let team = tree["team"], team.isList { tree.set("team", .object(["members": team])) }
        change("schema", of: &tree, object)
        return tree
    }

    private static func change(_ key: String, of tree: inout YAMLTree, _ body: (YAMLTree) -> YAMLTree) {
        guard let value = tree[key] else { return }
        tree.set(key, value.isList ? .list(value.items.map(body)) : value.isMap ? body(value) : value)
    }

    private static func object(_ tree: YAMLTree) -> YAMLTree {
        var tree = tree
        change("properties", of: &tree, object)
        change("items", of: &tree, object)
        change("map", of: &tree) { pair in
            var pair = pair
            change("key", of: &pair, object)
            change("value", of: &pair, object)
            return pair
        }
        change("logicalTypeOptions", of: &tree, bounds)
        change("quality", of: &tree, rule)
        return tree
    }

    /// `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0`.
    private static func bounds(_ tree: YAMLTree) -> YAMLTree {
        var tree = tree
        for (plain, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            guard case .bool(let isExclusive)? = tree[exclusive]?.plain else { continue }
            let bound = tree[plain]
            tree.set(exclusive, isExclusive ? bound : nil)
            if isExclusive { tree.set(plain, nil) }
        }
        return tree
    }

    private static func rule(_ tree: YAMLTree) -> YAMLTree {
        var tree = tree
        if let cron = tree["scheduleCronExpression"], tree["schedule"] == nil {
            tree.set("scheduleCronExpression", nil)
            tree.set("schedule", cron)
            if tree["scheduler"] == nil { tree.set("scheduler", .plain("cron")) }
        }
        guard let name = tree["rule"]?.string, tree["metric"] == nil else { return tree }
        tree.set("rule", nil)
        tree.set("metric", .plain(OldMetrics.names[name] ?? name))
        if let values = tree["validValues"] {
            tree.set("validValues", nil)
            tree.set("arguments", .object(["validValues": values]))
        }
        if name == "nullCheck", !LimitReader.operators.contains(where: { tree[$0] != nil }) {
            tree.set("mustBe", .int(0))
        }
        return tree
    }
}

/// The names of metrics in v3.0, under the key `rule`.
enum OldMetrics {
    static let names = [
        "duplicateCount": "duplicateValues", "validValues": "invalidValues", "nullCheck": "nullValues",
        "countCheck": "rowCount",
    ]
}
