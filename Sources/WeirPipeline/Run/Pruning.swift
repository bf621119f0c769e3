import WeirConnect
import WeirCore
import WeirEngine

/// Drops tables that Weir published and the project no longer has. Their quarantine stays: nothing is lost by
/// removing a file.
enum Pruning {
    static func drop(_ names: [TableName], in warehouse: Warehouse) async throws {
        try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                for name in names {
                    try connection.transaction { connection in
                        if let kind = try connection.relationKind(name) {
                            try connection.execute("DROP \(kind.sql) \(name.sql)")
                        }
                        try CheckpointStore.forget(name, on: connection)
                    }
                }
            }
        }
    }
}
