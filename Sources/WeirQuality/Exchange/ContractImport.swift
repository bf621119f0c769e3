import WeirCore

/// Makes contracts from what other tools write.
public enum ContractImport {
    /// - Parameters:
    ///   - text: the other tool's file.
    ///   - path: shown in messages; its name is the contract's where the text has none.
    /// - Throws: the mistakes of the text. What is right and cannot be carried over is listed instead.
    public static func read(_ format: ImportFormat, text: String, path: String) async throws -> ImportedContract {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let name = file.split(separator: ".").first.map(String.init) ?? "contract"
        var draft: ContractDraft
        switch format {
        case .dbt: draft = DbtImport().read(try yaml(text, path), name: name)
        case .soda: draft = SodaImport().read(try yaml(text, path), name: name)
        case .greatExpectations:
            draft = GreatExpectationsImport().read(try JSONDocument.read(text, path: path), name: name)
        case .jsonSchema: draft = JSONSchemaImport(root: try JSONDocument.read(text, path: path)).read(name: name)
        case .avro:
            var avro = AvroImport()
            draft = avro.read(try JSONDocument.read(text, path: path), name: name)
        case .sql: draft = try await SQLImport(text: text, path: path).read(name: name)
        }
        if draft.tables.isEmpty {
            throw WeirError(
                "contract.nothing-imported", "\(path) describes no table in the form of \(format.rawValue)",
                hint: draft.notCarried.first.map { "\($0.what): \($0.why)" }, at: Place(file: path))
        }
        return checked(draft.imported, path)
    }

    private static func yaml(_ text: String, _ path: String) throws -> YAMLTree {
        let problems = Problems()
        let tree = YAMLFile(path: path, text: text, problems: problems).root()?.tree
        try problems.throwIfAny("contract.invalid") { "\(path) has \($0) mistakes" }
        return tree ?? .map([])
    }

    /// What was made must load: a part that does not (a type of another database, a list without values) is left out and
    /// told, and the rest is kept.
    private static func checked(_ imported: ImportedContract, _ path: String) -> ImportedContract {
        var imported = imported
        for _ in 0..<200 {
            let file = ContractFile(path: path, text: imported.document.yaml)
            guard let error = file.errors.first, let line = error.place?.line, let document = file.document else {
                break
            }
            guard let smaller = TreeCut.withoutEntry(at: line, in: document.tree) else { break }
            imported.document.tree = smaller.tree
            imported.notCarried.append(NotCarried(at: smaller.at, what: smaller.what, why: error.message))
        }
        return imported
    }
}

/// Takes the smallest rule or option out of a contract's document that begins at or before a line.
enum TreeCut {
    static func withoutEntry(at line: Int, in tree: YAMLTree) -> (tree: YAMLTree, at: String, what: String)? {
        cut(tree, line, names: [])
    }

    private static let removable: Set<String> = [
        "quality", "relationships", "slaProperties", "customProperties", "enum", "synonyms",
    ]

    private static func cut(
        _ tree: YAMLTree, _ line: Int, names: [String]
    ) -> (tree: YAMLTree, at: String, what: String)? {
        var entries = tree.entries
        guard let index = entries.lastIndex(where: { $0.line > 0 && $0.line <= line }) else { return nil }
        let entry = entries[index]
        let path = names + (tree["name"]?.string.map { [$0] } ?? [])
        func made(_ value: YAMLTree?) -> YAMLTree {
            if let value { entries[index].value = value } else { entries.remove(at: index) }
            return .map(entries)
        }
        let items = entry.value.items
        if let position = items.lastIndex(where: { item in
            item.entries.first.map { $0.line > 0 && $0.line <= line } ?? false
        }) {
            var changed = items
            if removable.contains(entry.key) {
                changed.remove(at: position)
                return (
                    made(changed.isEmpty ? nil : .list(changed)), path.joined(separator: "."),
                    YAMLText.flow(items[position])
                )
            }
            if let inner = cut(items[position], line, names: path) {
                changed[position] = inner.tree
                return (made(.list(changed)), inner.at, inner.what)
            }
        }
        if entry.value.isMap, ["logicalTypeOptions", "items", "map"].contains(entry.key),
            let inner = cut(entry.value, line, names: path)
        {
            return (made(inner.tree.entries.isEmpty ? nil : inner.tree), inner.at, inner.what)
        }
        if ["apiVersion", "kind", "id", "version", "schema", "properties", "name"].contains(entry.key) { return nil }
        return (made(nil), path.joined(separator: "."), "\(entry.key): \(YAMLText.flow(entry.value))")
    }
}
