import Foundation

/// Everything that the site shows of a project. Plain values, so that the site needs neither a database nor a file.
public struct DocsModel: Sendable, Hashable, Codable {
    public var project: String
    public var weirVersion: String
    /// Nil is production.
    public var environment: String?
    /// The newest moment that the content tells of; the time of writing would make every build differ.
    public var updatedAt: Date?
    public var tables: [DocsTable]

    public init(
        project: String, weirVersion: String, environment: String? = nil, updatedAt: Date? = nil, tables: [DocsTable]
    ) {
        self.project = project
        self.weirVersion = weirVersion
        self.environment = environment
        self.updatedAt = updatedAt
        self.tables = tables
    }
}

/// One table of the project.
public struct DocsTable: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable { case source, model }

    /// `schema.table`; unique in the model.
    public var name: String
    public var kind: Kind
    public var strategy: String?
    public var why: String?
    public var owner: String?
    public var tags: [String]
    public var decisions: [String]
    /// The file that defines it, relative to the project.
    public var file: String?
    /// What a source reads: files, or a connection's table.
    public var origin: String?
    public var contract: String?
    public var columns: [DocsColumn]
    /// Rules that concern the table as a whole, in words.
    public var rules: [String]
    public var sql: String?
    /// Tables that it reads; names without a page here are shown without a link.
    public var inputs: [String]
    public var tests: [DocsTest]
    /// Newest first.
    public var runs: [DocsRun]

    public init(
        name: String, kind: Kind, strategy: String? = nil, why: String? = nil, owner: String? = nil,
        tags: [String] = [], decisions: [String] = [], file: String? = nil, origin: String? = nil,
        contract: String? = nil, columns: [DocsColumn] = [], rules: [String] = [], sql: String? = nil,
        inputs: [String] = [], tests: [DocsTest] = [], runs: [DocsRun] = []
    ) {
        self.name = name
        self.kind = kind
        self.strategy = strategy
        self.why = why
        self.owner = owner
        self.tags = tags
        self.decisions = decisions
        self.file = file
        self.origin = origin
        self.contract = contract
        self.columns = columns
        self.rules = rules
        self.sql = sql
        self.inputs = inputs
        self.tests = tests
        self.runs = runs
    }
}

public struct DocsColumn: Sendable, Hashable, Codable {
    public var name: String
    public var type: String
    public var description: String?
    /// The contract's rules for it, in words.
    public var rules: [String]
    /// `schema.table.column` of what it is made of.
    public var madeOf: [String]

    public init(
        name: String, type: String, description: String? = nil, rules: [String] = [], madeOf: [String] = []
    ) {
        self.name = name
        self.type = type
        self.description = description
        self.rules = rules
        self.madeOf = madeOf
    }
}

public struct DocsTest: Sendable, Hashable, Codable {
    public var name: String
    /// The file that holds it, relative to the project.
    public var file: String?
    /// Nil when it was not run.
    public var passed: Bool?
    /// When it was last run.
    public var at: Date?

    public init(name: String, file: String? = nil, passed: Bool? = nil, at: Date? = nil) {
        self.name = name
        self.file = file
        self.passed = passed
        self.at = at
    }
}

/// What became of the table in one run.
public struct DocsRun: Sendable, Hashable, Codable {
    public var id: String
    public var startedAt: Date
    public var durationMs: Int64
    /// `published`, `unchanged`, `failed` …
    public var status: String
    public var reason: String?
    public var rowsIn: Int64?
    public var rowsPublished: Int64?
    public var rowsQuarantined: Int64?
    public var rowsFiltered: Int64?

    public init(
        id: String, startedAt: Date, durationMs: Int64, status: String, reason: String? = nil, rowsIn: Int64? = nil,
        rowsPublished: Int64? = nil, rowsQuarantined: Int64? = nil, rowsFiltered: Int64? = nil
    ) {
        self.id = id
        self.startedAt = startedAt
        self.durationMs = durationMs
        self.status = status
        self.reason = reason
        self.rowsIn = rowsIn
        self.rowsPublished = rowsPublished
        self.rowsQuarantined = rowsQuarantined
        self.rowsFiltered = rowsFiltered
    }
}
