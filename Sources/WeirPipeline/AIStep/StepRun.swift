import WeirAI
import WeirCore
import WeirEngine

/// Has the rows of a staging table answered, and puts the answers beside them.
struct StepRun: Sendable {
    let resolved: ResolvedStep
    let store: AnswerStore
    let answering: any Answering
    /// For models only: the provider's batch service.
    var batches: BatchStep?
    let progress: @Sendable (AskingProgress) -> Void

    /// Questions that are read from the staging table at once; pictures are large.
    private var pageSize: Int { resolved.images.isEmpty ? max(512, answering.unit * 4) : 32 }

    /// - Throws: `ai.…` when the asking as a whole cannot go on. What was answered by then is kept, and the next run
    ///   goes on from there.
    func run(_ staged: StagedRows, on connection: Connection) async throws -> (StagedRows, AskingReport) {
        let table = staged.table
        let (work, hasAnswers) = try await connection.perform { connection in
            try AnswerStore.prepare(on: connection)
            let work = try store.survey(table, on: connection)
            let known = try connection.query(
                "SELECT 1 FROM \(AnswerStore.table.sql) WHERE recipe = ? AND status = 'answered' LIMIT 1",
                [.text(resolved.recipe)])
            return (work, known.count > 0)
        }
        var report = AskingReport()
        report.rows = work.rows
        report.blank = work.blank
        report.known = work.known
        report.model = resolved.step.model
        let tally = AskingTally(report, total: work.open, hasAnswers: hasAnswers)
        let watch = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(500))
                progress(tally.progress)
            }
        }
        defer { watch.cancel() }
        do {
            var open = work.open
            if let batches { open = try await batches.run(open: open, staged: table, tally, on: connection) }
            if open > 0 { try await ask(open, of: table, tally, on: connection) }
        } catch let error as WeirError where error.code == "ai.budget" {
            throw incomplete(error, tally.report, of: work)
        }
        let answered = try await connection.perform { connection in
            var answered = staged
            try store.join(&answered, on: connection)
            return answered
        }
        return (answered, tally.report)
    }

    private func incomplete(_ error: WeirError, _ report: AskingReport, of work: AnswerStore.Workload) -> WeirError {
        var error = error
        error.message +=
            "; \(work.known + report.asked) of \(work.known + work.open) questions of \(resolved.table) are answered, and these answers are kept"
        return error
    }

    // MARK: One call after the other, several at once

    private func ask(
        _ open: Int, of table: TableName, _ tally: AskingTally, on connection: Connection
    ) async throws {
        var feed = QuestionFeed(open: open, pageSize: pageSize, store: store, table: table)
        var failure: (any Error)?
        var undecided: [(question: Question, error: WeirError)] = []
        let unit = answering.unit
        try await withThrowingTaskGroup(of: Result<Answered, any Error>.self) { group in
            func add() async throws {
                guard failure == nil, let questions = try await feed.next(unit, on: connection) else { return }
                group.addTask {
                    do { return .success(try await answering.answer(questions, tally)) } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<resolved.step.inFlight { try await add() }
            // After a failure the calls under way are waited for: they are paid.
            while let result = try await group.next() {
                switch result {
                case .failure(let error): failure = failure ?? error
                case .success(var answered):
                    undecided += answered.undecided
                    let isProven = answered.answers.contains { $0.status == .answered }
                    if isProven || tally.hasAnswers {
                        answered.answers += undecided.map { .refused($0.question, $0.error) }
                        undecided = []
                    }
                    if undecided.count >= 3 { failure = failure ?? undecided[0].error }
                    let answers = answered.answers
                    if !answers.isEmpty {
                        try await connection.perform { try store.store(answers, on: $0) }
                        tally.stored(answers)
                    }
                }
                try await add()
            }
        }
        if let error = failure ?? undecided.first?.error { throw error }
    }
}

/// Hands out open questions in their order, a page at a time.
struct QuestionFeed {
    private var waiting: [Question] = []
    private var number = 1
    private let open: Int
    private let pageSize: Int
    private let store: AnswerStore
    private let table: TableName

    init(open: Int, pageSize: Int, store: AnswerStore, table: TableName) {
        self.open = open
        self.pageSize = pageSize
        self.store = store
        self.table = table
    }

    /// The next questions, at most so many; nil at the end.
    mutating func next(_ count: Int, on connection: Connection) async throws -> [Question]? {
        if waiting.count < count, number <= open {
            let (first, size) = (number, max(pageSize, count))
            waiting += try await connection.perform { [store, table] in
                try store.page(of: table, from: first, count: size, on: $0)
            }
            number += size
        }
        if waiting.isEmpty { return nil }
        defer { waiting.removeFirst(min(count, waiting.count)) }
        return Array(waiting.prefix(count))
    }
}
