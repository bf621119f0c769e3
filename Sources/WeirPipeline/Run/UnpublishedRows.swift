import WeirConnect
import WeirCore
import WeirEngine

/// Counts the rows of an input that are neither in a table nor held back from it.
struct UnpublishedRows {
    let target: TableName
    let load: LoadSettings
    let columns: [Column]

    /// Merge knows a row by its key; other strategies by all its values.
    ///
    /// - Parameters:
    ///   - input: SQL for a FROM clause.
    ///   - condition: which of its rows are looked at.
    func count(of input: String, where condition: String, on connection: isolated Connection) throws -> Int {
        guard let present = try connection.columns(of: target) else { return 0 }
        let held = try connection.columns(of: QuarantineTable(target: target).name) ?? []
        let names = load.strategy == .merge ? load.key : columns.map(\.name)
        func shared(_ list: [Column]) -> Set<String> { Set(list.map { $0.name.lowercased() }) }
        let known = names.filter { shared(present).contains($0.lowercased()) }
        guard !known.isEmpty else { return 0 }
        let list = SQL.list(known)
        var places = ["SELECT \(list) FROM \(target.sql)"]
        // Rows of text have no values there, and were no rows of the input's either.
        if known.allSatisfy({ shared(held).contains($0.lowercased()) }) {
            places.append("SELECT \(list) FROM \(QuarantineTable(target: target).name.sql)")
        }
        let same = known.map { "i.\(SQL.quote($0)) IS NOT DISTINCT FROM k.\(SQL.quote($0))" }.joined(separator: " AND ")
        return Int(
            try connection.query(
                """
                SELECT count(*) FROM (SELECT * FROM \(input) WHERE \(condition)) i
                ANTI JOIN (\(places.joined(separator: " UNION ALL "))) k ON \(same)
                """
            ).scalar.int ?? 0)
    }
}
