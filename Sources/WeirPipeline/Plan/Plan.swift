import WeirCore

/// What a run would do and why: pure data, made before anything is touched.
public struct Plan: Sendable, Codable {
    public var project: String
    public var environment: String?
    /// In the order in which they would be built.
    public var nodes: [PlannedNode]
    /// Tables that Weir published before and that the project no longer has.
    public var removed: [TableName]

    /// Whether a run would change nothing.
    public var isEmpty: Bool { nodes.allSatisfy { $0.action == .none && $0.problem == nil } }

    /// How a run would end for what is known now: an input that cannot be read fails it.
    public var outcome: Outcome {
        nodes.compactMap(\.problem?.outcome).map(\.rawValue).max().flatMap(Outcome.init(rawValue:)) ?? .done
    }

    public subscript(name: TableName) -> PlannedNode? { nodes.first { $0.name.key == name.key } }
}

/// One table in a plan.
public struct PlannedNode: Sendable, Codable {
    public var name: TableName
    public var kind: NodeKind
    public var strategy: Strategy
    public var status: Status
    public var action: Action
    /// Why, in words.
    public var reasons: [String]
    /// What the table will look like; empty when that could not be found out.
    public var columns: [Column]
    public var columnDiff: ColumnDiff
    /// Tables that a change of columns breaks.
    public var breaks: [TableName]
    /// What its own contract says of columns that change, and will no longer be true.
    public var breaksContracts: [ContractBreak] = []
    public var inputs: [TableName]
    /// What its AI step would ask; nil without one, or where that cannot be said.
    public var ai: AIForecast?
    /// Why the input cannot be read, where it cannot.
    public var problem: WeirError?
    /// In an environment: it is, or will be, a view onto production's table.
    var looksAtProduction = false
    /// What is there is no beginning to go on from: production's view, or rows of another strategy.
    var startsAnew = false
    /// Only its contract changed: its rows are held against it where they are.
    var isOnlyAudited = false
    /// It is built because its inputs are, and may turn out to be what it was.
    var isForInputsSake = false
    /// Its rows will be others after the run, whether it is built itself or only shows tables that are.
    var isChanging = false

    public enum Status: String, Sendable, Codable {
        /// Never published.
        case new
        /// Its definition changed.
        case changed
        /// Its definition is the same and its inputs have changed.
        case stale
        case unchanged
    }

    public enum Action: String, Sendable, Codable {
        /// From nothing, replacing what is there.
        case build
        /// New rows join those that are there.
        case load
        /// A view onto production's table, in an environment.
        case reference
        case none
    }

    private enum CodingKeys: String, CodingKey {
        case name, kind, strategy, status, action, reasons, columns, columnDiff, breaks, breaksContracts, inputs,
            ai, problem
    }
}

extension PlannedNode {
    /// Whether a load leaves rows that are published where they are.
    var keepsRows: Bool { strategy.keepsRows }

    public init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        name = try box.decode(TableName.self, forKey: .name)
        kind = try box.decode(NodeKind.self, forKey: .kind)
        strategy = try box.decode(Strategy.self, forKey: .strategy)
        status = try box.decode(Status.self, forKey: .status)
        action = try box.decode(Action.self, forKey: .action)
        reasons = try box.decode([String].self, forKey: .reasons)
        columns = try box.decode([Column].self, forKey: .columns)
        columnDiff = try box.decode(ColumnDiff.self, forKey: .columnDiff)
        breaks = try box.decode([TableName].self, forKey: .breaks)
        breaksContracts = try box.decodeIfPresent([ContractBreak].self, forKey: .breaksContracts) ?? []
        inputs = try box.decode([TableName].self, forKey: .inputs)
        // A problem and a forecast are for showing; they are not read back.
        ai = nil
        problem = nil
    }
}

/// How a table's columns change.
public struct ColumnDiff: Sendable, Hashable, Codable {
    public var added: [Column] = []
    public var removed: [Column] = []
    public var retyped: [Retyped] = []

    public struct Retyped: Sendable, Hashable, Codable {
        public var name: String
        public var from: String
        public var to: String
    }

    public init() {}

    public init(from old: [Column], to new: [Column]) {
        let before = Dictionary(old.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        added = new.filter { before[$0.name.lowercased()] == nil }
        removed = old.filter { after[$0.name.lowercased()] == nil }
        retyped = new.compactMap { column in
            guard let was = before[column.name.lowercased()], was.type != column.type else { return nil }
            return Retyped(name: column.name, from: was.type, to: column.type)
        }
    }

    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && retyped.isEmpty }

    /// Whether a reader's error comes of this change: it names a column that is gone, or types no longer fit.
    func breaks(_ error: WeirError) -> Bool {
        let said = ([error] + error.causes).map { $0.message.lowercased() }
        let isAboutTypes = ([error] + error.causes).contains { $0.code == "sql.type" }
        return removed.contains { gone in said.contains { $0.contains("\"\(gone.name.lowercased())\"") } }
            || (isAboutTypes && !retyped.isEmpty)
    }
}
