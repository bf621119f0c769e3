import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Holds a table of another database against a contract, in that database.
struct DatabaseCheck: Sendable {
    let target: DatabaseTarget
    let contract: Contract
    let project: Project?
    let environment: String?
    let folder: String
    let memoryLimit: String?
    /// The time that counts as now, in microseconds since 1970; nil is the clock's.
    let now: Int64?

    /// - Returns: what was found, and the database that was asked; nil for DuckDB.
    func run(
        _ rules: TableContract, declared: TableName, detail: AuditDetail
    ) async throws -> (AuditResult, engine: String?) {
        let work = FileManager.default.temporaryDirectory
            .appending(path: "weir-check-\(ProcessInfo.processInfo.processIdentifier)").path
        defer { try? FileManager.default.removeItem(atPath: work) }
        let opener = SideOpener(project: project, environment: environment, folder: folder, scratch: work)
        do {
            return try await opener.engine(memoryLimit: memoryLimit).withConnection { connection in
                try await connection.perform { try audit(rules, declared, detail, opener, on: $0) }
            }
        } catch let error as WeirError {
            let secrets =
                DiffTarget.database(target.address, target.content).secrets
                + (project?.connections.values.flatMap(\.secrets) ?? [])
            throw DatabaseTarget.own(Redaction.clean(error, secrets: secrets))
        }
    }

    private func audit(
        _ rules: TableContract, _ declared: TableName, _ detail: AuditDetail, _ opener: SideOpener,
        on connection: isolated Connection
    ) throws -> (AuditResult, engine: String?) {
        let side = try open(.database(target.address, target.content), opener, on: connection)
        guard let table = try HostedTable(side, on: connection) else {
            return (try auditHere(side, rules, declared, detail, opener, on: connection), nil)
        }
        let found: AuditResult
        do {
            found = try HostedAudit.audit(
                rules, of: table, declared: declared, policy: .stop,
                resolve: { name in
                    do {
                        let side = try open(target.neighbour(name, in: contract), opener, on: connection)
                        return try HostedTable(side, on: connection)
                    } catch let error as WeirError where error.code == "diff.unknown-table" { return nil }
                }, detail: detail, now: now, on: connection)
        } catch let error as WeirError where side.engine == "sqlite" && error.isDynamicValue {
            throw WeirError(
                "check.other-kind", "\(target.label) holds a value of another type than its column: \(error.message)",
                hint: "SQLite keeps any value in any column; find them with typeof()", at: rules.place,
                outcome: .gateFailed)
        }
        return (found, table.engine)
    }

    private func open(
        _ target: DiffTarget, _ opener: SideOpener, on connection: isolated Connection
    ) throws -> DiffSide {
        try opener.open(target, label: self.target.label, id: "a", on: connection)
    }

    /// A table of a DuckDB file, or rows that were brought here.
    private func auditHere(
        _ side: DiffSide, _ rules: TableContract, _ declared: TableName, _ detail: AuditDetail, _ opener: SideOpener,
        on connection: isolated Connection
    ) throws -> AuditResult {
        // In its own database a table is read where it is; through a view it has no row ids.
        if let place = side.attachedTable { try connection.execute("USE \(SQL.quote(place.catalog))") }
        defer { if side.attachedTable != nil { _ = try? connection.execute("USE memory") } }
        func name(of found: DiffSide, as view: String) throws -> TableName {
            if let place = found.attachedTable, place.catalog == side.attachedTable?.catalog { return place.name }
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(SQL.quote(view)) AS SELECT * FROM \(found.relation)")
            return TableName(schema: "temp", table: view)
        }
        let scope = AuditScope(table: try name(of: side, as: "_weir_hosted"), declared: declared, now: now)
        return try TableAudit.audit(
            rules, scope: scope, policy: .stop,
            resolve: { text in
                guard let found = try? open(target.neighbour(text, in: contract), opener, on: connection) else {
                    return nil
                }
                return try? name(of: found, as: "_weir_parent_\(Fingerprint.of([text]).prefix(8))")
            }, detail: detail, on: connection)
    }
}

extension CheckRun {
    func check(_ target: DatabaseTarget) async throws -> CheckedTable {
        guard let path = contract else {
            throw WeirError(
                "check.no-contract", "\(target.label) has no contract of its own", hint: "give one with --contract FILE"
            )
        }
        let choice = try ContractChoice(path: path, folder: folder)
        let name = target.declared(table)
        let rules = try choice.table(for: name)
        return try await timed(CheckedTable(target: target.label, contract: choice.mark, engine: try engine)) {
            result in
            let chosen = PublishedTable.withoutQuarantine(
                try self.choice.apply(to: rules), policy: rules.onFail ?? .stop)
            let check = DatabaseCheck(
                target: target, contract: choice.contract, project: project, environment: environment, folder: folder,
                memoryLimit: memoryLimit, now: nowMicros)
            let (audit, engine) = try await check.run(chosen, declared: name, detail: detail)
            result.take(audit)
            if let engine { result.engine = engine }
        }
    }
}
