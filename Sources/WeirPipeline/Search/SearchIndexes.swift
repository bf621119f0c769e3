import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// The indexes of a warehouse, or of a connection's database: how they are, and how they go.
public struct SearchIndexes: Sendable {
    public var project: Project
    public var environment: String?
    public var wait: Duration?

    public init(project: Project, environment: String? = nil) {
        self.project = project
        self.environment = environment
    }

    /// Every index, and how far it is behind its table.
    ///
    /// - Parameter place: a connection, or one of its columns, like `shop` or `shop#public.reviews.body`; nil for all
    ///   indexes of the warehouse.
    /// - Throws: `search.…`, `warehouse.missing`.
    public func status(of place: String? = nil) async throws -> [SearchStatus] {
        if let place { return try await PostgresIndexes(project: project).status(of: place) }
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
            record, rows: Int(counts?[0].int ?? 0), vectors: Int(counts?[1].int ?? 0))
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
        if case .postgres(let column) = try SearchTarget(target, project: project) {
            return try await ProjectLock(project: project).hold(wait: wait) {
                try await PostgresIndexes(project: project).drop(column)
            }
        }
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
        throw Self.unknown(target, among: known, list: "weir search status")
    }

    static func unknown(_ target: String, among known: [String], list: String) -> WeirError {
        WeirError(
            "search.no-index", "there is no index of \(target)",
            hint: DidYouMean.hint(for: target, among: known) ?? "`\(list)` lists them")
    }
}
