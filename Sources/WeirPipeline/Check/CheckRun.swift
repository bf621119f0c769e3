import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality
import WeirStore

/// Holds tables of a warehouse, files and queries against contracts. Nothing is written but temporary tables, and the
/// history of the checks.
public struct CheckRun: Sendable {
    /// Selectors of tables, files, globs or queries; none means every table of the project that has a contract.
    public var targets: [String]
    /// A contract's file for the targets; tables of a project have one of their own.
    public var contract: String?
    /// Which table of the contract it is, where it describes several.
    public var table: String?
    public var choice = RuleChoice()
    public var detail = AuditDetail()
    /// Reads only the parts of tables that are new or changed since they were last counted.
    public var incremental: IncrementalChoice?
    public var project: Project?
    public var environment: String?
    /// Where relative paths begin.
    public var folder: String
    public var memoryLimit: String?
    /// The time that counts as now; nil is the clock's.
    public var now: Date?
    /// Hears what is being done.
    public var progress: @Sendable (String) -> Void = { _ in }
    /// Hears what went wrong beside the check.
    public var warn: @Sendable (WeirError) -> Void = { _ in }

    public init(targets: [String], project: Project? = nil, folder: String) {
        self.targets = targets
        self.project = project
        self.folder = folder
    }

    /// - Throws: ``WeirError`` for a target or contract that does not exist. What keeps one table from being checked
    ///   is in its result.
    public func run() async throws -> CheckReport {
        var report = CheckReport(engine: try Database.libraryVersion(), weir: Weir.version)
        var selectors: [String] = []
        var others: [(String, ProfileTarget)] = []
        var databases: [DatabaseTarget] = []
        for target in targets {
            let isSelector = target.hasPrefix("tag:") || target.hasSuffix("+") || target.hasPrefix("+")
            if isSelector || (project != nil && target.hasSuffix("*") && !target.contains("/")) {
                selectors.append(target)
                continue
            }
            if let found = try DatabaseTarget(target, project: project, folder: folder) {
                databases.append(found)
                continue
            }
            let kind = try ProfileTarget(target, in: folder)
            if case .table = kind, project != nil { selectors.append(target) } else { others.append((target, kind)) }
        }
        if incremental != nil {
            try IncrementalChoice.require(detail, others: others.map(\.0) + databases.map(\.label))
        }
        if targets.isEmpty || !selectors.isEmpty { report.tables += try await checkTables(selectors) }
        for (target, kind) in others {
            progress("checking \(target)")
            report.tables.append(try await check(target, kind))
        }
        for target in databases {
            progress("checking \(target.label)")
            report.tables.append(try await check(target))
        }
        await remember(report)
        for warning in await tell(report) { warn(warning) }
        return report
    }

    var nowMicros: Int64? { now.map { UTC.milliseconds($0) * 1000 } }

    func timed(
        _ result: CheckedTable, _ body: (inout CheckedTable) async throws -> Void
    ) async throws -> CheckedTable {
        var result = result
        let clock = ContinuousClock.now
        do { try await body(&result) } catch let error as WeirError { result.error = error }
        result.milliseconds = Int((ContinuousClock.now - clock).milliseconds)
        return result
    }

    var engine: String {
        get throws { "duckdb \(try Database.libraryVersion().drop { $0 == "v" })" }
    }

    // MARK: Tables of the project

    private struct Choice: Sendable {
        let name: TableName
        let strategy: Strategy
        let onFail: OnFail?
        let path: String
    }

    private func chosen(_ selectors: [String], _ project: Project) async throws -> [Choice] {
        let known =
            project.sources.map { ($0.name, $0.contract, $0.load.strategy, $0.onFail) }
            + project.models.map { ($0.name, $0.contract, $0.load.strategy, $0.onFail) }
        let graph = try await TestCatalog.graph(of: project)
        let keys = try Selection(selectors).resolve(graph: graph, project: project, changed: [])
        let all = known.filter { keys.contains($0.0.key) }.sorted { $0.0 < $1.0 }
        return try all.compactMap { name, path, strategy, onFail in
            guard let path = contract ?? path else {
                // Of several a table without a contract is passed over; one that was named is a mistake.
                guard selectors.contains(where: { $0.lowercased() == name.key }) else { return nil }
                throw WeirError(
                    "check.no-contract", "\(name) has no contract",
                    hint:
                        "give one with --contract, or name it in the table's definition: `contract: contracts/NAME.yaml`"
                )
            }
            return Choice(name: name, strategy: strategy, onFail: onFail, path: path)
        }
    }

    private func checkTables(_ selectors: [String]) async throws -> [CheckedTable] {
        guard let project else {
            throw WeirError(
                "check.no-target", "there is no project here, so there is nothing to check without a target",
                hint: "name a file and its contract: weir check data/orders.csv --contract orders.odcs.yaml")
        }
        let chosen = try await chosen(selectors, project)
        guard !chosen.isEmpty else {
            throw WeirError(
                "check.nothing",
                "no table of \(selectors.isEmpty ? "this project" : selectors.joined(separator: ", ")) has a contract",
                hint: "a source or model names its contract with `contract: contracts/NAME.yaml`")
        }
        let scope = try EnvironmentScope(environment, in: project)
        let settings = project.warehouse(in: environment)
        let warehouse = try await Warehouse.open(settings, workers: 1, readOnly: true)
        var results: [CheckedTable] = []
        let engine = try engine
        let memory = incremental == nil ? nil : try await CheckMemory.open(project, scope, warn: warn)
        for item in chosen {
            try Task.checkCancellation()
            progress("checking \(item.name)")
            let choice =
                if contract == nil, let known = project.contracts[item.path] {
                    try ContractChoice(known, at: "\(project.root)/\(item.path)")
                } else {
                    try ContractChoice(path: item.path, folder: folder)
                }
            let rules = try choice.table(for: table.flatMap { TableName("x.\($0)") } ?? item.name)
            var checked = CheckedTable(target: item.name.description, contract: choice.mark, engine: engine)
            checked.table = item.name
            results.append(
                try await timed(checked) { result in
                    let rules = try self.choice.apply(to: rules)
                    let published = PublishedTable(
                        project: project, environment: scope, name: item.name, strategy: item.strategy,
                        policy: project.onFail(item.onFail, rules), now: nowMicros)
                    let division = incremental?.partition(rules)
                    let known = division == nil ? [:] : try await memory?.states(of: item.name) ?? [:]
                    let found = try await warehouse.withConnection { connection in
                        try await connection.perform { try look(published, rules, division, known, on: $0) }
                    }
                    result.take(found.audit)
                    result.data = found.publication?.text
                    result.publication = found.publication
                    if incremental != nil, division == nil {
                        result.note =
                            "read whole: its contract has no column with partitioned: true; --partition names one"
                    }
                    guard let parts = found.parts else { return }
                    result.incremental = parts.report
                    if !parts.isUnchanged { try await memory?.remember(parts, of: item.name) }
                })
        }
        try await measureWatched(&results, project)
        return results
    }

    private struct Looked: Sendable {
        var audit: AuditResult
        var parts: IncrementalAudit.Result?
        var publication: CheckedTable.Publication?
    }

    private func look(
        _ published: PublishedTable, _ rules: TableContract, _ choice: PartitionChoice?, _ known: CheckMemory.States,
        on connection: isolated Connection
    ) throws -> Looked {
        try connection.execute("SET TimeZone = 'UTC'")
        guard try connection.columns(of: published.physical) != nil else {
            throw WeirError(
                "check.missing-table", "\(published.physical) is not in the warehouse",
                hint: "`weir run \(published.name)` builds it", at: rules.place, outcome: .gateFailed)
        }
        let checkpoint =
            try CheckpointStore.exists(on: connection)
            ? CheckpointStore.read(published.physical, on: connection) : nil
        let data = checkpoint.map {
            CheckedTable.Publication(version: $0.version, runID: $0.runID, at: $0.publishedAt)
        }
        guard let choice else {
            return Looked(audit: try published.audit(rules, detail: detail, on: connection), publication: data)
        }
        let found = try published.audit(rules, by: choice, known: { known[$0] ?? [:] }, on: connection)
        return Looked(audit: found.audit, parts: found, publication: data)
    }

    // MARK: Files and queries

    private func check(_ target: String, _ kind: ProfileTarget) async throws -> CheckedTable {
        guard let path = contract else {
            throw WeirError(
                "check.no-contract", "\(target) has no contract of its own", hint: "give one with --contract FILE")
        }
        let choice = try ContractChoice(path: path, folder: folder)
        let name = TableName(schema: "data", table: table ?? kind.plainName)
        let rules = try choice.table(for: name)
        return try await timed(CheckedTable(target: target, contract: choice.mark, engine: try engine)) { result in
            let rules = PublishedTable.withoutQuarantine(
                try self.choice.apply(to: rules), policy: rules.onFail ?? .stop)
            switch kind {
            case .files(let pattern):
                let found = try await checkFiles(pattern, rules, name)
                result.take(found.audit)
                result.unreadableRows = found.unreadableRows
                result.unreadable = found.unreadable
                result.data = found.version
            case .query(let sql): result.take(try await checkQuery(sql, rules, name))
            case .table:
                throw WeirError(
                    "check.no-project", "\(target) is a table's name, and there is no project here",
                    hint: "run it in a folder with weir.yaml, or give --project")
            }
        }
    }

    private var reader: ProfileRun {
        var reader = ProfileRun(target: "", project: project, folder: folder)
        reader.environment = environment
        reader.memoryLimit = memoryLimit
        return reader
    }

    private struct FileResult: Sendable {
        let audit: AuditResult
        let unreadableRows: Int
        let unreadable: [CheckedTable.Unreadable]
        let version: String?
    }

    /// Files are read with the contract's types, as a run would read them.
    private func checkFiles(
        _ pattern: String, _ rules: TableContract, _ name: TableName
    ) async throws -> FileResult {
        defer { try? FileManager.default.removeItem(atPath: ProfileRun.workFolder) }
        let reader = reader
        return try await reader.withConnection(for: [.files(pattern)]) { connection in
            let types = rules.columns.compactMap { column in
                column.declaredType.map { Column(name: column.columnName, type: $0) }
            }
            let (source, input) = try reader.inspect(pattern, columns: types, on: connection)
            let staged = try reader.stage(source, input, on: connection)
            let scope = AuditScope(
                table: staged.table, declared: name, malformedRows: staged.malformedRows, now: nowMicros)
            let audit = try TableAudit.audit(rules, scope: scope, policy: .stop, detail: detail, on: connection)
            let reasons = try staged.malformed.map { table in
                try connection.query(
                    "SELECT reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM temp.\(SQL.quote(table))) GROUP BY 1 ORDER BY 2 DESC, 1"
                ).map { CheckedTable.Unreadable(reason: $0[0].display, rows: Int($0[1].int ?? 0)) }
            }
            return FileResult(
                audit: audit, unreadableRows: staged.malformedRows, unreadable: reasons ?? [], version: input.version)
        }
    }

    private func checkQuery(_ sql: String, _ rules: TableContract, _ name: TableName) async throws -> AuditResult {
        try await reader.withConnection(for: [.query(sql)]) { connection in
            do { try connection.execute("CREATE OR REPLACE TEMP TABLE _weir_checked AS \(sql)") } catch {
                throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
            }
            let scope = AuditScope(
                table: TableName(schema: "temp", table: "_weir_checked"), declared: name, now: nowMicros)
            return try TableAudit.audit(rules, scope: scope, policy: .stop, detail: detail, on: connection)
        }
    }
}

extension CheckedTable {
    mutating func take(_ audit: AuditResult) {
        rows = audit.rows
        checks = audit.outcomes
        segments = audit.segments
        failing = audit.failing
    }
}
