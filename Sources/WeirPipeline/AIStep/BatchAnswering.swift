import WeirAI
import WeirCore

/// Answers that a provider's batch service can bring as well.
protocol BatchAnswering: Answering {
    var client: AIClient { get }
    var step: AIStep { get }
    var options: AICallOptions { get }

    /// The question as one of a batch; nil where it is to be asked alone, to tell what is wrong with it.
    func batched(_ question: Question) -> AIBatchItem?

    /// What a batch brought for the question of a mark, whose row need not be there; nil where it is no answer, or one
    /// that is to be mended.
    func sound(_ result: AIBatchResult, _ hash: String) async throws -> KeptAnswer?

    /// Asks once more for an answer that is not sound.
    func mend(_ response: AIResponse, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer]

    /// What questions should cost, from what a few of them would; nil where the model has no price.
    func expectedCost(of open: Int, sample: [Question], earlier: Calibration?) throws -> Money?
}

extension BatchAnswering {
    /// Why there is no batch service for the step's questions.
    var obstacle: WeirError? {
        get throws { try client.batchObstacle(step.model, embeddings: step.task == .embed) }
    }
}

extension ModelAnswering: BatchAnswering {
    var step: AIStep { asker.resolved.step }

    func batched(_ question: Question) -> AIBatchItem? {
        (try? asker.prepare(question)).map { AIBatchItem(id: question.hash, request: asker.request([$0])) }
    }

    func sound(_ result: AIBatchResult, _ hash: String) async throws -> KeptAnswer? {
        guard case .answered(let response) = result else { return nil }
        var (kept, faults) = try await verdict(asker.read(response, count: 1)[0], hash, response)
        // Who refuses is not asked again.
        if response.finish.kind == .refused { kept.status = .refused } else if !faults.isEmpty { return nil }
        kept.add(response)
        return kept
    }

    func mend(_ response: AIResponse, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer] {
        try await judge(response, [asker.prepare(question)], tally)
    }

    func expectedCost(of open: Int, sample: [Question], earlier: Calibration?) throws -> Money? {
        try StepForecast.expect(open, sample: sample, unit: 1, asker, client, earlier).cost
    }
}

extension EmbeddingAnswering: BatchAnswering {
    func batched(_ question: Question) -> AIBatchItem? {
        AIBatchItem(id: question.hash, embedding: request([question]))
    }

    func sound(_ result: AIBatchResult, _ hash: String) async throws -> KeptAnswer? {
        guard case .embedded(let found) = result, let vector = found.vectors.first else { return nil }
        var answer = KeptAnswer(hash: hash, status: .answered, vector: vector, served: found.model)
        answer.inputTokens = found.usage.inputTotal
        answer.cost = found.cost?.pico
        return answer
    }

    /// There are no conversations about vectors.
    func mend(_ response: AIResponse, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer] { [] }

    func expectedCost(of open: Int, sample: [Question], earlier: Calibration?) throws -> Money? {
        try StepForecast.expect(open, texts: sample, step, client, earlier).cost
    }
}
