import WeirCore
import WeirEngine

/// Tries a contract's rules on empty tables of its own columns, so that what the engine refuses is known before any
/// load.
public struct EngineCheck: Sendable {
    public struct Findings: Sendable {
        public var errors: [WeirError] = []
        public var warnings: [WeirError] = []
        public init() {}
    }

    let file: ContractFile

    public init(_ file: ContractFile) { self.file = file }

    /// Opens a database in memory for the time of the check.
    public func run() async throws -> Findings {
        guard let contract = file.contract else { return Findings() }
        var options = Database.Options()
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        return try await database.withConnection { connection in
            try await connection.perform { try check(contract, on: $0) }
        }
    }

    private func check(_ contract: Contract, on connection: isolated Connection) throws -> Findings {
        var findings = Findings()
        for (index, table) in contract.tables.enumerated() {
            findings.errors += contradictions(in: table)
            findings.warnings += doubtful(table)
            let name = TableName(schema: "main", table: "weir_lint_\(index)")
            guard !table.columns.isEmpty, try create(name, table, on: connection) else { continue }
            try check(table, as: name, on: connection, &findings)
        }
        return findings
    }

    private func create(_ name: TableName, _ table: TableContract, on connection: isolated Connection) throws -> Bool {
        let columns = table.columns.map { "\(SQL.quote($0.columnName)) \(Self.type(of: $0) ?? "VARCHAR")" }
        do { try connection.execute("CREATE OR REPLACE TABLE \(name.sql) (\(columns.joined(separator: ", ")))") } catch
        {
            return false
        }
        return true
    }

    private static func type(of column: ColumnContract) -> String? { column.declaredType }

    private func check(
        _ table: TableContract, as name: TableName, on connection: isolated Connection, _ findings: inout Findings
    ) throws {
        let columns = try connection.columns(of: "SELECT * FROM \(name.sql)")
        let plan = AuditPlan.compile(table, columns: columns, table: name)
        let untyped = Set(table.columns.filter { Self.type(of: $0) == nil }.map(\.columnName))
        for rule in plan.rules {
            // A column of unknown type may be anything: what fails on a text may well work on it.
            if rule.columns.contains(where: { untyped.contains($0.root) }) { continue }
            if let why = plan.undecidable[rule.id] {
                findings.errors.append(error("contract.undecidable", "\(rule.id): \(why)", rule))
            } else if let problem = try problem(of: rule, plan, name, on: connection) {
                if problem.isAboutOtherTables {
                    findings.warnings.append(error("contract.untried", "\(rule.id): \(problem.message)", rule))
                } else {
                    findings.errors.append(error("contract.bad-query", "\(rule.id): \(problem.message)", rule))
                }
            }
        }
    }

    private struct Problem {
        let message: String
        let isAboutOtherTables: Bool
    }

    private func problem(
        of rule: Rule, _ plan: AuditPlan, _ name: TableName, on connection: isolated Connection
    ) throws -> Problem? {
        if case .custom(.condition(let condition)) = rule.kind {
            if let why = try ConditionCheck.refusal(of: condition, in: name.sql, on: connection) {
                return Problem(message: why, isAboutOtherTables: Self.isMissingTable(why))
            }
        }
        if case .custom = rule.kind, let why = CustomCheck(rule: rule, plan: plan).problem {
            return Problem(message: why, isAboutOtherTables: false)
        }
        var query = plan.conditions[rule.id].map { "SELECT 1 FROM \(name.sql) AS t WHERE \($0)" }
        if case .sql(let text) = rule.kind {
            query = SQLRule.fill(text, object: name.sql, column: rule.columns.first)
        }
        guard let query else { return nil }
        do {
            let columns = try connection.columns(of: "SELECT * FROM query(\(ValueSQL.text(query)))")
            return columns.count == 1
                ? nil
                : Problem(
                    message: "the query returns \(columns.count) columns, and one is wanted", isAboutOtherTables: false)
        } catch {
            guard AuditRun.isAboutTheRule(error) else { throw error }
            let message = WeirError.wrapping(error).message
            return Problem(message: message, isAboutOtherTables: Self.isMissingTable(message))
        }
    }

    private static func isMissingTable(_ message: String) -> Bool {
        message.lowercased().contains("table") && message.lowercased().contains("no table")
            || message.contains("does not exist") && message.lowercased().contains("table")
    }

    // MARK: What no engine is needed for

    private func contradictions(in table: TableContract) -> [WeirError] {
        var found: [WeirError] = []
        var sets: [ColumnPath: Set<String>] = [:]
        for rule in table.rules where rule.severity == .error && rule.limit == .none {
            guard case .acceptedValues(let values) = rule.kind, let path = rule.columns.first else { continue }
            let texts = Set(values.compactMap(\.text))
            if let other = sets[path], other.isDisjoint(with: texts) {
                found.append(
                    error(
                        "contract.contradiction", "\(path) may have no value at all: two lists of values share none",
                        rule))
            }
            sets[path] = texts
        }
        return found
    }

    private func doubtful(_ table: TableContract) -> [WeirError] {
        var found: [WeirError] = []
        for column in table.columns {
            guard let logical = column.logicalType, let physical = column.physicalType,
                let family = PhysicalType.family(physical), !family.fits(logical)
            else { continue }
            found.append(
                source.error(
                    "contract.type-conflict",
                    "\(column.name) is \(logical.rawValue) by its logicalType and \(physical) by its physicalType",
                    hint: "the column is held against the physicalType", line: column.place.line ?? 1,
                    column: column.place.column))
        }
        var seen: [String: Rule] = [:]
        for rule in table.rules {
            let key = "\(rule.kind) \(rule.columns) \(rule.limit) \(rule.severity)"
            if let first = seen[key], rule.name == first.name {
                found.append(
                    error(
                        "contract.repeated-rule",
                        "\(rule.id) says the same as the rule in line \(first.place.line ?? 0)", rule))
            }
            seen[key] = seen[key] ?? rule
        }
        return found
    }

    private var source: SourceText { file.source }

    private func error(_ code: String, _ message: String, _ rule: Rule) -> WeirError {
        source.error(code, message, line: rule.place.line ?? 1, column: rule.place.column)
    }
}
