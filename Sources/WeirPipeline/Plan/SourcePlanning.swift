import WeirConnect
import WeirCore

extension Planner {
    func planSource(
        _ source: SourceDefinition, _ node: GraphNode, inspect: (SourceDefinition, Checkpoint?) throws -> SourceInput
    ) -> PlannedNode {
        var entry = blank(node, strategy: source.load.strategy)
        let known = fullRefresh ? nil : built(node.name)
        if let production = sameInProduction(node) {
            return reference(node, to: production, strategy: source.load.strategy)
        }
        do {
            let input = try inspect(source, known)
            entry.columns = input.columns
            if let known, source.load.strategy != .replace {
                // Columns that only older files have stay in the table.
                let names = Set(input.columns.map { $0.name.lowercased() })
                entry.columns = known.columns.map { old in
                    input.columns.first { $0.name.lowercased() == old.name.lowercased() } ?? old
                }
                entry.columns += input.columns.filter { new in
                    !known.columns.contains { $0.name.lowercased() == new.name.lowercased() }
                }
                if names.isEmpty || input.files.isEmpty && !input.allFiles.isEmpty { entry.columns = known.columns }
            }
            let problems = Problems()
            NamedColumns(table: source.name, load: source.load, place: source.place)
                .check(entry.columns.map(\.name), problems)
            try problems.throwIfAny("plan.invalid") { "\(source.name) has \($0) mistakes" }
            decide(&entry, source, node, known, input)
        } catch {
            entry.problem = WeirError.wrapping(error)
            if entry.columns.isEmpty { entry.columns = known?.columns ?? [] }
            entry.status = known == nil ? .new : .stale
            entry.reasons = [
                entry.problem?.outcome == .wrongUsage ? "its settings have a mistake" : "the input cannot be read"
            ]
        }
        return entry
    }

    private func decide(
        _ entry: inout PlannedNode, _ source: SourceDefinition, _ node: GraphNode, _ known: Checkpoint?,
        _ input: SourceInput
    ) {
        let isIncremental = source.load.strategy != .replace
        guard let known else {
            let isNew = built(node.name) == nil
            entry.status = isNew ? .new : .stale
            entry.action = .build
            entry.startsAnew = checkpoint(node.name) != nil
            entry.reasons = [isNew ? "not loaded yet" : "full refresh"]
            return
        }
        let contractChanged = !known.knows(node)
        if isRebuilt(known, for: source.load.strategy) {
            entry.status = .changed
            entry.action = .build
            entry.startsAnew = true
            entry.reasons = [strategyChanged(known, source.load.strategy)]
        } else if isIncremental {
            if input.allFiles.isEmpty {
                entry.status = .stale
                entry.reasons = ["a database is asked for new rows on every run"]
            } else if input.files.isEmpty {
                entry.reasons = ["all \(input.allFiles.count) files are loaded"]
                guard contractChanged else { return }
                entry.reasons = []
                entry.isOnlyAudited = true
            } else {
                entry.status = .stale
                entry.reasons = [
                    input.files.count == 1 ? "new file \(input.files[0].name)" : "\(input.files.count) new files"
                ]
            }
            entry.action = .load
            if contractChanged {
                entry.status = .changed
                entry.reasons.insert(Self.contractChanged, at: 0)
            }
        } else if known.fingerprint != node.fingerprint {
            entry.status = .changed
            entry.action = .build
            entry.reasons = ["the source's definition changed"] + (contractChanged ? [Self.contractChanged] : [])
        } else if contractChanged {
            entry.status = .changed
            entry.action = .build
            entry.reasons = [Self.contractChanged]
        } else if let version = input.version, known.inputs[SourceInput.versionKey] == version {
            entry.reasons = ["the files are those loaded at \(known.publishedAt)"]
        } else {
            entry.status = .stale
            entry.action = .build
            entry.reasons = [input.version == nil ? "a database is read on every run" : "the files have changed"]
        }
    }
}
