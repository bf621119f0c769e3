import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Compares what a source would read with the table that is there, and applies the schema policy.
struct SchemaReconciler {
    let source: SourceDefinition
    let checkpoint: Checkpoint?
    let contract: TableContract?

    /// Settles the types of the input's columns.
    ///
    /// - Throws: `schema.missing-column` when the input lost a column that the table has: it is never silently
    ///   filled. `schema.frozen` when the policy is freeze and anything differs.
    func reconcile(_ input: inout SourceInput, on connection: isolated Connection) throws {
        guard let checkpoint else { return try compareFiles(&input, on: nil) }
        guard !input.files.isEmpty || input.allFiles.isEmpty else { return }
        let policy = source.load.schema
        let current = Dictionary(
            checkpoint.columns.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        try checkMissing(input, checkpoint)
        var added: [Column] = []
        var retyped: [(name: String, from: String, to: String)] = []
        var columns: [Column] = []
        for column in input.columns {
            guard let known = current[column.name.lowercased()] else {
                added.append(column)
                if policy != .ignore { columns.append(column) }
                continue
            }
            var type = column.type
            if input.undeclared.contains(column.name.lowercased()) {
                type = policy == .evolve ? try widened(known, column, input, on: connection) : known.type
            }
            if type != known.type { retyped.append((column.name, known.type, type)) }
            columns.append(Column(name: column.name, type: type))
        }
        if policy == .freeze, !added.isEmpty || !retyped.isEmpty { throw frozen(added, retyped) }
        if policy == .ignore, !added.isEmpty {
            input.notices.append("left out by `schema: ignore`: \(added.map(\.name).joined(separator: ", "))")
        }
        for column in added where policy == .evolve { input.notices.append("new column \(column.name) \(column.type)") }
        if policy == .evolve { try compareFiles(&input, on: Set(added.map { $0.name.lowercased() })) }
        for change in retyped { input.notices.append("column \(change.name): \(change.from) → \(change.to)") }
        input.columns = columns
    }

    /// Texts are read as what the table has until it is known how many of them do not fit: one word among numbers is
    /// a bad row. Values with a type of their own are widened to what holds them all.
    private func widened(
        _ known: Column, _ new: Column, _ input: SourceInput, on connection: isolated Connection
    ) throws -> String {
        if input.reader != nil, input.readerTypes[new.name.lowercased()] == nil { return known.type }
        return try TypeWidening.common(known.type, new.type, on: connection)
    }

    /// On a first load there is no table to compare with: the files are compared with each other, and later for the
    /// columns that are new.
    private func compareFiles(_ input: inout SourceInput, on wanted: Set<String>?) throws {
        guard input.groups.count > 1 else { return }
        let optional = Set(source.load.optional.map { $0.lowercased() })
        let names = input.groups.flatMap(\.header)
        var seen = Set<String>()
        let all = names.filter { name in
            seen.insert(name.lowercased()).inserted && !optional.contains(name.lowercased())
                && wanted?.contains(name.lowercased()) ?? true
        }
        for group in input.groups {
            let present = Set(group.header.map { $0.lowercased() })
            let missing = all.filter { !present.contains($0.lowercased()) }
            guard !missing.isEmpty, let file = group.files.first else { continue }
            let more = group.files.count > 1 ? " and \(group.files.count - 1) more" : ""
            let what = "\(file.name)\(more) \(more.isEmpty ? "has" : "have") no \(missing.joined(separator: ", "))"
            if source.load.schema == .freeze {
                throw WeirError(
                    "schema.frozen", "the files of \(source.name) do not have the same columns: \(what)",
                    hint:
                        "set `load.schema: evolve` to accept them, or list columns that may be absent in `load.optional`",
                    at: source.place, outcome: .gateFailed)
            }
            input.notices.append("\(what), and other files do: it is NULL there")
        }
    }

    private func checkMissing(_ input: SourceInput, _ checkpoint: Checkpoint) throws {
        let optional = Set(source.load.optional.map { $0.lowercased() })
        // A delimited delivery may be complete over all files and yet lack a column in one of them.
        let headers: [(file: String?, names: [String])] =
            input.groups.count > 1
            ? input.groups.map { ($0.files.first?.name, $0.header + fromPath(input)) }
            : [(input.files.first?.name, input.columns.map(\.name))]
        for header in headers {
            let present = Set(header.names.map { $0.lowercased() })
            let missing = checkpoint.columns.map(\.name).filter {
                !present.contains($0.lowercased()) && !optional.contains($0.lowercased())
            }
            if missing.isEmpty { continue }
            let known = Set(checkpoint.columns.map { $0.name.lowercased() })
            let new = header.names.filter { !known.contains($0.lowercased()) }
            var hint =
                "if it is gone for good, load with --full-refresh; if it may be absent, list it in `load.optional`"
            if let name = missing.first,
                let close = new.count == 1 ? new.first : DidYouMean.closest(to: name, among: new)
            {
                hint = "was it renamed to \(close)? \(hint)"
            }
            throw WeirError(
                "schema.missing-column",
                "\(header.file ?? "the input") no longer has \(missing.joined(separator: ", ")), and \(source.name) does",
                hint: hint, at: source.place, outcome: .gateFailed)
        }
    }

    private func fromPath(_ input: SourceInput) -> [String] {
        let inFiles = Set(input.groups.flatMap(\.header).map { $0.lowercased() })
        return input.columns.map(\.name).filter { !inFiles.contains($0.lowercased()) }
    }

    private func frozen(_ added: [Column], _ retyped: [(name: String, from: String, to: String)]) -> WeirError {
        let diff = added.map { "+ \($0.name) \($0.type)" } + retyped.map { "~ \($0.name) \($0.from) → \($0.to)" }
        return WeirError(
            "schema.frozen", "the input's columns are not those of \(source.name): \(diff.joined(separator: ", "))",
            hint: "set `load.schema: evolve` to accept them", at: source.place, outcome: .gateFailed)
    }
}
