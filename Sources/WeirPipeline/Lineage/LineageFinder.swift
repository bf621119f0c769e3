import WeirCore
import WeirStore

extension Runner {
    /// What a table or a column is made of and what is made of it, from the project itself: nothing need have been
    /// run, as long as the sources can be looked at.
    ///
    /// ```swift
    /// let answer = try await Runner(project, options: RunOptions()).lineage(of: "mart.delays.late_percent")
    /// ```
    ///
    /// - Parameters:
    ///   - text: `schema.table` or `schema.table.column`.
    ///   - withColumns: false leaves out the columns of a question about a whole table, which takes less time.
    /// - Throws: `lineage.unknown-table`, `lineage.unknown-column`, `plan.invalid`.
    public func lineage(
        of text: String, direction: LineageAnswer.Direction = .both, withColumns: Bool = true
    ) async throws -> LineageAnswer {
        let planned = try await survey(toleratesLock: true)
        let columns = Dictionary(
            planned.plan.nodes.map { ($0.name.key, $0.columns) }, uniquingKeysWith: { first, _ in first })
        let (table, column) = try LineageSubject(graph: planned.graph, columns: columns).read(text)
        var finder = LineageFinder(project: project, planned: planned, tracer: ColumnTracer(project, columns: columns))
        return await finder.answer(table, column, direction, withColumns: withColumns)
    }
}

/// Reads what a person asks about.
struct LineageSubject {
    let graph: ProjectGraph
    /// By the key of the table.
    let columns: [String: [Column]]

    func read(_ text: String) throws -> (TableName, column: String?) {
        let names = graph.order.map(\.name)
        if let table = names.first(where: { $0.key == text.lowercased() }) { return (table, nil) }
        // Names may hold dots themselves: the longest table that fits is meant.
        let fitting = names.filter { text.lowercased().hasPrefix($0.key + ".") }.max { $0.key.count < $1.key.count }
        if let fitting { return (fitting, try column(String(text.dropFirst(fitting.key.count + 1)), of: fitting)) }
        throw WeirError("lineage.unknown-table", "the project has no table \"\(text)\"", hint: hint(text, names))
    }

    private func column(_ wanted: String, of table: TableName) throws -> String {
        let known = (columns[table.key] ?? []).map(\.name)
        // Where a source cannot be read its columns are not known, and any may be asked for.
        if known.isEmpty { return wanted }
        if let found = known.first(where: { $0.lowercased() == wanted.lowercased() }) { return found }
        throw WeirError(
            "lineage.unknown-column", "\(table) has no column \"\(wanted)\"",
            hint: DidYouMean.hint(for: wanted, among: known))
    }

    private func hint(_ text: String, _ names: [TableName]) -> String? {
        let parts = text.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let shown = names.map(\.description)
        // The table's name alone, or a misspelt table with a column behind it.
        let bare = names.filter { $0.table.lowercased() == parts[0] }.map(\.description)
        if parts.count == 1, !bare.isEmpty {
            return "did you mean \(bare.map { "\"\($0)\"" }.joined(separator: " or "))?"
        }
        if parts.count > 2, let close = DidYouMean.closest(to: parts.dropLast().joined(separator: "."), among: shown) {
            return "did you mean \"\(close).\(parts[parts.count - 1])\"?"
        }
        return DidYouMean.hint(for: text, among: shown)
    }
}

/// Walks the graph and the columns.
struct LineageFinder {
    let project: Project
    let planned: Runner.Planned
    let tracer: ColumnTracer
    private var known: [String: [LineageEdge]] = [:]
    private var gaps: [LineageAnswer.Gap] = []

    init(project: Project, planned: Runner.Planned, tracer: ColumnTracer) {
        self.project = project
        self.planned = planned
        self.tracer = tracer
    }

    mutating func answer(
        _ table: TableName, _ column: String?, _ direction: LineageAnswer.Direction, withColumns: Bool
    ) async -> LineageAnswer {
        let graph = planned.graph
        var reached: Set<String> = [table.key]
        var edges: [LineageEdge] = []
        for upstream in [true, false] where direction == .both || direction == (upstream ? .upstream : .downstream) {
            if let column {
                edges += await walk(table, column, upstream: upstream)
            } else {
                reached.formUnion(graph.closure(of: [table], upstream: upstream))
            }
        }
        if column != nil {
            reached.formUnion(edges.flatMap { [$0.node.lowercased(), $0.inputTable.lowercased()] })
        } else if withColumns {
            for node in graph.order where reached.contains(node.name.key) {
                edges += await self.edges(of: node.name).filter { reached.contains($0.inputTable.lowercased()) }
            }
        }
        let tables = graph.order.filter { reached.contains($0.name.key) }
        let links = tables.flatMap { node in
            node.inputs.filter { reached.contains($0.key) }.map { LineageAnswer.Link(from: $0, to: node.name) }
        }
        return LineageAnswer(
            table: table, column: column, direction: direction,
            tables: tables.map { node in
                LineageAnswer.Table(name: node.name, kind: node.kind, origin: project.source(node.name)?.originText)
            }, links: links, columns: edges, gaps: gaps)
    }

    /// Follows one column; what only decides about rows is named and not followed further.
    private mutating func walk(_ table: TableName, _ column: String, upstream: Bool) async -> [LineageEdge] {
        var found: [LineageEdge] = []
        var seen: Set<[String]> = [[table.key, column.lowercased()]]
        var queue = [(table: table.description, column: column)]
        while !queue.isEmpty {
            let next = queue.removeFirst()
            for edge in await edges(at: next.table, next.column, upstream: upstream) where !found.contains(edge) {
                found.append(edge)
                if edge.kind == .influence { continue }
                let end =
                    upstream
                    ? (table: edge.inputTable, column: edge.inputColumn) : (table: edge.node, column: edge.column)
                if seen.insert([end.table.lowercased(), end.column.lowercased()]).inserted { queue.append(end) }
            }
        }
        return found
    }

    private mutating func edges(at table: String, _ column: String, upstream: Bool) async -> [LineageEdge] {
        guard let name = TableName(table) else { return [] }
        if upstream {
            return await edges(of: name).filter { $0.column.isEmpty || LineageAnswer.same($0.column, column) }
        }
        var found: [LineageEdge] = []
        for reader in planned.graph.consumers(of: name) {
            found += await edges(of: reader).filter {
                LineageAnswer.same($0.inputTable, table) && LineageAnswer.same($0.inputColumn, column)
            }
        }
        return found
    }

    /// Where the columns of one model come from. Sources come from outside.
    mutating func edges(of name: TableName) async -> [LineageEdge] {
        if let edges = known[name.key] { return edges }
        guard let model = project.model(name), let node = planned.graph[name] else { return [] }
        let lineage = await tracer.lineage(of: model, inputs: node.inputs)
        if lineage == nil {
            let cause = planned.plan[name]?.problem?.message
            gaps.append(LineageAnswer.Gap(table: name, why: cause ?? "its SQL could not be followed"))
        }
        let edges = lineage?.edges(of: name) { planned.graph[$0]?.name.description ?? $0.description } ?? []
        known[name.key] = edges
        return edges
    }
}
