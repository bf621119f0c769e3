import WeirCore

/// A batch of rows, column by column.
public struct Chunk: Sendable {
    public let columns: [ColumnVector]
    /// Rows in the batch.
    public let count: Int

    public subscript(row: Int, column: Int) -> Value { columns[column][row] }

    public func row(_ index: Int) -> [Value] { columns.map { $0[index] } }
}

/// The values of one column in a chunk, stored by their machine type so that whole columns can be used
/// without boxing each value.
public struct ColumnVector: Sendable {
    /// The values; those at null positions are meaningless.
    public enum Storage: Sendable {
        case bools([Bool])
        /// Every signed integer up to 64 bits.
        case ints([Int64])
        case uints([UInt64])
        case doubles([Double])
        case texts([String])
        /// Every other type.
        case values([Value])
    }

    public let type: LogicalType
    public let storage: Storage
    /// True where the value is null; nil when none is.
    public let nulls: [Bool]?

    public func isNull(_ row: Int) -> Bool { nulls?[row] ?? false }

    public subscript(row: Int) -> Value {
        if isNull(row) { return .null }
        return switch storage {
        case .bools(let values): .bool(values[row])
        case .ints(let values): .int(values[row])
        case .uints(let values): .uint(values[row])
        case .doubles(let values): .double(values[row])
        case .texts(let values): .text(values[row])
        case .values(let values): values[row]
        }
    }
}

/// All rows of a query.
public struct Rows: Sendable {
    public let columns: [Column]
    public let chunks: [Chunk]
    public let count: Int

    public init(columns: [Column], chunks: [Chunk]) {
        self.columns = columns
        self.chunks = chunks
        self.count = chunks.reduce(0) { $0 + $1.count }
    }

    public var isEmpty: Bool { count == 0 }

    /// The first row, or nil when there is none.
    public var first: [Value]? { chunks.first { $0.count > 0 }?.row(0) }

    /// The first value of the first row; NULL when there is no row.
    public var scalar: Value { first?.first ?? .null }

    public subscript(row: Int, column: Int) -> Value {
        var rest = row
        for chunk in chunks {
            if rest < chunk.count { return chunk[rest, column] }
            rest -= chunk.count
        }
        preconditionFailure("row \(row) of \(count)")
    }

    /// Row by row, for small results.
    public func map<R>(_ transform: ([Value]) throws -> R) rethrows -> [R] {
        var out: [R] = []
        out.reserveCapacity(count)
        for chunk in chunks {
            for row in 0..<chunk.count { out.append(try transform(chunk.row(row))) }
        }
        return out
    }
}
