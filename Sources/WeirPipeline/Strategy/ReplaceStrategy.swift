import WeirEngine

/// The whole table anew: the staging table takes the target's place.
struct ReplaceStrategy: Publishing {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        try rows.swap(on: connection)
    }
}
