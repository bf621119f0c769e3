import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// The indexes of a warehouse: how they are, and how they go.
public struct SearchIndexes: Sendable {
    public var project: Project
    public var environment: String?
    public var wait: Duration?

    public init(project: Project, environment: String? = nil) {
        self.project = project
        self.environment = environment
    }

    /// Every index, and how far it is behind its table.
    public func status() async throws -> [SearchStatus] {
        let scope = try EnvironmentScope(environment, in: project)
        let warehouse = try await Warehouse.open(project.warehouse(in: environment), workers: 1, readOnly: true)
        return try await warehouse.withConnection { connection in
            var found: [SearchStatus] = []
            for record in try await connection.perform({ try SearchStore.all(on: $0) }) {
                var status = try await connection.perform { connection in
                    try Self.status(of: record, project, scope, on: connection)
                }
                status.graph = await SearchCompanions(project: project, record: record).graph()?.count
                found.append(status)
            }
            return found
        }
    }

    private static func status(
        of record: SearchRecord, _ project: Project, _ scope: EnvironmentScope, on connection: isolated Connection
    ) throws -> SearchStatus {
        let counts = try connection.query("SELECT count(DISTINCT key), count(vector) FROM \(record.vectors.sql)").first
        var status = SearchStatus(
            in: record.name, key: record.key, space: record.space, dimensions: record.dimensions,
            chunkTokens: record.chunking.limit, overlapTokens: record.chunking.overlap,
            rows: Int(counts?[0].int ?? 0), vectors: Int(counts?[1].int ?? 0), updatedAt: record.updatedAt)
        do {
            let declared = project.tableNames.first { scope.physical($0).key == record.table.key }
            // A name of the warehouse that the project does not know: no environment adds to it.
            let source = try SearchSource(
                "\(declared ?? record.table).\(record.column)", key: record.key, project: project,
                environment: declared == nil ? EnvironmentScope(nil, in: project) : scope, on: connection)
            status.stale = try SearchChange(source: source).count(against: record, on: connection)
        } catch let error as WeirError { status.problem = error.message }
        return status
    }

    /// Forgets an index. The table that was searched stays as it is.
    ///
    /// - Throws: `search.no-index` with the nearest name.
    public func drop(_ target: String) async throws {
        let scope = try EnvironmentScope(environment, in: project)
        let settings = project.warehouse(in: environment)
        try settings.requireFile()
        try await ProjectLock(project: project).hold(wait: wait) {
            let warehouse = try await Warehouse.open(settings, workers: 1)
            try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    try drop(target, scope, on: connection)
                }
            }
        }
    }

    private func drop(_ target: String, _ scope: EnvironmentScope, on connection: isolated Connection) throws {
        var names = [target]
        // The table may be gone: the name alone must do.
        if let dot = target.lastIndex(of: "."), let table = TableName(String(target[..<dot])) {
            names.insert("\(scope.physical(table))\(target[dot...])", at: 0)
        }
        for name in names {
            if let record = try SearchStore.read(name, on: connection) {
                try SearchStore.drop(record, on: connection)
                SearchCompanions(project: project, record: record).remove()
                return
            }
        }
        let known = try SearchStore.all(on: connection).map(\.name)
        throw WeirError(
            "search.no-index", "there is no index of \(target)",
            hint: DidYouMean.hint(for: target, among: known) ?? "`weir search status` lists them")
    }
}
