import Foundation

/// What all events of one run of Weir share.
public struct OpenLineageContext: Sendable, Hashable {
    /// Namespace of the jobs, `lineage.namespace` of the project.
    public var namespace: String
    public var project: String
    /// Weir's own run id.
    public var runID: String
    /// A URI that names the program that writes the events.
    public var producer: String
    /// `duckdb` and its version, when it is known.
    public var engine: String
    public var engineVersion: String?
    public var weirVersion: String

    public init(
        namespace: String, project: String, runID: String, weirVersion: String, producer: String? = nil,
        engine: String = "duckdb", engineVersion: String? = nil
    ) {
        self.namespace = namespace
        self.project = project
        self.runID = runID
        self.weirVersion = weirVersion
        self.producer = producer ?? "urn:weir:\(weirVersion)"
        self.engine = engine
        self.engineVersion = engineVersion
    }
}

/// A table, a file or whatever else is read or written.
public struct OpenLineageDataset: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public var name: String
        public var type: String?
        public var description: String?

        public init(name: String, type: String? = nil, description: String? = nil) {
            self.name = name
            self.type = type
            self.description = description
        }
    }

    /// Where it lives. ``OpenLineageNaming`` makes both parts.
    public var namespace: String
    public var name: String
    public var description: String?
    /// Empty when they are not known.
    public var fields: [Field]
    public var owners: [String]
    /// The data source's name and address; credentials in the address are removed.
    public var sourceName: String?
    public var sourceURI: String?

    public init(
        namespace: String, name: String, description: String? = nil, fields: [Field] = [], owners: [String] = [],
        sourceName: String? = nil, sourceURI: String? = nil
    ) {
        self.namespace = namespace
        self.name = name
        self.description = description
        self.fields = fields
        self.owners = owners
        self.sourceName = sourceName
        self.sourceURI = sourceURI
    }
}

/// One input column that an output column, or which rows there are, depends on.
public struct OpenLineageColumn: Sendable, Hashable {
    /// The words of the column lineage facet for what happens on the way.
    public enum Change: String, Sendable, Hashable, CaseIterable {
        case identity = "IDENTITY"
        case transformation = "TRANSFORMATION"
        case aggregation = "AGGREGATION"
        case join = "JOIN"
        case groupBy = "GROUP_BY"
        case filter = "FILTER"
        case sort = "SORT"
        case window = "WINDOW"
        case conditional = "CONDITIONAL"

        /// Direct: the value comes from the input. Indirect: the input only decides about it.
        var isDirect: Bool { [.identity, .transformation, .aggregation].contains(self) }
    }

    /// Nil when the input bears on all columns, as the column of a filter does.
    public var output: String?
    public var inputNamespace: String
    public var inputName: String
    public var inputField: String
    public var change: Change

    public init(output: String?, inputNamespace: String, inputName: String, inputField: String, change: Change) {
        self.output = output
        self.inputNamespace = inputNamespace
        self.inputName = inputName
        self.inputField = inputField
        self.change = change
    }
}

/// A table of the project and how it is built.
public struct OpenLineageNode: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case source = "SOURCE"
        case model = "MODEL"
    }

    /// `schema.table`.
    public var name: String
    public var kind: Kind
    /// Its why.
    public var description: String?
    public var owners: [String]
    public var sql: String?
    public var inputs: [OpenLineageDataset]
    public var output: OpenLineageDataset
    public var columns: [OpenLineageColumn]
    /// The interval that a backfill builds; half open.
    public var nominalStart: Date?
    public var nominalEnd: Date?

    public init(
        name: String, kind: Kind, description: String? = nil, owners: [String] = [], sql: String? = nil,
        inputs: [OpenLineageDataset], output: OpenLineageDataset, columns: [OpenLineageColumn] = [],
        nominalStart: Date? = nil, nominalEnd: Date? = nil
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.owners = owners
        self.sql = sql
        self.inputs = inputs
        self.output = output
        self.columns = columns
        self.nominalStart = nominalStart
        self.nominalEnd = nominalEnd
    }
}

/// How the building of a table, or a whole run, ended.
public enum OpenLineageOutcome: Sendable, Hashable {
    case complete
    /// With the message for people.
    case failed(String)
    case aborted
}

/// What was measured and checked when a table was built.
public struct OpenLineageQuality: Sendable, Hashable {
    public struct Assertion: Sendable, Hashable {
        /// The rule: `not_null`, `unique`, `range` …
        public var rule: String
        public var column: String?
        public var passed: Bool
        /// `error` or `warn`.
        public var severity: String?
        /// What the rule allows and what was found, as texts.
        public var expected: String?
        public var actual: String?

        public init(
            rule: String, column: String? = nil, passed: Bool, severity: String? = nil, expected: String? = nil,
            actual: String? = nil
        ) {
            self.rule = rule
            self.column = column
            self.passed = passed
            self.severity = severity
            self.expected = expected
            self.actual = actual
        }
    }

    public struct ColumnMetrics: Sendable, Hashable {
        public var nulls: Int64?
        public var distinct: Int64?
        public var count: Int64?
        public var min: Double?
        public var max: Double?

        public init(
            nulls: Int64? = nil, distinct: Int64? = nil, count: Int64? = nil, min: Double? = nil, max: Double? = nil
        ) {
            self.nulls = nulls
            self.distinct = distinct
            self.count = count
            self.min = min
            self.max = max
        }
    }

    public var rowsPublished: Int64?
    /// Rows that the metrics and assertions were computed over.
    public var rowsChecked: Int64?
    public var assertions: [Assertion]
    public var columns: [String: ColumnMetrics]

    public init(
        rowsPublished: Int64? = nil, rowsChecked: Int64? = nil, assertions: [Assertion] = [],
        columns: [String: ColumnMetrics] = [:]
    ) {
        self.rowsPublished = rowsPublished
        self.rowsChecked = rowsChecked
        self.assertions = assertions
        self.columns = columns
    }
}
