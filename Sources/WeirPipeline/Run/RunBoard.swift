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
    /// In the order of the plan; what was taken leaves its place.
    private let entries: [PlannedNode]
    /// Places in ``entries`` of the nodes that wait for nothing, in their order.
    private var ready: [Int] = []
    /// How many nodes that are not settled each place waits for.
    private var waiting: [Int]
    /// Places that wait for a node, by its key.
    private var dependents: [String: [Int]] = [:]
    private var left: Int
    private var settled: [String: NodeResult] = [:]
    private var versions: TableVersions
    /// Tables that no run has published before.
    private let unpublished: Set<String>
    private var running = 0
    private var isStopped = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ planned: Runner.Planned, failFast: Bool, versions: TableVersions) {
        let graph = planned.graph
        let entries = planned.plan.nodes.filter { graph[$0.name] != nil }
        let selected = Set(entries.map(\.name.key))
        var waiting: [Int] = []
        for (place, entry) in entries.enumerated() {
            guard let node = graph[entry.name] else { continue }
            let waitsFor = Set((node.inputs + node.waitsFor).map(\.key)).intersection(selected)
            for key in waitsFor { dependents[key, default: []].append(place) }
            waiting.append(waitsFor.count)
            if waitsFor.isEmpty { ready.append(place) }
        }
        self.graph = graph
        self.failFast = failFast
        self.entries = entries
        self.waiting = waiting
        left = entries.count
        rank = Dictionary(graph.order.enumerated().map { ($1.name.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.versions = versions
        unpublished = Set(planned.plan.nodes.filter { $0.status == .new }.map(\.name.key))
    }

    /// The next step; waits while everything left depends on what is being built. Nil when all is done.
    func next() async -> Step? {
        while true {
            if let step = take() { return step }
            if left == 0 || running == 0 { return nil }
            await withCheckedContinuation { waiters.append($0) }
        }
    }

    func finish(_ built: RunExecution.Built, isView: Bool) {
        running -= 1
        if let checkpoint = built.checkpoint { versions.set(built.result.name, checkpoint, isView: isView) }
        settle(built.result)
    }

    private func take() -> Step? {
        guard !ready.isEmpty else { return nil }
        let entry = entries[ready.removeFirst()]
        guard let node = graph[entry.name] else { return nil }
        left -= 1
        if let result = settledWithoutBuilding(entry, node) {
            settle(result)
            return .settled(result)
        }
        running += 1
        return .build(entry, versions: versions.inputs(of: node))
    }

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
        settled[result.name.key] = result
        for place in dependents.removeValue(forKey: result.name.key) ?? [] {
            waiting[place] -= 1
            if waiting[place] == 0 { ready.insert(place, at: ready.firstIndex { $0 > place } ?? ready.endIndex) }
        }
        results.append(result)
        if failFast, !result.isUsable { isStopped = true }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
