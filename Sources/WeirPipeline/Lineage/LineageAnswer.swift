import WeirCore
import WeirStore

/// What a table, or one of its columns, is made of and what is made of it.
public struct LineageAnswer: Sendable, Codable {
    /// Which way to look.
    public enum Direction: String, Sendable, Codable, CaseIterable { case upstream, downstream, both }

    public struct Table: Sendable, Hashable, Codable {
        public var name: TableName
        public var kind: NodeKind
        /// What a source reads, as the user wrote it.
        public var origin: String?
    }

    /// One table reads another.
    public struct Link: Sendable, Hashable, Codable {
        public var from: TableName
        public var to: TableName
    }

    /// A table whose columns could not be followed, so that links of columns through it are missing.
    public struct Gap: Sendable, Hashable, Codable {
        public var table: TableName
        public var why: String
    }

    public var table: TableName
    /// Nil when the question was about the table as a whole.
    public var column: String?
    public var direction: Direction
    /// Every table that was reached, the one asked about among them, inputs before those that read them.
    public var tables: [Table]
    public var links: [Link]
    /// Of one column: those that lead to it or from it. Of a table: all of the tables that were reached. An
    /// `influence` decides which rows there are; its `column` is empty.
    public var columns: [LineageEdge]
    public var gaps: [Gap]
}

extension LineageAnswer {
    public func table(_ name: TableName) -> Table? { tables.first { $0.name.key == name.key } }

    /// Tables that `name` reads, or that read it.
    public func neighbours(of name: TableName, upstream: Bool) -> [TableName] {
        links.filter { (upstream ? $0.to : $0.from).key == name.key }.map { upstream ? $0.from : $0.to }
    }

    /// What a column is made of, or what is made of it. An influence on whole rows is asked for with an empty column.
    public func neighbours(of table: String, _ column: String, upstream: Bool) -> [LineageEdge] {
        columns.filter { edge in
            upstream
                ? Self.same(edge.node, table) && (edge.column.isEmpty || Self.same(edge.column, column))
                : Self.same(edge.inputTable, table) && Self.same(edge.inputColumn, column)
        }
    }

    static func same(_ a: String, _ b: String) -> Bool { a == b || a.lowercased() == b.lowercased() }
}
