import WeirCore
import WeirEngine

/// One in-memory warehouse with empty tables that the inspection tests share: they only read its catalogue.
enum InspectWarehouse {
    private static let database = Task {
        let database = try await Database.open()
        try await database.withConnection { connection in
            _ = try await connection.execute(
                """
                CREATE SCHEMA s; CREATE SCHEMA "Ünï";
                CREATE TABLE s.t(a INT, b INT, c VARCHAR, d TIMESTAMP, l INT[], st STRUCT(x INT, y STRUCT(z INT)));
                CREATE TABLE s.u(a INT, e INT, f DOUBLE);
                CREATE TABLE s.w(k INT, v INT);
                CREATE TABLE "Ünï"."a""b.c"("select" INT, "größe x" INT);
                CREATE VIEW s.v AS SELECT a + 1 AS a1, c FROM s.t WHERE b > 0;
                """)
        }
        return database
    }

    static func run<R: Sendable>(_ body: @Sendable (isolated Connection) throws -> R) async throws -> R {
        try await database.value.withConnection { connection in try await body(connection) }
    }

    static func parse(_ sql: String) async throws -> ParsedQuery {
        try await run { connection in try ParsedQuery.parse(sql, on: connection) }
    }

    static func lineage(_ sql: String) async throws -> QueryLineage {
        try await run { connection in try ColumnLineage.of(sql, on: connection) }
    }
}

extension QueryLineage {
    /// `a<-t.a; n<-t.b+aggregation | filter t.c`, short enough for a table of expectations. The schema `s` is left
    /// out, and so is the kind identity.
    var summary: String {
        let values = columns.map { column in
            "\(column.name)<-" + column.inputs.map { $0.short(isValue: true) }.joined(separator: ",")
        }
        let rows = indirect.map { $0.short(isValue: false) }
        return values.joined(separator: "; ") + (rows.isEmpty ? "" : " | " + rows.joined(separator: ","))
    }
}

extension InputColumn {
    fileprivate func short(isValue: Bool) -> String {
        let name = (table.schema == "s" ? table.table : "\(table)") + ".\(column)"
        guard isValue else { return "\(kind.rawValue) \(name)" }
        switch kind {
        case .identity: return name
        case .transformation: return name + "*"
        case .aggregation: return name + "#"
        default: return name + "?"
        }
    }
}
