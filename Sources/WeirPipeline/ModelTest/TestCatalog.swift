import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// What the columns of the project's tables are, found without the warehouse.
///
/// A source's columns come from its local files, where they are there, and from its own and its contract's
/// declarations; a model's from binding its SQL. A test never reaches out to a database or a network for them.
struct TestCatalog: Sendable {
    struct Shape: Sendable {
        var columns: [Column]
        /// False when the table may have more columns than are known.
        var isComplete: Bool
        /// The columns are those that a contract declares, since nothing shows the real ones.
        var isDeclared = false
    }

    let graph: ProjectGraph
    private let shapes: [String: Shape]

    /// Nothing is known of a table that no file and no contract describes.
    subscript(name: TableName) -> Shape { shapes[name.key] ?? Shape(columns: [], isComplete: false) }

    /// - Throws: `plan.invalid` with the mistakes that keep the graph from being drawn.
    static func graph(of project: Project) async throws -> ProjectGraph {
        try await TestScratch.open().use { connection in
            let problems = Problems()
            let graph = GraphBuilder(project: project, problems: problems).build(on: connection)
            try problems.throwIfAny("plan.invalid") { "the models have \($0) mistakes" }
            return graph
        }
    }

    /// - Parameter models: those to be tested; only what they are made from is looked at.
    static func make(_ project: Project, graph: ProjectGraph, models: [TableName]) async throws -> TestCatalog {
        let wanted = graph.closure(of: models, upstream: true)
        return try await TestScratch.open().use { connection in
            var shapes: [String: Shape] = [:]
            var catalog = ShadowCatalog()
            for node in graph.order where wanted.contains(node.name.key) {
                let shape =
                    if let source = project.source(node.name) {
                        shape(of: source, project, on: connection)
                    } else if let model = project.model(node.name) {
                        shape(of: model, project, &catalog, on: connection)
                    } else { Shape(columns: [], isComplete: false) }
                shapes[node.name.key] = shape
                let extra = shape.isComplete || shape.columns.isEmpty ? [] : [probe]
                try catalog.add(node.name, columns: shape.columns + extra, on: connection)
            }
            return TestCatalog(graph: graph, shapes: shapes)
        }
    }

    private static func shape(
        of source: SourceDefinition, _ project: Project, on connection: isolated Connection
    ) -> Shape {
        if case .files(let origin) = source.origin, !origin.patterns.contains(where: { $0.contains("://") }) {
            let inspector = SourceInspector(project: project, source: source, checkpoint: nil, loaded: [])
            if let input = try? inspector.inspect(on: connection), !input.columns.isEmpty {
                return Shape(columns: input.columns, isComplete: true)
            }
        }
        return declared(source.columns, project.tableContract(for: source.name))
    }

    private static func shape(
        of model: ModelDefinition, _ project: Project, _ catalog: inout ShadowCatalog,
        on connection: isolated Connection
    ) -> Shape {
        guard let columns = try? catalog.bind(model, in: project, to: [], on: connection) else {
            return declared([], project.tableContract(for: model.name))
        }
        // A star passes on the probe of an input that may have more columns than are known.
        let known = columns.filter { !$0.name.lowercased().hasPrefix(probe.name) }
        return Shape(
            columns: ShadowCatalog.published(known, model.load), isComplete: known.count == columns.count)
    }

    /// A column that no table has.
    private static let probe = Column(name: "_weir_probe", type: "INTEGER")

    private static func declared(_ columns: [Column], _ contract: TableContract?) -> Shape {
        var columns = columns
        for column in contract?.columns ?? [] {
            guard let type = column.declaredType,
                !columns.contains(where: { $0.name.lowercased() == column.columnName.lowercased() })
            else { continue }
            columns.append(Column(name: column.columnName, type: type))
        }
        // A contract that tells every column's type tells the table; types in a source are often of a few columns only.
        let isWhole =
            !(contract?.columns ?? []).isEmpty && contract?.columns.allSatisfy { $0.declaredType != nil } == true
        return Shape(columns: columns, isComplete: isWhole, isDeclared: isWhole)
    }
}
