import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// A table of a project's warehouse, held against its contract where it is.
struct PublishedTable {
    let project: Project
    let environment: EnvironmentScope
    let name: TableName
    let strategy: Strategy?
    /// What the gate does with the table's rows where a rule says nothing.
    let policy: OnFail
    /// The time that counts as now, in microseconds since 1970; nil is the clock's.
    var now: Int64?

    var physical: TableName { environment.physical(name) }

    func audit(
        _ contract: TableContract, detail: AuditDetail = AuditDetail(), on connection: isolated Connection
    ) throws -> AuditResult {
        try TableAudit.audit(
            asked(contract), scope: scope(on: connection), policy: .stop, resolve: resolve, detail: detail,
            on: connection)
    }

    /// The same, of which only the parts that are new or changed are read.
    func audit(
        _ contract: TableContract, by choice: PartitionChoice, known: (String) -> [String: IncrementalAudit.Known],
        on connection: isolated Connection
    ) throws -> IncrementalAudit.Result {
        try IncrementalAudit.audit(
            asked(contract), scope: scope(on: connection), policy: .stop, by: choice, known: known, resolve: resolve,
            on: connection)
    }

    private func asked(_ contract: TableContract) -> TableContract {
        Self.withoutQuarantine(contract, policy: policy)
    }

    private func resolve(_ text: String) -> TableName? {
        GraphBuilder(project: project, problems: Problems()).resolveTable(text, near: name).map(environment.physical)
            ?? TableName(text)
    }

    private func scope(on connection: isolated Connection) throws -> AuditScope {
        var scope = AuditScope(table: physical, declared: name, now: now)
        if strategy == .scd2 {
            // A contract speaks of the rows that hold now; their history repeats every key.
            let current = "_weir_current"
            try connection.execute(
                """
                CREATE OR REPLACE TEMP TABLE \(current) AS SELECT * EXCLUDE (\(SQL.list(SCD2Columns.all)))
                FROM \(physical.sql) WHERE \(SQL.quote(SCD2Columns.isCurrent))
                """)
            scope.table = TableName(schema: "temp", table: current)
        }
        return scope
    }

    /// Nothing leaves what is only looked at: a rule that would send rows to quarantine counts them where they are,
    /// and the rules about the whole table measure all of it.
    static func withoutQuarantine(_ contract: TableContract, policy: OnFail) -> TableContract {
        var contract = contract
        contract.onFail = policy == .warn ? .warn : .stop
        for index in contract.rules.indices where contract.rules[index].onFail == .quarantine {
            contract.rules[index].onFail = .stop
        }
        return contract
    }
}
