import WeirCore

/// Goes through a contract's document along the standard's vocabulary.
enum StandardWalk {
    /// A key of the standard where it stands in a document.
    struct Step {
        let entry: YAMLTree.Entry
        let key: Vocabulary.Key
        /// Names on the way: `orders`, `email`; positions where there is no name.
        let path: [String]
        /// The mapping that holds the key.
        let parent: YAMLTree
        /// The version that the key, or the value of it, came with.
        let since: StandardVersion
        /// The version that what holds the key came with.
        let floor: StandardVersion
    }

    /// Calls `visit` for every entry whose key is in the vocabulary, from the top down.
    static func each(in tree: YAMLTree, _ visit: (Step) -> Void) { walk(tree, .root, [], .v300, visit) }

    private static func walk(
        _ tree: YAMLTree, _ vocabulary: Vocabulary, _ path: [String], _ floor: StandardVersion, _ visit: (Step) -> Void
    ) {
        for entry in tree.entries {
            guard let key = vocabulary.key(entry.key), !entry.value.isNull else { continue }
            let since = max(floor, key.since, version(of: entry, in: vocabulary))
            visit(Step(entry: entry, key: key, path: path, parent: tree, since: since, floor: floor))
            guard let inside = key.shape.inside else { continue }
            let isForm30 = entry.key == "team" && entry.value.isList
            for (index, item) in (entry.value.isList ? entry.value.items : [entry.value]).enumerated() {
                let name = item["name"] ?? item["property"] ?? item["server"] ?? item["role"] ?? item["channel"]
                let isPart = ["schema", "properties"].contains(entry.key)
                let step = isPart ? name?.string ?? "\(index + 1)" : entry.key
                walk(item, isForm30 ? .member : inside, path + [step], since, visit)
            }
        }
    }

    /// Values that came later than their key.
    private static func version(of entry: YAMLTree.Entry, in vocabulary: Vocabulary) -> StandardVersion {
        guard let word = entry.value.string else { return .v300 }
        switch (vocabulary.what, entry.key) {
        case (Vocabulary.column.what, "logicalType"):
            return ["map", "vector"].contains(word) ? .v320 : ["timestamp", "time"].contains(word) ? .v310 : .v300
        case (Vocabulary.table.what, "logicalType"): return word == "blob" ? .v320 : .v300
        case (Vocabulary.server.what, "type"): return Vocabulary.version(ofServer: word)
        default: return .v300
        }
    }
}
