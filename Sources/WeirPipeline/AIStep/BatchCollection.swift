import WeirAI
import WeirCore
import WeirEngine

/// What becomes of a batch that is over.
extension BatchStep {
    /// Waits for a batch and stores its answers: first those that are good as they are, so that nothing that happens
    /// while the others are mended can lose them. Where that stops half-way, the batch stays to be fetched again.
    func collect(
        _ batch: AnswerStore.Pending, _ questions: [String: Question], _ tally: AskingTally, on connection: Connection
    ) async throws {
        let outcome: AIBatchOutcome
        do {
            try await wait(for: batch)
            outcome = try await client.batchOutcome(batch.ticket, options: options(of: batch))
        } catch let error as WeirError where error.code == "ai.not-found" {
            return try await lose(batch, on: connection)
        } catch let error as WeirError where error.code == "ai.batch-failed" {
            // Nothing of it can be had; it must not be waited for again.
            try await connection.perform { try store.forget(batch.ticket, on: $0) }
            throw error
        }
        var answers: [KeptAnswer] = []
        var refused: [KeptAnswer] = []
        var doubtful: [(question: Question, response: AIResponse)] = []
        for (hash, result) in outcome.results {
            tally.took(result)
            if let answer = try await answering.sound(result, hash) {
                answers.append(answer)
                continue
            }
            // Of a row that is no longer there nobody knows what to ask.
            guard let question = questions[hash] else { continue }
            switch result {
            case .answered(let response): doubtful.append((question, response))
            case .failed(let fault) where [.badRequest, .tooLarge, .contextOverflow].contains(fault.kind):
                refused.append(KeptAnswer(hash: hash, status: .refused, reason: fault.message))
            case .embedded, .failed, .skipped: break
            }
        }
        // Where none was ever answered the question may be wrong, and not the rows: they are asked alone, which tells.
        if tally.hasAnswers || answers.contains(where: { $0.status == .answered }) { answers += refused }
        try await keep(answers, of: batch, questions, tally, on: connection)
        for (question, response) in doubtful {
            guard let mended = try await mend(response, question, tally) else { break }
            try await keep(mended, of: batch, questions, tally, on: connection)
        }
        try await end(batch, mayClear: outcome.mayClear, on: connection)
        tally.waiting(0)
    }

    /// - Returns: nil where the provider does not answer now. The question stays open, and is asked alone, which tells.
    private func mend(
        _ response: AIResponse, _ question: Question, _ tally: AskingTally
    ) async throws -> [KeptAnswer]? {
        do { return try await answering.mend(response, question, tally) } catch let error as WeirError
            where error.code != "ai.budget"
        {
            guard ModelAnswering.rowFaults.contains(error.code) else { return nil }
            return answering.refused([question], error, tally).answers
        }
    }

    private func keep(
        _ answers: [KeptAnswer], of batch: AnswerStore.Pending, _ questions: [String: Question], _ tally: AskingTally,
        on connection: Connection
    ) async throws {
        try await connection.perform { try store.keep(answers, of: batch, on: $0) }
        tally.stored(answers.filter { questions[$0.hash] != nil })
    }

    private func wait(for batch: AnswerStore.Pending) async throws {
        var wait = patience.first
        while !(try await client.batchStatus(batch.ticket).isOver) {
            try await Task.sleep(for: wait)
            wait = min(wait * 2, patience.most)
        }
    }

    /// Tickets of older versions do not tell whose run they are of.
    private func options(of batch: AnswerStore.Pending) -> AICallOptions {
        var options = answering.options
        options.tag.runID = batch.runID
        return options
    }

    private func end(_ batch: AnswerStore.Pending, mayClear: Bool, on connection: Connection) async throws {
        try await connection.perform { try store.forget(batch.ticket, on: $0) }
        if mayClear { await client.clearBatch(batch.ticket, options: answering.options) }
    }

    private func lose(_ batch: AnswerStore.Pending, on connection: Connection) async throws {
        let amount = try await client.loseBatch(batch.ticket)
        try await connection.perform { try store.forget(batch.ticket, on: $0) }
        let money = amount.map { "; \($0), the most that it may have cost, counts as spent" } ?? ""
        let place = batch.ticket.folder.map { "; look into \($0)" } ?? ""
        warn("ai.lost-batch", "the provider knows the batch \(batch.ticket.id) no more\(money)\(place)")
    }

    private func warn(_ code: String, _ message: String) { answering.options.warn(AIWarning(code, message)) }

    // MARK: Batches of earlier recipes

    /// Winds up a batch whose step was changed since. What it has answered is paid: it is accounted for, and kept for
    /// the case that the change is taken back. No fault of an old batch stops the run.
    func retire(_ batch: AnswerStore.Pending, on connection: Connection) async throws {
        do {
            guard let batch = try await known(batch, on: connection) else { return }
            guard try await client.batchStatus(batch.ticket).isOver else {
                // What cannot be stopped goes on to its end, and is fetched then.
                try? await client.cancelBatch(batch.ticket)
                warn(
                    "ai.old-batch",
                    "the step was changed while the batch \(batch.ticket.id) is under way; it was asked to stop, and what it has answered is fetched by a later run"
                )
                return
            }
            let outcome = try await client.batchOutcome(batch.ticket, options: options(of: batch))
            var answers: [KeptAnswer] = []
            for (hash, result) in outcome.results {
                if let answer = try await answering.sound(result, hash) { answers.append(answer) }
            }
            let sound = answers
            try await connection.perform { try store.keep(sound, of: batch, on: $0) }
            try await end(batch, mayClear: outcome.mayClear, on: connection)
        } catch let error as WeirError where error.code == "ai.not-found" {
            try await lose(batch, on: connection)
        } catch let error as WeirError where error.code == "ai.batch-failed" {
            try await connection.perform { try store.forget(batch.ticket, on: $0) }
            warn(error.code, [error.message, error.hint].compactMap(\.self).joined(separator: "; "))
        } catch let error as WeirError {
            warn(
                "ai.old-batch",
                "the batch \(batch.ticket.id) of an earlier form of the step could not be fetched: \(error.message); the next run tries again"
            )
        }
    }
}

extension AskingTally {
    fileprivate func took(_ result: AIBatchResult) {
        switch result {
        case .answered(let response): took(response.usage, cost: response.cost)
        case .embedded(let found): took(found.usage, cost: found.cost)
        case .failed, .skipped: break
        }
    }
}
