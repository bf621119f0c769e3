import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Checks published tables against their contracts. The warehouse is opened for reading only.
struct WarehouseChecks: Sendable {
    let project: Project
    let options: TestOptions

    func run(_ tables: [TestSelection.ContractTable]) async throws -> [TableTestResult] {
        let environment = try EnvironmentScope(options.environment, in: project)
        let settings = options.environment.flatMap { project.environments[$0]?.warehouse } ?? project.warehouse
        let warehouse = try await Warehouse.open(settings, workers: 1, readOnly: true)
        return try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                try connection.execute("SET TimeZone = 'UTC'")
                return try tables.map { table in
                    try connection.checkCancelled()
                    return try check(table, environment, on: connection)
                }
            }
        }
    }

    private func check(
        _ table: TestSelection.ContractTable, _ environment: EnvironmentScope, on connection: isolated Connection
    ) throws -> TableTestResult {
        let started = ContinuousClock.now
        var result = TableTestResult(name: table.name, contract: table.contract.place.file)
        let physical = environment.physical(table.name)
        if let columns = try connection.columns(of: physical) {
            if options.schema { result.schema = compare(table, columns) }
            if options.data { try audit(table, physical, environment, &result, on: connection) }
        } else {
            result.error = WeirError(
                "test.missing-table", "\(physical) is not in the warehouse", hint: "`weir run \(table.name)` builds it",
                at: table.contract.place, outcome: .gateFailed)
        }
        let spent = (ContinuousClock.now - started).components
        result.milliseconds = Int(spent.seconds * 1000 + spent.attoseconds / 1_000_000_000_000_000)
        return result
    }

    private func compare(_ table: TestSelection.ContractTable, _ columns: [Column]) -> SchemaTestResult {
        let own = table.strategy == .scd2 ? SCD2Columns.all : []
        return SchemaTestResult(
            differences: SchemaCheck.compare(table.contract, columns),
            extra: SchemaCheck.extraColumns(table.contract, columns).filter { !own.contains($0.name.lowercased()) })
    }

    private func audit(
        _ table: TestSelection.ContractTable, _ physical: TableName, _ environment: EnvironmentScope,
        _ result: inout TableTestResult, on connection: isolated Connection
    ) throws {
        var scope = AuditScope(table: physical, declared: table.name)
        if table.strategy == .scd2 {
            // A contract speaks of the rows that hold now; their history repeats every key.
            let current = "_weir_current"
            try connection.execute(
                """
                CREATE OR REPLACE TEMP TABLE \(current) AS SELECT * EXCLUDE (\(SQL.list(SCD2Columns.all)))
                FROM \(physical.sql) WHERE \(SQL.quote(SCD2Columns.isCurrent))
                """)
            scope.table = TableName(schema: "temp", table: current)
        }
        do {
            let audit = try TableAudit.audit(
                Self.withoutQuarantine(table), scope: scope, policy: .stop,
                resolve: { text in resolve(text, near: table.name, environment) }, on: connection)
            result.rows = audit.rows
            result.checks = audit.outcomes
        } catch let error as WeirError {
            result.error = error
        }
    }

    /// Nothing leaves a published table: a rule that would send rows to quarantine counts them where they are, and
    /// the rules about the whole table measure all of it.
    private static func withoutQuarantine(_ table: TestSelection.ContractTable) -> TableContract {
        var contract = table.contract
        contract.onFail = table.policy == .warn ? .warn : .stop
        for index in contract.rules.indices where contract.rules[index].onFail == .quarantine {
            contract.rules[index].onFail = .stop
        }
        return contract
    }

    /// The table that a contract's foreign key names.
    private func resolve(_ text: String, near name: TableName, _ environment: EnvironmentScope) -> TableName? {
        GraphBuilder(project: project, problems: Problems()).resolveTable(text, near: name).map(environment.physical)
            ?? TableName(text)
    }
}
