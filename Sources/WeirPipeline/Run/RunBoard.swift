import WeirCore

/// Who may be built next: pure bookkeeping, no I/O.
///
/// A table is ready when everything it reads is settled. One that was not published blocks the tables that read
/// it, and those whose contract points to it when it was never there, and nothing else.
actor RunBoard {
    enum Step: Sendable {
        case build(PlannedNode, versions: [String: String])
        /// Nothing to build; the result is final.
        case settled(NodeResult)
    }

    nonisolated let rank: [String: Int]
    private(set) var results: [NodeResult] = []
    private let graph: ProjectGraph
    private let failFast: Bool
    private var pending: [PlannedNode]
    private var settled: [String: NodeResult] = [:]
    private var versions: TableVersions
    /// Tables that no run has published before.
    private let unpublished: Set<String>
    private var running = 0
    private var isStopped = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ planned: Runner.Planned, failFast: Bool, versions: TableVersions) {
        graph = planned.graph
        self.failFast = failFast
        pending = planned.plan.nodes
        rank = Dictionary(
            planned.graph.order.enumerated().map { ($1.name.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.versions = versions
        unpublished = Set(planned.plan.nodes.filter { $0.status == .new }.map(\.name.key))
    }

    /// The next step; waits while everything left depends on what is being built. Nil when all is done.
    func next() async -> Step? {
        while true {
            if let step = take() { return step }
            if pending.isEmpty || running == 0 { return nil }
            await withCheckedContinuation { waiters.append($0) }
        }
    }

    func finish(_ built: RunExecution.Built, isView: Bool) {
        running -= 1
        if let checkpoint = built.checkpoint { versions.set(built.result.name, checkpoint, isView: isView) }
        settle(built.result)
    }

    private func take() -> Step? {
        for (index, entry) in pending.enumerated() {
            guard let node = graph[entry.name] else { continue }
            let selected = Set(pending.map(\.name.key))
            let waitsOn = (node.inputs + node.waitsFor).filter { selected.contains($0.key) || isRunning($0) }
            if !waitsOn.isEmpty { continue }
            pending.remove(at: index)
            if let result = settledWithoutBuilding(entry, node) {
                settle(result)
                return .settled(result)
            }
            running += 1
            inFlight.insert(entry.name.key)
            return .build(entry, versions: versions.inputs(of: node))
        }
        return nil
    }

    private var inFlight = Set<String>()
    private func isRunning(_ name: TableName) -> Bool { inFlight.contains(name.key) }

    private func settledWithoutBuilding(_ entry: PlannedNode, _ node: GraphNode) -> NodeResult? {
        var result = NodeResult(name: entry.name, kind: entry.kind, strategy: entry.strategy, status: .unchanged)
        result.inputs = node.inputs
        result.columns = entry.columns
        if isStopped || Task.isCancelled {
            result.status = isStopped && !Task.isCancelled ? .blocked : .cancelled
            result.reason =
                isStopped && !Task.isCancelled ? "--fail-fast ended the run" : "stopped on request; run again to go on"
            return result
        }
        if let culprit = node.inputs.first(where: { settled[$0.key].map { !$0.isUsable } ?? false }) {
            result.status = .blocked
            result.reason = "\(culprit) was not published"
            return result
        }
        // Against the rows that were published before its foreign keys can still be held; against no table they cannot.
        if let parent = node.waitsFor.first(where: {
            settled[$0.key].map { !$0.isUsable } ?? false && unpublished.contains($0.key)
        }) {
            result.status = .blocked
            result.reason = "\(parent), which its contract points to, was not published"
            return result
        }
        if entry.problem == nil, entry.action == .none {
            result.reason = entry.reasons.first
            return result
        }
        if let problem = entry.problem, entry.kind == .model {
            result.status = .failed
            result.error = problem
            result.reason = problem.message
            return result
        }
        return nil
    }

    private func settle(_ result: NodeResult) {
        inFlight.remove(result.name.key)
        settled[result.name.key] = result
        results.append(result)
        if failFast, !result.isUsable { isStopped = true }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
