internal import GRDB
import WeirCore

extension StateStore {
    /// Replaces what is known of each table that is a key; an empty list forgets the table's lineage.
    public func saveLineage(_ lineage: [String: [LineageEdge]]) async throws {
        if lineage.isEmpty { return }
        try await write { database in
            let delete = try database.cachedStatement(sql: "DELETE FROM lineage WHERE node = ?")
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO lineage (node, position, column_name, input_table, input_column, kind)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)
            for (node, edges) in lineage {
                try delete.execute(arguments: [node])
                for (position, edge) in edges.enumerated() {
                    try insert.execute(
                        arguments: [
                            node, position, edge.column, edge.inputTable, edge.inputColumn, edge.kind.rawValue,
                        ])
                }
            }
        }
    }

    /// What a table's columns are made of, in the order in which it was saved.
    public func lineage(of node: String) async throws -> [LineageEdge] {
        try await edges("WHERE node = ? ORDER BY position", [node])
    }

    /// What is made of a table, or of one of its columns.
    public func consumers(of table: String, column: String? = nil) async throws -> [LineageEdge] {
        guard let column else { return try await edges("WHERE input_table = ? ORDER BY node, position", [table]) }
        return try await edges("WHERE input_table = ? AND input_column = ? ORDER BY node, position", [table, column])
    }

    /// Everything that is known.
    public func lineage() async throws -> [LineageEdge] {
        try await edges("ORDER BY node, position", [])
    }

    private func edges(_ condition: String, _ values: [String]) async throws -> [LineageEdge] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT node, column_name, input_table, input_column, kind FROM lineage \(condition)",
                arguments: StatementArguments(values)
            ).map { row in
                LineageEdge(
                    node: row["node"], column: row["column_name"], inputTable: row["input_table"],
                    inputColumn: row["input_column"], kind: LineageEdge.Kind(rawValue: row["kind"]) ?? .computed)
            }
        }
    }
}
