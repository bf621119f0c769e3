import WeirEngine

/// New rows join those that are there.
struct AppendStrategy: Publishing {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        guard rows.existing == .table else { return try rows.swap(on: connection) }
        try rows.evolve(on: connection)
        let inserted = try connection.execute(
            "INSERT INTO \(rows.target.sql) (\(rows.list)) SELECT \(rows.list) FROM \(rows.staging.sql)")
        try rows.dropStaging(on: connection)
        return RowChanges(inserted: inserted)
    }
}
