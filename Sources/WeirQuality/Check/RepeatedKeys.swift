import WeirCore
import WeirEngine

/// Finds out, before any grouping, which rows can share a key with another row.
///
/// Grouping tens of millions of keys that are nearly all different costs a hash table of all of them. Here one pass
/// over the keys' hashes sets bits in a table of at most 128 MB; only a key that meets a bit already set can be a
/// repeated one. (One hash function of Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970.)
/// False suspects are sorted out by the grouping that follows, over the few rows that are left.
public struct RepeatedKeys {
    /// Rows that may share their key.
    public enum Suspects: Sendable, Hashable {
        /// No key stands twice.
        case none
        /// Every row may.
        case all
        /// The rows for which this SQL condition is true.
        case some(condition: String)
    }

    /// Below this many rows grouping is as quick.
    static let fewest = 200_000
    private static let fewestBits = 22
    private static let mostBits = 30

    /// - Parameters:
    ///   - keys: SQL expressions over the rows of `relation`.
    ///   - relation: a table expression.
    ///   - condition: which of its rows count.
    ///   - rows: about how many those are.
    ///   - table: a temporary table to keep suspects in, unquoted; replaced when it exists.
    public static func suspects(
        _ keys: [String], in relation: String, where condition: String, rows: Int, table: String,
        on connection: isolated Connection
    ) throws -> Suspects {
        guard rows >= fewest else { return .all }
        let hash = "hash(\(keys.joined(separator: ", ")))"
        var bits = BitTable(
            exponent: min(mostBits, max(fewestBits, (rows * 32).bitWidth - (rows * 32).leadingZeroBitCount)))
        var hashes: [UInt64] = []
        var isHopeless = false
        try connection.stream("SELECT \(hash) FROM \(relation) WHERE \(condition)") { _, chunk in
            guard case .uints(let values)? = chunk.columns.first?.storage else { return true }
            bits.add(values, repeated: &hashes)
            // With this many suspects a second pass saves nothing.
            isHopeless = hashes.count > rows / 4
            return !isHopeless
        }
        if isHopeless { return .all }
        if hashes.isEmpty { return .none }
        let name = SQL.quote(table)
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(name) (h UBIGINT)")
        try connection.append(
            to: TableName(schema: "main", table: table), catalog: "temp", rows: hashes.lazy.map { [.uint($0)] })
        return .some(condition: "\(hash) IN (SELECT h FROM temp.\(name))")
    }
}

/// A set of numbers kept as one bit each: it may take a number for a member that is none, never the reverse.
private struct BitTable {
    private var words: [UInt64]
    private let shift: UInt64

    init(exponent: Int) {
        words = [UInt64](repeating: 0, count: 1 << max(0, exponent - 6))
        shift = UInt64(64 - exponent)
    }

    /// Adds the numbers, and appends to `repeated` those whose bit was set already.
    mutating func add(_ numbers: [UInt64], repeated: inout [UInt64]) {
        let shift = shift
        words.withUnsafeMutableBufferPointer { words in
            for number in numbers {
                // The upper bits of DuckDB's hash are as good as any, and it keeps the lower for itself.
                let place = number >> shift
                let bit: UInt64 = 1 << (place & 63)
                let word = Int(place >> 6)
                if words[word] & bit != 0 { repeated.append(number) }
                words[word] |= bit
            }
        }
    }
}
