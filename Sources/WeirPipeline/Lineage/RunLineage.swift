import Foundation
import WeirCore
import WeirEngine
import WeirQuality
import WeirStore

/// Follows a run and tells what it did to whom: the column lineage of what it published, and OpenLineage events
/// where the project asks for them.
///
/// It works beside the run and never holds it up: what happens is put into a queue that a task of its own works
/// off. That task is not cancelled with the run, because how a run was cancelled is worth telling too.
struct RunLineage: Sendable {
    /// What was found out.
    struct Report: Sendable {
        /// By the name under which a table is remembered; models that were published in this run only.
        var edges: [String: [LineageEdge]] = [:]
        var schemas: [(table: String, columns: [Column])] = []
        var warnings: [WeirError] = []
    }

    private enum Note: Sendable {
        case runStarted(Date)
        case started(TableName, Date)
        case finished(NodeResult, Date)
        case runFinished(OpenLineageOutcome, Date)
    }

    private let notes: AsyncStream<Note>.Continuation
    private let work: Task<Report, Never>
    private let emitters: [any OpenLineageEmitter]

    /// How long a run that is over may go on telling its lineage; the rest waits for the next run.
    static let patience: Duration = .seconds(10)

    init(_ subject: Subject, emitters: [any OpenLineageEmitter]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Note.self)
        notes = continuation
        self.emitters = emitters
        work = Task.detached {
            var follower = Follower(subject: subject, emitters: emitters)
            for await note in stream { await follower.follow(note) }
            return follower.report
        }
    }

    func runStarted(at date: Date) { notes.yield(.runStarted(date)) }
    func started(_ name: TableName, at date: Date) { notes.yield(.started(name, date)) }
    func finished(_ result: NodeResult, at date: Date) { notes.yield(.finished(result, date)) }

    /// Waits until all is told.
    func end(_ outcome: OpenLineageOutcome, at date: Date) async -> Report {
        notes.yield(.runFinished(outcome, date))
        notes.finish()
        for emitter in emitters { await emitter.stop(after: .now + Self.patience) }
        return await work.value
    }

    /// What the events are about.
    struct Subject: Sendable {
        let project: Project
        let graph: ProjectGraph
        let environment: EnvironmentScope
        let datasets: ProjectDatasets
        let builder: OpenLineageBuilder
        /// What the tables look like before the run, by key.
        var columns: [String: [Column]]
        let secrets: [Secret]
    }

    // MARK: The task's side

    private struct Follower {
        var subject: Subject
        let emitters: [any OpenLineageEmitter]
        let tracer: ColumnTracer
        var report = Report()
        private var open: [String: TableName] = [:]

        init(subject: Subject, emitters: [any OpenLineageEmitter]) {
            self.subject = subject
            self.emitters = emitters
            tracer = ColumnTracer(subject.project, columns: subject.columns)
        }

        mutating func follow(_ note: Note) async {
            switch note {
            case .runStarted(let date): await emit { $0.builder.runStarted(at: date) }
            case .started(let name, let date):
                open[name.key] = name
                await emit { $0.builder.nodeStarted($0.node(name).unmeasured, at: date) }
            case .finished(let result, let date):
                // What was settled without being tried has no run of its own.
                if open.removeValue(forKey: result.name.key) != nil { await finish(result, at: date) }
            case .runFinished(let outcome, let date):
                await emit { $0.builder.runFinished(outcome, at: date) }
            }
        }

        private mutating func finish(_ result: NodeResult, at date: Date) async {
            var lineage: QueryLineage?
            if result.status == .published {
                if !result.columns.isEmpty {
                    subject.columns[result.name.key] = result.columns
                    report.schemas.append((subject.environment.recorded(result.name), result.columns))
                }
                await tracer.learn(result.name, result.columns)
                if let model = subject.project.model(result.name), let node = subject.graph[result.name] {
                    lineage = await tracer.lineage(of: model, inputs: node.inputs)
                }
                if let lineage {
                    report.edges[subject.environment.recorded(result.name)] = lineage.edges(
                        of: result.name, recorded: subject.environment.recorded)
                }
            }
            await emit { subject in
                var node = subject.node(result.name)
                node.columns = lineage?.openLineage(subject.datasets.name) ?? []
                return subject.builder.nodeFinished(
                    node, result.openLineageOutcome(without: subject.secrets), OpenLineageQuality(result), at: date)
            }
        }

        /// The event is made only where somebody wants it.
        private mutating func emit(_ event: (Subject) -> OpenLineageEvent) async {
            if emitters.isEmpty { return }
            let event = event(subject)
            for emitter in emitters { report.warnings += await emitter.emit([event]) }
        }
    }
}

extension RunLineage.Subject {
    func node(_ name: TableName) -> OpenLineageNode {
        let output = datasets.table(name, columns: columns[name.key] ?? [])
        if let source = project.source(name) {
            return OpenLineageNode(
                name: name.description, kind: .source, description: source.notes.why, owners: output.owners,
                inputs: datasets.origin(of: source), output: output)
        }
        let model = project.model(name)
        let inputs = (graph[name]?.inputs ?? []).map { datasets.table($0, columns: columns[$0.key] ?? []) }
        return OpenLineageNode(
            name: name.description, kind: .model, description: model?.notes.why, owners: output.owners, sql: model?.sql,
            inputs: inputs, output: output)
    }
}

extension OpenLineageNode {
    /// What can be said before the table is built. Columns are told with the end, which tells the true ones.
    var unmeasured: OpenLineageNode {
        var node = self
        node.output.fields = []
        for index in node.inputs.indices { node.inputs[index].fields = [] }
        return node
    }
}

extension NodeResult {
    func openLineageOutcome(without secrets: [Secret]) -> OpenLineageOutcome {
        switch status {
        case .published, .unchanged: .complete
        case .cancelled: .aborted
        case .stopped, .incomplete, .failed, .blocked:
            .failed(Redaction.clean(error?.description ?? reason ?? status.rawValue, secrets: secrets))
        }
    }
}

extension OpenLineageQuality {
    init(_ result: NodeResult) {
        let isPublished = result.status == .published && result.strategy != .view
        self.init(
            rowsPublished: isPublished ? Int64(result.balance.published) : nil,
            rowsChecked: isPublished ? Int64(result.balance.read) : nil, assertions: Self.assertions(result.checks))
    }

    static func assertions(_ checks: [CheckOutcome]) -> [Assertion] {
        checks.filter { $0.status != .notChecked }.map { check in
            Assertion(
                rule: check.rule, column: check.columns.count == 1 ? check.columns.first : nil,
                passed: check.status == .passed || check.status == .accepted, severity: check.severity.rawValue,
                expected: check.limit.isEmpty ? nil : check.limit,
                actual: check.violating.map { "\($0) rows" } ?? check.measured.map { "\($0)" })
        }
    }
}

extension EnvironmentScope {
    /// The name under which a table of the environment is remembered in the state store, apart from production's.
    func recorded(_ table: TableName) -> String { name.map { "\($0)__\(table)" } ?? table.description }
}
