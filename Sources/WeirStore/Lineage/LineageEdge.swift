/// One output column and one input column that it depends on.
public struct LineageEdge: Sendable, Hashable, Codable {
    /// How the input reaches the output. The words are stable: they are stored and printed.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The value as it is.
        case copy
        /// A value computed from it.
        case computed
        /// A value computed from many rows of it.
        case aggregated
        /// It decides which rows there are (join, filter, grouping) and not what is in them.
        case influence
    }

    /// `schema.table` of the table that is built.
    public var node: String
    /// Its column; empty where the input bears on whole rows.
    public var column: String
    /// `schema.table` that is read, or what else the source reads from.
    public var inputTable: String
    public var inputColumn: String
    public var kind: Kind

    public init(node: String, column: String, inputTable: String, inputColumn: String, kind: Kind) {
        self.node = node
        self.column = column
        self.inputTable = inputTable
        self.inputColumn = inputColumn
        self.kind = kind
    }
}
