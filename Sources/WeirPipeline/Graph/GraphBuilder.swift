import WeirCore
import WeirEngine
import WeirQuality

/// Reads every model's SQL and finds what depends on what.
struct GraphBuilder {
    let project: Project
    let problems: Problems
    private let known: [String: TableName]

    init(project: Project, problems: Problems) {
        self.project = project
        self.problems = problems
        let names = project.tableNames
        known = Dictionary(names.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The graph; mistakes go to the problems, and tables with mistakes are left out of it.
    func build(on connection: isolated Connection) -> ProjectGraph {
        var nodes = project.sources.map { source in
            GraphNode(
                name: source.name, kind: .source, inputs: [],
                waitsFor: referenced(project.tableContract(for: source.name), by: source.name), query: nil,
                fingerprint: Definition.fingerprint(of: source),
                contractMark: mark(source.contract, of: source.name, onFail: source.onFail))
        }
        // A statement that breaks the question is asked about alone, where its mistake has a place.
        let trees = try? SyntaxTrees(of: project.models.filter(\.dependsOn.isEmpty).map(\.sql), on: connection)
        nodes += project.models.compactMap { model in problems.catching { try node(model, trees, on: connection) } }
        return ProjectGraph(sorted: sort(nodes))
    }

    private func node(
        _ model: ModelDefinition, _ trees: SyntaxTrees?, on connection: isolated Connection
    ) throws -> GraphNode {
        var inputs = Set<TableName>()
        var query: ParsedQuery?
        let reported = problems.all.count
        if model.dependsOn.isEmpty {
            let parsed = try ParsedQuery.parse(model.sql, source: model.text, trees: trees, on: connection)
            query = parsed
            for reference in parsed.tables {
                if let name = resolve(reference, in: model) { inputs.insert(name) }
            }
        } else {
            for name in model.dependsOn {
                if let found = known[name.key] {
                    inputs.insert(found)
                } else {
                    reportUnknown(name.description, model, offset: nil)
                }
            }
        }
        return GraphNode(
            name: model.name, kind: .model, inputs: inputs.sorted(),
            waitsFor: referenced(project.tableContract(for: model.name), by: model.name), query: query,
            fingerprint: try Definition.fingerprint(
                of: model, normalised: query?.normalised ?? model.sql,
                output: model.ai.flatMap { try ResolvedStep.output($0, in: project) }, settings: project.ai),
            contractMark: mark(model.contract, of: model.name, onFail: model.onFail),
            hasUnknownInputs: problems.all.count > reported)
    }

    private func resolve(_ reference: TableReference, in model: ModelDefinition) -> TableName? {
        if reference.catalog == "system" || reference.schema == "information_schema" { return nil }
        guard let name = reference.name else {
            let position = model.text.position(utf8Offset: reference.utf8Offset)
            let near = known.values.filter { $0.table.lowercased() == reference.table.lowercased() }.sorted()
            problems.add(
                model.text.error(
                    "sql.unqualified-table", "the table \(reference.table) is named without its schema",
                    hint: near.isEmpty
                        ? "write schema.table" : "write \(near.map(\.description).joined(separator: " or "))",
                    line: position.line, column: position.column, length: reference.table.count))
            return nil
        }
        if name.key == model.name.key {
            let position = model.text.position(utf8Offset: reference.utf8Offset)
            problems.add(
                model.text.error(
                    "graph.self-reference", "\(model.name) reads itself",
                    hint: "to build on earlier rows use strategy merge, append or interval, which keep them",
                    line: position.line, column: position.column, length: name.description.count))
            return nil
        }
        if let found = known[name.key] { return found }
        reportUnknown(name.description, model, offset: reference.utf8Offset)
        return nil
    }

    private func reportUnknown(_ name: String, _ model: ModelDefinition, offset: Int?) {
        let hint =
            DidYouMean.closest(to: name, among: known.values.map(\.description).sorted()).map { "did you mean \($0)?" }
            ?? "a table comes from a file in sources/ or models/; this project has no \(name)"
        guard let offset else {
            problems.add(WeirError("sql.unknown-table", "there is no table \(name)", hint: hint, at: model.place))
            return
        }
        let position = model.text.position(utf8Offset: offset)
        problems.add(
            model.text.error(
                "sql.unknown-table", "there is no table \(name)", hint: hint, line: position.line,
                column: position.column, length: name.count))
    }

    private func mark(_ path: String?, of name: TableName, onFail: OnFail?) -> String? {
        project.tableContract(path, for: name).map { contract in
            Definition.mark(of: contract, policy: project.onFail(onFail, contract))
        }
    }

    /// Tables that the contract's foreign keys point to.
    private func referenced(_ contract: TableContract?, by name: TableName) -> [TableName] {
        guard let contract else { return [] }
        let tables = contract.rules.compactMap(\.otherTable).compactMap { resolveTable($0, near: name) }
        return Set(tables).subtracting([name]).sorted()
    }

    /// A table as a contract names it: `schema.table`, or a table alone, preferably of the same schema.
    func resolveTable(_ text: String, near name: TableName) -> TableName? {
        if let found = known[text.lowercased()] { return found }
        if let found = known["\(name.schema).\(text)".lowercased()] { return found }
        let same = known.values.filter { $0.table.lowercased() == text.lowercased() }
        return same.count == 1 ? same.first : nil
    }

    // MARK: Order

    /// Inputs first. Cycles are reported; an order that only a foreign key asks for gives way to one.
    private func sort(_ nodes: [GraphNode]) -> [GraphNode] {
        let byKey = Dictionary(nodes.map { ($0.name.key, $0) }, uniquingKeysWith: { first, _ in first })
        var done: [String: GraphNode] = [:]
        var sorted: [GraphNode] = []
        var path: [TableName] = []
        var reported = Set<Set<String>>()

        func visit(_ node: GraphNode) {
            if done[node.name.key] != nil { return }
            if let start = path.firstIndex(where: { $0.key == node.name.key }) {
                let cycle = Array(path[start...]) + [node.name]
                if reported.insert(Set(cycle.map(\.key))).inserted { report(cycle) }
                return
            }
            path.append(node.name)
            for input in node.inputs { if let next = byKey[input.key] { visit(next) } }
            var waits: [TableName] = []
            for name in node.waitsFor where !path.contains(where: { $0.key == name.key }) {
                if let next = byKey[name.key], !reaches(next, node, byKey) {
                    visit(next)
                    waits.append(name)
                }
            }
            path.removeLast()
            let placed = GraphNode(
                name: node.name, kind: node.kind, inputs: node.inputs, waitsFor: waits, query: node.query,
                fingerprint: node.fingerprint, contractMark: node.contractMark,
                hasUnknownInputs: node.hasUnknownInputs)
            done[node.name.key] = placed
            sorted.append(placed)
        }
        for node in nodes.sorted(by: { $0.name < $1.name }) { visit(node) }
        return sorted
    }

    private func reaches(_ from: GraphNode, _ target: GraphNode, _ byKey: [String: GraphNode]) -> Bool {
        var seen = Set<String>()
        var queue = [from]
        while let node = queue.popLast() {
            if node.name.key == target.name.key { return true }
            for next in node.inputs + node.waitsFor where seen.insert(next.key).inserted {
                if let found = byKey[next.key] { queue.append(found) }
            }
        }
        return false
    }

    private func report(_ cycle: [TableName]) {
        let first = project.model(cycle[0])
        problems.add(
            WeirError(
                "graph.cycle",
                "these tables read each other in a circle: \(cycle.map(\.description).joined(separator: " → "))",
                hint: "one of them must not read the next", at: first?.place))
    }
}
