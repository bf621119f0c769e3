import WeirCore
import WeirQuality

/// Where the rows of one load went. It always adds up: rows in = published + quarantined + filtered.
public struct RowBalance: Sendable, Hashable, Codable {
    /// Rows that came in.
    public var read = 0
    public var published = 0
    public var quarantined = 0
    /// Rows that the model's SQL left out, and versions that a newer one in the same load replaced.
    public var filtered = 0

    public init(read: Int = 0, published: Int = 0, quarantined: Int = 0, filtered: Int = 0) {
        self.read = read
        self.published = published
        self.quarantined = quarantined
        self.filtered = filtered
    }

    public var holds: Bool { read == published + quarantined + filtered }

    public static func + (a: RowBalance, b: RowBalance) -> RowBalance {
        RowBalance(
            read: a.read + b.read, published: a.published + b.published, quarantined: a.quarantined + b.quarantined,
            filtered: a.filtered + b.filtered)
    }
}

/// What happened to one table in a run.
public struct NodeResult: Sendable, Encodable {
    public enum Status: String, Sendable, Codable {
        case published
        case unchanged
        /// The gate let nothing through.
        case stopped
        /// A budget was used up before all rows were answered: what was answered is kept, and nothing was published.
        case incomplete
        case failed
        /// Something it reads was not published.
        case blocked
        /// The run was cancelled before it began.
        case cancelled
    }

    public var name: TableName
    public var kind: NodeKind
    public var strategy: Strategy
    public var status: Status
    public var reason: String?
    public var balance = RowBalance()
    public var changes = RowChanges()
    /// Rows in the table after the run.
    public var rows: Int?
    public var checks: [CheckOutcome] = []
    /// How the rows compare with those of earlier runs; nil where nobody watches.
    public var drift: DriftReport?
    /// What an AI step took; nil for tables without one.
    public var ai: AskingReport?
    public var notices: [String] = []
    public var columns: [Column] = []
    public var inputs: [TableName] = []
    public var error: WeirError?
    public var attempts = 1
    public var startedAt = ""
    public var milliseconds = 0
    /// What the warehouse remembers of the table now.
    var checkpoint: Checkpoint?

    private enum CodingKeys: String, CodingKey {
        case name, kind, strategy, status, reason, balance, changes, rows, checks, drift, ai, notices, columns, inputs,
            error
        case attempts, startedAt, milliseconds
    }

    public init(name: TableName, kind: NodeKind, strategy: Strategy, status: Status) {
        self.name = name
        self.kind = kind
        self.strategy = strategy
        self.status = status
    }

    /// The result of two steps, of which the second had nothing to do or says how the table is now.
    func followed(by next: NodeResult) -> NodeResult {
        if next.status == .unchanged { return self }
        var sum = next
        sum.balance = balance + next.balance
        sum.changes.inserted += changes.inserted
        sum.changes.updated += changes.updated
        sum.changes.deleted += changes.deleted
        sum.drift = next.drift ?? drift
        sum.ai = next.ai ?? ai
        sum.notices = notices + next.notices.filter { !notices.contains($0) }
        return sum
    }

    /// Whether tables that read this one may go on.
    public var isUsable: Bool { status == .published || status == .unchanged }
}

/// What happened in a run, for showing while it goes on.
public enum RunEvent: Sendable {
    case planned(Plan)
    case started(TableName, action: PlannedNode.Action)
    case progress(TableName, percent: Double)
    case asking(TableName, AskingProgress)
    case retrying(TableName, WeirError, seconds: Double)
    case finished(NodeResult)
    /// Something about the run's history or lineage; the run itself goes on.
    case warning(WeirError)
}

/// A whole run.
public struct RunSummary: Sendable, Encodable {
    public var id: String
    public var project: String
    public var environment: String?
    public var startedAt: String
    public var milliseconds: Int
    public var nodes: [NodeResult]
    /// Tables dropped by `--prune`.
    public var pruned: [TableName] = []
    /// What went wrong with remembering the run and telling its lineage; the tables are not concerned.
    public var warnings: [WeirError] = []

    /// The worst that happened.
    public var outcome: Outcome {
        if nodes.contains(where: { $0.status == .failed || $0.status == .cancelled }) {
            let worst = nodes.compactMap(\.error?.outcome).filter { $0 != .gateFailed }.map(\.rawValue).max()
            return worst.flatMap(Outcome.init(rawValue:)) ?? .systemFailed
        }
        return nodes.contains { $0.status == .stopped || $0.status == .incomplete } ? .gateFailed : .done
    }
}
