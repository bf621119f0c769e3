import WeirCore
import WeirQuality
import WeirStore

/// How a check of a project's tables reads only what is new or changed.
public struct IncrementalChoice: Sendable, Hashable {
    /// The columns that divide a table; none means those that its contract calls `partitioned`.
    public var columns: [String]
    public var changes: PartitionChoice.Changes

    public init(columns: [String] = [], changes: PartitionChoice.Changes = .content) {
        self.columns = columns
        self.changes = changes
    }

    /// Nil for a table that nothing divides.
    func partition(_ contract: TableContract) -> PartitionChoice? {
        let columns = columns.isEmpty ? contract.partitionColumns : columns
        return columns.isEmpty ? nil : PartitionChoice(columns: columns, changes: changes)
    }

    /// - Parameter others: targets that are no tables of the project.
    /// - Throws: `check.incremental-target`, `check.incremental-detail`.
    static func require(_ detail: AuditDetail, others: [String]) throws {
        if let other = others.first {
            throw WeirError(
                "check.incremental-target", "\(other) is no table of the project, so nothing of it is remembered",
                hint: "leave --incremental out for files, queries and other databases")
        }
        if !detail.segments.isEmpty || detail.failingRows > 0 {
            throw WeirError(
                "check.incremental-detail",
                "--by and --failed look at all rows, and --incremental at those that changed",
                hint: "leave one of them out")
        }
    }
}

/// What checks counted before, in the project's state store.
struct CheckMemory: Sendable {
    /// By definition, then by part.
    typealias States = [String: [String: IncrementalAudit.Known]]

    private let store: StateStore
    private let environment: EnvironmentScope

    /// - Parameter warn: hears that what was known is lost.
    static func open(
        _ project: Project, _ environment: EnvironmentScope, warn: (WeirError) -> Void
    ) async throws -> CheckMemory {
        let opened = try await StateStore.openOrQuarantine("\(project.stateFolder)/state.db", secrets: project.secrets)
        opened.warnings.forEach(warn)
        return CheckMemory(store: opened.store, environment: environment)
    }

    func states(of table: TableName) async throws -> States {
        try await store.checkStates(of: environment.recorded(table)).mapValues { states in
            states.reduce(into: [:]) { known, state in
                // What another version wrote is counted again.
                guard let content = StoredJSON.value(PartitionState.self, of: state.content) else { return }
                known[state.part] = IncrementalAudit.Known(version: state.version, state: content)
            }
        }
    }

    func remember(_ result: IncrementalAudit.Result, of table: TableName) async throws {
        let states = try result.parts.map { part, known in
            CheckState(part: part, version: known.version, content: try StoredJSON.text(known.state))
        }
        try await store.record(states, of: environment.recorded(table), definition: result.definition)
    }
}

extension IncrementalReport {
    /// For people.
    var sentences: [String] {
        let names = columns.joined(separator: ", ")
        var first = "\(Figures.count(read)) of \(Figures.count(Int64(parts), "part")) by \(names) read"
        if parts > read { first += ", the others as they were when last counted" }
        if removed > 0 { first += "; \(Figures.count(removed)) gone since" }
        guard !overAllRows.isEmpty else { return [first] }
        return [first, "over all rows, as they do not add up: \(overAllRows.joined(separator: ", "))"]
    }
}
