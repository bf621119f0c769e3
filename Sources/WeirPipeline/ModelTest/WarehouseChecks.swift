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
        let settings = project.warehouse(in: options.environment)
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
            if options.data { try audit(table, environment, &result, on: connection) }
        } else {
            result.error = WeirError(
                "test.missing-table", "\(physical) is not in the warehouse", hint: "`weir run \(table.name)` builds it",
                at: table.contract.place, outcome: .gateFailed)
        }
        result.milliseconds = Int((ContinuousClock.now - started).milliseconds)
        return result
    }

    private func compare(_ table: TestSelection.ContractTable, _ columns: [Column]) -> SchemaTestResult {
        let own = table.strategy == .scd2 ? SCD2Columns.all : []
        return SchemaTestResult(
            differences: SchemaCheck.compare(table.contract, columns),
            extra: SchemaCheck.extraColumns(table.contract, columns).filter { !own.contains($0.name.lowercased()) })
    }

    private func audit(
        _ table: TestSelection.ContractTable, _ environment: EnvironmentScope, _ result: inout TableTestResult,
        on connection: isolated Connection
    ) throws {
        do {
            let audit = try PublishedTable(
                project: project, environment: environment, name: table.name, strategy: table.strategy,
                policy: table.policy
            ).audit(table.contract, on: connection)
            result.rows = audit.rows
            result.checks = audit.outcomes
        } catch let error as WeirError {
            result.error = error
        }
    }
}
