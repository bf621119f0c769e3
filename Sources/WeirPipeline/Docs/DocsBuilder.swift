import Foundation
import WeirCore
import WeirQuality
import WeirStore

extension Runner {
    /// Writes the documentation of the project as a static site.
    ///
    /// It shows what is known: the project's files always, what the tables look like where the sources can be looked
    /// at, and the last runs where there were any.
    ///
    /// - Parameter folder: path of the site's folder; it is made where it is missing.
    /// - Throws: `plan.invalid` with every mistake in the models, `docs.not-written`.
    public func writeDocs(to folder: String) async throws -> DocsResult {
        let model = try await docs()
        let index = try DocsSite.write(to: folder, model: model.value)
        return DocsResult(index: index, tables: model.value.tables.count, warnings: model.warnings)
    }

    func docs() async throws -> (value: DocsModel, warnings: [WeirError]) {
        let planned = try await survey(toleratesLock: true)
        var warnings: [WeirError] = []
        let book: RunBook
        do {
            book = try await RunBook.open(project)
        } catch {
            // The site is of more use without the last runs than not at all.
            warnings.append(.wrapping(error))
            book = RunBook(store: nil)
        }
        let columns = Dictionary(
            planned.plan.nodes.map { ($0.name.key, $0.columns) }, uniquingKeysWith: { first, _ in first })
        let tracer = ColumnTracer(project, columns: columns)
        let index = TestIndex(project)
        let results = try await book.lastTests(environment: environment.name)
        var tables: [DocsTable] = []
        for node in planned.graph.order {
            let runs = try await book.history(of: node.name, environment: environment.name, limit: 10)
            var madeOf: [String: [String]] = [:]
            if let model = project.model(node.name), let lineage = await tracer.lineage(of: model, inputs: node.inputs)
            {
                for column in lineage.columns {
                    madeOf[column.name.lowercased()] = column.inputs.reduce(into: []) { list, input in
                        let text = "\(input.table).\(input.column)"
                        if !list.contains(text) { list.append(text) }
                    }
                }
            }
            let page = DocsPage(project: project, node: node, columns: columns[node.name.key] ?? [], madeOf: madeOf)
            tables.append(
                page.table(
                    tests: DocsTest.list(
                        index.tests(of: node.name), results, of: node.name, environment: environment.name), runs: runs))
        }
        let newest = (tables.compactMap(\.runs.first?.startedAt) + tables.flatMap(\.tests).compactMap(\.at)).max()
        return (
            DocsModel(
                project: project.name, weirVersion: Weir.version, environment: environment.name, updatedAt: newest,
                tables: tables),
            warnings
        )
    }
}

extension DocsTest {
    /// The tests that a table has now, with how they ended when they were last run; then its contract's, where it was
    /// held against it.
    static func list(
        _ tests: [TestIndex.Entry], _ results: [TestRecord], of table: TableName, environment: String?
    ) -> [DocsTest] {
        let own = results.filter { $0.node.lowercased() == table.key }
        func test(_ name: String, _ file: String, _ result: TestRecord?) -> DocsTest {
            DocsTest(name: name, file: file, passed: result.map { $0.status == .passed }, at: result?.at)
        }
        let models = tests.map { entry in
            test(entry.name, entry.file, own.first { $0.file == entry.file && $0.name == entry.name })
        }
        let contract = own.filter {
            [TestMemory.rows, TestMemory.columns].contains($0.name) && $0.environment == environment
        }
        return models + contract.map { test($0.name, $0.file, $0) }
    }
}

/// Where a site was written.
public struct DocsResult: Sendable, Encodable {
    /// Path of the first page.
    public var index: String
    /// Pages beside it.
    public var tables: Int
    /// What could not be shown.
    public var warnings: [WeirError]
}

/// One table of the site, from the project's definitions.
struct DocsPage {
    let project: Project
    let node: GraphNode
    /// As they are or will be published; empty when that is not known.
    let columns: [Column]
    /// By lower-case name of the column.
    let madeOf: [String: [String]]

    func table(tests: [DocsTest], runs: [NodeRecord]) -> DocsTable {
        let model = project.model(node.name)
        let source = project.source(node.name)
        let notes = model?.notes ?? source?.notes ?? TableNotes()
        let contract = project.tableContract(for: node.name)
        return DocsTable(
            name: node.name.description, kind: node.kind == .source ? .source : .model,
            strategy: (model?.load ?? source?.load)?.strategy.rawValue, why: notes.why ?? contract?.description,
            owner: notes.owner, tags: notes.tags, decisions: notes.decisions,
            file: (model?.place ?? source?.place)?.file,
            origin: source?.originText, contract: model?.contract ?? source?.contract,
            columns: described(notes, contract),
            rules: (contract?.rules ?? []).filter { $0.columns.count != 1 }.map(\.words), sql: model.map(Self.select),
            inputs: node.inputs.map(\.description),
            tests: tests, runs: runs.map(Self.run))
    }

    private func described(_ notes: TableNotes, _ contract: TableContract?) -> [DocsColumn] {
        var known = columns
        if known.isEmpty {
            known = (contract?.columns ?? []).map { Column(name: $0.columnName, type: $0.declaredType ?? "") }
        }
        return known.map { column in
            let key = column.name.lowercased()
            return DocsColumn(
                name: column.name, type: column.type,
                description: notes.description(of: column.name) ?? contract?.column(column.name)?.description,
                rules: contract?.words(for: column.name) ?? [], madeOf: madeOf[key] ?? [])
        }
    }

    /// The SQL without the header, whose content stands on the page already.
    private static func select(_ model: ModelDefinition) -> String {
        guard HeaderComment.find(in: model.sql) != nil, let end = model.sql.range(of: "*/") else { return model.sql }
        return model.sql[end.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func run(_ node: NodeRecord) -> DocsRun {
        DocsRun(
            id: node.runID, startedAt: node.startedAt, durationMs: node.durationMs, status: node.status.rawValue,
            reason: node.reason, rowsIn: node.rowsIn, rowsPublished: node.rowsPublished,
            rowsQuarantined: node.rowsQuarantined, rowsFiltered: node.rowsFiltered)
    }
}
