import WeirConnect
import WeirCore
import WeirEngine

/// Shows what gates have held back.
public struct QuarantineReader: Sendable {
    let project: Project
    let environment: EnvironmentScope
    let settings: WarehouseSettings

    public init(project: Project, environment: String? = nil) throws {
        self.project = project
        self.environment = try EnvironmentScope(environment, in: project)
        settings = project.warehouse(in: environment)
    }

    /// One table's quarantine in short.
    public struct Overview: Sendable, Codable {
        public var table: TableName
        public var rows: Int
        /// Most frequent first.
        public var reasons: [Reason]
        /// ISO 8601 times of the oldest and newest row.
        public var oldest: String
        public var newest: String
    }

    public struct Reason: Sendable, Codable {
        public var reason: String
        public var rows: Int
    }

    /// One row held back.
    public struct HeldRow: Sendable, Codable {
        public var id: String
        public var reasons: [String]
        public var run: String
        public var at: String
        /// File, or `connection:table`.
        public var source: String?
        public var line: Int?
        /// The text as it came, for rows that could not be read.
        public var raw: String?
        /// Values by column, as text; nil is NULL.
        public var values: [String: String?]
    }

    /// Every table that has rows in quarantine.
    public func list() async throws -> [Overview] {
        let tables = project.tableNames.sorted()
        return try await read { connection in
            try tables.compactMap { name in
                let table = QuarantineTable(target: environment.physical(name)).name
                guard try connection.columns(of: table) != nil else { return nil }
                return try overview(name, table, on: connection)
            }
        }
    }

    private func overview(_ name: TableName, _ table: TableName, on connection: isolated Connection) throws -> Overview?
    {
        let totals = try connection.query("SELECT count(*), min(_weir_at), max(_weir_at) FROM \(table.sql)").first ?? []
        guard let rows = totals.first?.int, rows > 0 else { return nil }
        let reasons = try connection.query(
            "SELECT reason, count(*) FROM (SELECT unnest(_weir_reasons) AS reason FROM \(table.sql)) GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return Overview(
            table: name, rows: Int(rows),
            reasons: reasons.map { Reason(reason: $0[0].display, rows: Int($0[1].int ?? 0)) },
            oldest: totals[1].display, newest: totals[2].display)
    }

    /// Rows of one table's quarantine, in the order of their source.
    ///
    /// - Parameter reason: only rows that broke this rule.
    public func show(_ name: TableName, limit: Int = 20, reason: String? = nil) async throws -> [HeldRow] {
        let name = try known(name)
        let table = QuarantineTable(target: environment.physical(name)).name
        return try await read { connection in
            guard let columns = try connection.columns(of: table) else { return [] }
            let own = columns.map(\.name).filter { !QuarantineTable.ownColumns.contains($0) }
            let list = own.map { ", \(SQL.quote($0))::VARCHAR" }.joined()
            let rows = try connection.query(
                """
                SELECT _weir_id, _weir_reasons, _weir_run, _weir_at, _weir_source, _weir_line, _weir_raw\(list)
                FROM \(table.sql) WHERE $1 IS NULL OR list_contains(_weir_reasons, $1)
                ORDER BY _weir_source, _weir_line, _weir_id LIMIT \(max(0, limit))
                """, [Value(reason)])
            return rows.map { row in
                let values = Dictionary(
                    zip(own, row.dropFirst(7).map(\.text)), uniquingKeysWith: { first, _ in first })
                return HeldRow(
                    id: row[0].display, reasons: row[1].list?.map(\.display) ?? [], run: row[2].display,
                    at: row[3].display,
                    source: row[4].text, line: row[5].int.map(Int.init), raw: row[6].text, values: values)
            }
        }
    }

    /// - Throws: `table.unknown` with the nearest name.
    func known(_ name: TableName) throws -> TableName {
        let names = project.tableNames
        if let found = names.first(where: { $0.key == name.key }) { return found }
        throw WeirError(
            "table.unknown", "the project has no table \(name)",
            hint: DidYouMean.hint(for: name.description, among: names.map(\.description).sorted()))
    }

    private func read<R: Sendable>(_ body: @Sendable (isolated Connection) throws -> R) async throws -> R {
        let warehouse = try await Warehouse.open(settings, readOnly: true)
        return try await warehouse.withConnection { try await $0.perform(body) }
    }
}
