import WeirCore
import WeirEngine

/// The indexes of a connection's database: how they are, and how they go.
struct PostgresIndexes: Sendable {
    let project: Project

    /// - Parameter place: a connection, or one of its columns.
    func status(of place: String) async throws -> [SearchStatus] {
        let name: String
        var only: PostgresColumn?
        if project.connections[place] != nil {
            name = place
        } else if case .postgres(let column) = try SearchTarget(place, project: project) {
            name = column.connection
            only = column
        } else {
            throw WeirError(
                "search.target", "\"\(place)\" is no connection of weir.yaml, nor a column of one",
                hint: DidYouMean.hint(for: place, among: project.connections.keys.sorted())
                    ?? "leave --in out for the indexes of the warehouse")
        }
        return try await PostgresDatabase.with(name, in: project) { [only] database, connection in
            try await connection.perform { connection in
                var records = try PostgresStore.all(in: database, on: connection)
                if let only {
                    records = [try Self.record(of: only, among: records)]
                }
                return try records.map { try status(of: $0, in: database, on: connection) }
            }
        }
    }

    private func status(
        of record: SearchRecord, in database: PostgresDatabase, on connection: isolated Connection
    ) throws -> SearchStatus {
        let counts = try PostgresStore.counts(of: record, in: database, on: connection)
        var status = SearchStatus(record, rows: counts.rows, vectors: counts.vectors)
        status.graph = counts.hasGraph ? counts.vectors : nil
        do {
            let column = PostgresColumn(
                connection: database.name, table: record.table, column: record.column)
            let source = try PostgresSource(
                column, key: record.key, known: { _ in nil }, project: project, on: connection)
            let change = try PostgresStore.change(record, of: source, in: database, on: connection)
            status.stale = change.pending + change.gone
        } catch let error as WeirError { status.problem = error.message }
        return status
    }

    /// Forgets an index. The table that was searched stays as it is, and may be gone already.
    ///
    /// - Throws: `search.no-index` with the nearest name.
    func drop(_ column: PostgresColumn) async throws {
        try await PostgresDatabase.with(column.connection, in: project) { database, connection in
            try await connection.perform { connection in
                let records = try PostgresStore.all(in: database, on: connection)
                let record = try Self.record(of: column, among: records)
                try database.execute(PostgresStore.drop(record), on: connection)
            }
        }
    }

    private static func record(of column: PostgresColumn, among records: [SearchRecord]) throws -> SearchRecord {
        let wanted = "\(column.table).\(column.column)"
        if let found = records.first(where: { $0.name == wanted })
            ?? records.first(where: { $0.name.lowercased() == wanted.lowercased() })
        {
            return found
        }
        throw SearchIndexes.unknown(
            "\(column.connection)#\(wanted)", among: records.map(\.label),
            list: "weir search status --in \(column.connection)")
    }
}
