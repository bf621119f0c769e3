import WeirAI
import WeirCore
import WeirEngine

/// Questions that go to the provider's batch service, and come back within a day: in this run or in a later one.
struct BatchStep: Sendable {
    let store: AnswerStore
    let answering: any BatchAnswering
    /// How long to wait before asking how far a batch is: at first, and at most.
    var patience: (first: Duration, most: Duration) = (.milliseconds(500), .seconds(60))

    private var client: AIClient { answering.client }
    private var step: AIStep { answering.step }

    /// Waits for batches of earlier runs, then hands over what is open where it is worth it.
    ///
    /// - Returns: how many questions are open still; they are asked one by one.
    func run(
        _ pending: [AnswerStore.Pending], open: Int, staged: TableName, _ tally: AskingTally, on connection: Connection
    ) async throws -> Int {
        var open = open
        if !pending.isEmpty {
            let found = try await questions(open, of: staged, on: connection)
            tally.waiting(found.count)
            for batch in pending {
                guard let known = try await known(batch, on: connection) else { continue }
                try await collect(known, found, tally, on: connection)
            }
            open = try await connection.perform { try store.findOpen(on: $0) }
        }
        guard open > 0, step.batching != .never else { return open }
        let found = try await questions(open, of: staged, on: connection)
        guard try await isWorthIt(open, found) else { return open }
        // A row whose picture cannot be read is told when it is asked alone.
        let items = found.values.compactMap(answering.batched)
        var submitted: [AnswerStore.Pending] = []
        for portion in try client.batchPortions(items) {
            let ticket = try await client.submitBatch(portion, options: answering.options) { draft in
                try await connection.perform { try store.remember(draft, on: $0) }
            }
            try await connection.perform { try store.remember(ticket, on: $0) }
            submitted.append(AnswerStore.Pending(ticket: ticket, runID: store.runID))
        }
        tally.waiting(items.count)
        for batch in submitted { try await collect(batch, found, tally, on: connection) }
        return try await connection.perform { try store.findOpen(on: $0) }
    }

    /// - Throws: why there is no batch service, where the step wants nothing else.
    private func isWorthIt(_ open: Int, _ found: [String: Question]) async throws -> Bool {
        if step.batching == .auto {
            let earlier = try await client.calibration(
                of: answering.options.tag, model: step.model, includesBatches: true)
            let expected = try answering.expectedCost(
                of: open, sample: Array(found.values.prefix(50)), earlier: earlier)
            guard let expected, expected >= step.batchAbove else { return false }
        }
        guard let obstacle = try answering.obstacle else { return true }
        guard step.batching == .auto else { throw obstacle }
        let hint = obstacle.hint.map { " (\($0))" } ?? ""
        answering.options.warn(
            AIWarning(
                obstacle.code, "\(obstacle.message); its questions are asked now, at the full price\(hint)"))
        return false
    }

    /// A batch with the provider's id. Of one whose hand-over nobody lived to see, the provider knows whether it has it.
    private func known(_ batch: AnswerStore.Pending, on connection: Connection) async throws -> AnswerStore.Pending? {
        guard batch.ticket.id.isEmpty else { return batch }
        guard let ticket = try await client.findBatch(batch.ticket, options: answering.options) else {
            try await connection.perform { try store.forget(batch.ticket, on: $0) }
            return nil
        }
        try await connection.perform { try store.remember(ticket, on: $0) }
        return AnswerStore.Pending(ticket: ticket, runID: batch.runID)
    }

    private func questions(
        _ open: Int, of staged: TableName, on connection: Connection
    ) async throws -> [String: Question] {
        let all = try await connection.perform { try store.page(of: staged, from: 1, count: open, on: $0) }
        return Dictionary(all.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func collect(
        _ batch: AnswerStore.Pending, _ questions: [String: Question], _ tally: AskingTally, on connection: Connection
    ) async throws {
        var wait = patience.first
        while !(try await client.batchStatus(batch.ticket).isOver) {
            try await Task.sleep(for: wait)
            wait = min(wait * 2, patience.most)
        }
        var options = answering.options
        options.tag.runID = batch.runID
        let results: [String: AIBatchResult]
        do { results = try await client.batchResults(batch.ticket, options: options) } catch let error as WeirError
            where error.code == "ai.batch-failed"
        {
            // Nothing of it was answered or paid; it must not be waited for again.
            try await connection.perform { try store.settle(batch, [], on: $0) }
            await client.clearBatch(batch.ticket, options: options)
            throw error
        }
        var answers: [KeptAnswer] = []
        var refused: [KeptAnswer] = []
        for (hash, result) in results {
            // A row that is no longer there was paid all the same, but nobody asks for it.
            guard let question = questions[hash] else { continue }
            switch result {
            case .answered, .embedded: answers += try await answering.judge(result, question, tally)
            case .failed(let fault) where [.badRequest, .tooLarge, .contextOverflow].contains(fault.kind):
                refused.append(KeptAnswer(hash: hash, status: .refused, reason: fault.message))
            case .failed, .skipped: break
            }
        }
        // Where none was ever answered the question may be wrong, and not the rows: they are asked alone, which tells.
        if tally.hasAnswers || answers.contains(where: { $0.status == .answered }) { answers += refused }
        let found = answers
        try await connection.perform { try store.settle(batch, found, on: $0) }
        await client.clearBatch(batch.ticket, options: options)
        tally.stored(found)
        tally.waiting(0)
    }
}
