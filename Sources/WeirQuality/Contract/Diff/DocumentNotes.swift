import WeirCore

/// Changes of what a contract only describes, and of service levels that no table shows.
struct DocumentNotes {
    let old: ContractDocument
    let new: ContractDocument
    let files: (old: ContractFile, new: ContractFile)

    /// Keys whose changes are told by comparing what the contracts mean.
    private static let compared: Set<String> = [
        "apiVersion", "version", "status", "name", "physicalName", "logicalType", "physicalType", "required", "unique",
        "primaryKey", "primaryKeyPosition", "logicalTypeOptions", "enum", "quality", "relationships", "classification",
        "schema", "properties", "items", "map",
    ]

    var changes: [ContractChange] {
        // Both in one form, so that a spelling of v3.0 differs from none.
        let (before, after) = (Self.described(old.canonical), Self.described(new.canonical))
        var changes: [ContractChange] = []
        for (path, value) in before where after[path]?.value.plain != value.value.plain {
            changes.append(
                note(path, after[path] == nil ? "is gone" : "changed", after[path] ?? value, isNew: after[path] != nil))
        }
        for (path, value) in after where before[path] == nil {
            changes.append(note(path, "is new", value, isNew: true))
        }
        return changes.sorted {
            ($0.table ?? "", $0.column ?? "", $0.what) < ($1.table ?? "", $1.column ?? "", $1.what)
        }
    }

    private struct Path: Hashable {
        var steps: [String]
        var key: String
    }

    private static func described(_ tree: YAMLTree) -> [Path: YAMLTree.Entry] {
        var found: [Path: YAMLTree.Entry] = [:]
        let wholes: Set<String> = [
            "servers", "team", "roles", "support", "price", "slaProperties", "customProperties", "description",
            "synonyms", "authoritativeDefinitions", "quality", "relationships", "enum", "logicalTypeOptions",
        ]
        StandardWalk.each(in: tree) { step in
            if compared.contains(step.entry.key) || step.path.contains(where: wholes.contains) { return }
            found[Path(steps: step.path, key: step.entry.key)] = step.entry
        }
        return found
    }

    private func note(_ path: Path, _ what: String, _ entry: YAMLTree.Entry, isNew: Bool) -> ContractChange {
        let file = isNew ? files.new.source.path : files.old.source.path
        let name = (path.steps + [path.key]).joined(separator: ".")
        let isPromise = ["slaProperties", "servers"].contains(path.key)
        return ContractChange(
            .note, table: path.steps.first, column: path.steps.count > 1 ? path.steps[1] : nil, "\(name) \(what)",
            why: isPromise ? "people decide what it means: Weir does not check it" : "it is told to people only",
            at: Place(file: file, line: entry.line > 0 ? entry.line : nil, column: entry.line > 0 ? entry.column : nil))
    }
}
