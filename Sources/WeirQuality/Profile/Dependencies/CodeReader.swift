import WeirCore
import WeirEngine

/// Reads columns of a table as numbers for their values.
///
/// DuckDB hands over a 64-bit hash of every value; equal hashes are given equal numbers. That two values share a hash
/// happens once in billions of columns; it shows as a count that differs from the column's, and such a column is
/// numbered by sorting.
struct CodeReader {
    let source: String
    /// Rows to choose; nil for all.
    let limit: Int?
    let columns: [ColumnFacts]

    /// - Returns: the rows, and which of ``columns`` each of their columns is.
    func read(on connection: isolated Connection) throws -> (CodedRows, order: [Int]) {
        var encoders = columns.map { _ in ValueNumbers() }
        guard !columns.isEmpty else { return (CodedRows(columns: [], distinct: []), []) }
        let sample = limit.map { " USING SAMPLE reservoir(\($0) ROWS) REPEATABLE (20261125)" } ?? ""
        let from = limit == nil ? "\(source) AS t" : "(SELECT * FROM \(source)\(sample)) AS t"
        try connection.stream(
            "SELECT \(columns.map { "hash(t.\(SQL.quote($0.name)))" }.joined(separator: ", ")) FROM \(from)"
        ) { _, chunk in
            for (index, column) in chunk.columns.enumerated() {
                if case .uints(let hashes) = column.storage { encoders[index].add(hashes) }
            }
            return true
        }
        var codes = encoders.map { (codes: $0.codes, distinct: $0.distinct) }
        for (index, facts) in columns.enumerated() where limit == nil && facts.distinct.isExact {
            if codes[index].distinct != facts.distinct.count + (facts.nulls > 0 ? 1 : 0) {
                codes[index] = try sorted(facts.name, on: connection)
            }
        }
        let order = codes.indices.sorted { codes[$0].distinct < codes[$1].distinct }
        return (CodedRows(columns: order.map { codes[$0].codes }, distinct: order.map { codes[$0].distinct }), order)
    }

    private func sorted(_ name: String, on connection: isolated Connection) throws -> ([Int32], Int) {
        var codes: [Int32] = []
        try connection.stream(
            "SELECT n FROM (SELECT rowid AS r, dense_rank() OVER (ORDER BY \(SQL.quote(name))) - 1 AS n FROM \(source)) ORDER BY r"
        ) { _, chunk in
            if case .ints(let values)? = chunk.columns.first?.storage { codes += values.map { Int32($0) } }
            return true
        }
        return (codes, Int(codes.max() ?? -1) + 1)
    }
}
