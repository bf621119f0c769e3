import WeirCore
import WeirQuality

/// Everything that `weir test` found; the stable JSON of `--output json`.
public struct TestReport: Sendable, Encodable {
    public var project: String
    public var tests: [ModelTestResult] = []
    /// Tables checked against their contracts.
    public var tables: [TableTestResult] = []
    /// What kept the results from being remembered; not part of the JSON.
    public var warnings: [WeirError] = []

    public init(project: String) { self.project = project }

    public var passed: Int { tests.count { $0.status == .passed } + tables.count(where: \.passed) }
    public var failed: Int { tests.count { $0.status == .failed } + tables.count { !$0.passed } }
    /// Tests with a mistake in them.
    public var invalid: Int { tests.count { $0.status == .invalid } }

    /// What the command ends with: mistakes in tests count before tests that fail.
    public var outcome: Outcome {
        if invalid > 0 { return .wrongUsage }
        let system = tables.contains { $0.error?.outcome == .systemFailed }
        return system ? .systemFailed : failed > 0 ? .gateFailed : .done
    }

    private enum Key: String, CodingKey { case project, passed, failed, invalid, tests, tables }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(project, forKey: .project)
        try box.encode(passed, forKey: .passed)
        try box.encode(failed, forKey: .failed)
        try box.encode(invalid, forKey: .invalid)
        try box.encode(tests, forKey: .tests)
        try box.encode(tables, forKey: .tables)
    }
}

/// What was found of one table in the warehouse.
public struct TableTestResult: Sendable, Encodable {
    public var name: TableName
    /// The contract's file.
    public var contract: String?
    public var milliseconds = 0
    /// Rows checked; nil where only columns were.
    public var rows: Int?
    /// Of `--data`: one outcome a rule.
    public var checks: [CheckOutcome] = []
    /// Of `--schema`.
    public var schema: SchemaTestResult?
    /// Why the table could not be checked.
    public var error: WeirError?

    init(name: TableName, contract: String?) {
        self.name = name
        self.contract = contract
    }

    public var passed: Bool {
        error == nil && !checks.contains(where: \.fails) && (schema?.differences.isEmpty ?? true)
    }
}

/// How a table's columns compare with its contract.
public struct SchemaTestResult: Sendable, Encodable {
    /// Columns that are missing or of another kind.
    public var differences: [CheckOutcome]
    /// Columns that the contract does not mention: reported, no failure.
    public var extra: [Column]
}

extension CheckOutcome {
    /// The rule's limit does not hold, and the rule does more than report.
    public var fails: Bool { status == .failed || status == .quarantined }
}
