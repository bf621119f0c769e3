import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Makes the catalogue of a project from its files and its warehouse.
public struct CatalogueReader: Sendable {
    let project: Project
    let environment: EnvironmentScope
    let settings: WarehouseSettings

    /// - Throws: `environment.unknown`.
    public init(project: Project, environment: String? = nil) throws {
        self.project = project
        self.environment = try EnvironmentScope(environment, in: project)
        settings = project.warehouse(in: environment)
    }

    /// Never fails for what the warehouse is like: what it cannot tell is taken from the project's files, and
    /// ``Catalogue/note`` says so.
    public func read() async throws -> Catalogue {
        var note: String?
        var there: [String: Relation] = [:]
        do { there = try await relations() } catch let error as WeirError {
            note = "\(error.message); columns are those that the project's files tell"
        }
        // Models with mistakes in them have no inputs here; `weir plan` tells the mistakes.
        let graph = try? await TestCatalog.graph(of: project)
        var shapes: TestCatalog?
        let unbuilt = project.models.map(\.name).filter { there[environment.physical($0).key] == nil }
        let sourcesAreMissing = project.sources.contains { there[environment.physical($0.name).key] == nil }
        if let graph, !unbuilt.isEmpty || sourcesAreMissing {
            let wanted = unbuilt + project.sources.map(\.name)
            shapes = try? await TestCatalog.make(project, graph: graph, models: wanted)
        }
        try Task.checkCancellation()
        let tables = project.tableNames.map { name in
            table(
                name, there[environment.physical(name).key], inputs: graph?[name]?.inputs ?? [],
                declared: shapes?[name].columns)
        }
        return Catalogue(tables: tables, note: note)
    }

    /// One table or view of the warehouse.
    private struct Relation: Sendable {
        var rows: Int64?
        var columns: [Column] = []
    }

    private func relations() async throws -> [String: Relation] {
        try await Warehouse.open(settings, workers: 1, readOnly: true).withConnection { connection in
            try await connection.perform { connection in
                var found: [String: Relation] = [:]
                let columns = try connection.query(
                    """
                    SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
                    WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index
                    """)
                for row in columns.map({ $0 }) {
                    let key = TableName(schema: row[0].display, table: row[1].display).key
                    found[key, default: Relation()].columns.append(
                        Column(name: row[2].display, type: row[3].display))
                }
                let sizes = try connection.query(
                    """
                    SELECT schema_name, table_name, estimated_size FROM duckdb_tables()
                    WHERE database_name = current_database() AND NOT internal
                    """)
                for row in sizes.map({ $0 }) {
                    found[TableName(schema: row[0].display, table: row[1].display).key]?.rows = row[2].int
                }
                return found
            }
        }
    }

    private func table(
        _ name: TableName, _ relation: Relation?, inputs: [TableName], declared: [Column]?
    ) -> Catalogue.Table {
        let model = project.model(name)
        let source = project.source(name)
        let notes = model?.notes ?? source?.notes ?? TableNotes()
        let contract = project.tableContract(for: name)
        let load = model?.load ?? source?.load
        var columns = relation?.columns ?? declared ?? []
        if columns.isEmpty {
            columns = (contract?.columns ?? []).map { Column(name: $0.columnName, type: $0.declaredType ?? "") }
        }
        return Catalogue.Table(
            name: name, relation: environment.physical(name), kind: model == nil ? .source : .model,
            strategy: load?.strategy ?? .view,
            isBuilt: relation != nil, rows: relation?.rows, why: notes.why ?? contract?.description,
            owner: notes.owner, tags: notes.tags, decisions: notes.decisions,
            file: (model?.place ?? source?.place)?.file, origin: source?.originText,
            contract: model?.contract ?? source?.contract, primaryKey: contract?.primaryKey ?? [],
            loadKey: load?.key ?? [],
            rules: (contract?.rules ?? []).filter { $0.columns.count != 1 }.map(\.words), inputs: inputs,
            columns: columns.map { describe($0, notes, contract) })
    }

    private func describe(_ column: Column, _ notes: TableNotes, _ contract: TableContract?) -> Catalogue.Column {
        let said = contract?.column(column.name)
        return Catalogue.Column(
            name: column.name, type: column.type,
            summary: notes.description(of: column.name) ?? said?.description,
            classification: said?.classification, rules: contract?.words(for: column.name) ?? [])
    }
}
