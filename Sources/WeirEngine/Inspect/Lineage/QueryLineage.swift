import WeirCore

/// Where the columns of a statement's result come from.
public struct QueryLineage: Sendable, Hashable, Codable {
    /// The columns returned, in order.
    public let columns: [OutputColumn]
    /// Columns that decide which rows there are or in which order: join keys, filters, groups, sorting. They
    /// influence every output column.
    public let indirect: [InputColumn]
    /// True when the statement has an operator that Weir cannot read: the columns it returns then depend on all
    /// columns that go into it, which is more than the truth and never less.
    public let isApproximate: Bool

    /// The lineage with more columns behind those returned, each made of all values of some of these.
    ///
    /// - Parameter given: lower-case names of the returned columns that the new ones are made of.
    public func adding(_ new: [Column], madeOf given: Set<String>) -> QueryLineage {
        let inputs = Set(
            columns.filter { given.contains($0.name.lowercased()) }.flatMap(\.inputs).map {
                InputColumn(table: $0.table, column: $0.column, kind: .transformation)
            })
        let added = new.map { OutputColumn(name: $0.name, type: $0.type, inputs: inputs.sorted()) }
        return QueryLineage(columns: columns + added, indirect: indirect, isApproximate: isApproximate)
    }
}

/// One column of a statement's result.
public struct OutputColumn: Sendable, Hashable, Codable {
    public let name: String
    /// The type as DuckDB's SQL writes it.
    public let type: String
    /// The columns its values are made of, sorted; empty for constants and generated values.
    public let inputs: [InputColumn]
}

/// A column of a table that a statement reads, and what it is read for.
public struct InputColumn: Sendable, Hashable, Codable, Comparable {
    public let table: TableName
    public let column: String
    public let kind: Kind

    public init(table: TableName, column: String, kind: Kind) {
        self.table = table
        self.column = column
        self.kind = kind
    }

    /// What a column is read for. The first three make values (``OutputColumn/inputs``), the others rows
    /// (``QueryLineage/indirect``).
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The value itself, unchanged.
        case identity
        /// Part of an expression on one row, or a window's key.
        case transformation
        /// Put together from many rows, including the FILTER and ORDER BY of an aggregate.
        case aggregation
        case filter, join, groupBy, sort
    }

    public static func < (a: InputColumn, b: InputColumn) -> Bool {
        (a.table, a.column, a.kind.rawValue) < (b.table, b.column, b.kind.rawValue)
    }
}
