import Foundation
import WeirConnect
import WeirCore

/// The project's tables and what its sources read, as OpenLineage names them.
struct ProjectDatasets: Sendable {
    let project: Project
    let environment: EnvironmentScope
    /// The warehouse file of the environment.
    let warehouse: String

    func name(of table: TableName) -> OpenLineageNaming.Name {
        OpenLineageNaming.warehouse(path: warehouse, table: environment.physical(table))
    }

    /// A table of the project.
    func table(_ table: TableName, columns: [Column]) -> OpenLineageDataset {
        let name = name(of: table)
        let notes = project.model(table)?.notes ?? project.source(table)?.notes ?? TableNotes()
        let contract = project.tableContract(for: table)
        let fields = columns.map { column in
            OpenLineageDataset.Field(
                name: column.name, type: column.type,
                description: notes.description(of: column.name) ?? contract?.column(column.name)?.description)
        }
        return OpenLineageDataset(
            namespace: name.namespace, name: name.name, description: notes.why, fields: fields,
            owners: notes.owner.map { [$0] } ?? [], sourceName: "warehouse", sourceURI: name.namespace)
    }

    /// What a source reads: one dataset for each file pattern, or one for a database's table or query.
    func origin(of source: SourceDefinition) -> [OpenLineageDataset] {
        switch source.origin {
        case .files(let origin):
            return origin.patterns.map { pattern in
                let name = OpenLineageNaming.file(pattern, relativeTo: project.root)
                return OpenLineageDataset(namespace: name.namespace, name: name.name)
            }
        case .database(let reader):
            let table: String
            switch reader.content {
            case .table(let name): table = name
            // A query has no name of its own; the table that it fills does.
            case .query: table = "query for \(source.name)"
            }
            let name = name(of: table, engine: reader.engine, connection: reader.connection)
            return [OpenLineageDataset(namespace: name.namespace, name: name.name, sourceName: reader.connection)]
        }
    }

    private func name(of table: String, engine: String, connection: String) -> OpenLineageNaming.Name {
        let fallback = OpenLineageNaming.Name(namespace: "\(engine)://\(connection)", name: table)
        switch project.connections[connection] {
        case .postgres(let url), .mysql(let url):
            return OpenLineageNaming.server(url: url.reveal(), table: table) ?? fallback
        case .sqlite(let path): return OpenLineageNaming.Name(namespace: "sqlite://\(path)", name: table)
        default: return fallback
        }
    }
}

extension TableNotes {
    func description(of column: String) -> String? {
        columns.first { $0.name.lowercased() == column.lowercased() }?.text
    }
}

extension SourceDefinition {
    /// What it reads, as the user wrote it: `data/flights-*.csv.gz`, `shop:public.orders`.
    var originText: String {
        switch origin {
        case .files(let origin): origin.patterns.map { Redaction.clean($0) }.joined(separator: ", ")
        case .database(let reader): reader.label
        }
    }
}

extension Project {
    /// Every value that no text may show.
    public var secrets: [Secret] {
        let addresses = connections.values.flatMap(\.secrets) + mcp.flatMap { $0.environment.values }
        // A driver's message may hold the password alone, without the address around it.
        let passwords = addresses.compactMap { URLComponents(string: $0.reveal())?.password }.map { Secret($0) }
        return addresses + passwords + [lineage.apiKey, agent.search?.key].compactMap(\.self) + (ai?.secrets ?? [])
    }
}
