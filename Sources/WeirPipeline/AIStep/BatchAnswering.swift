import WeirAI
import WeirCore

/// Answers that a provider's batch service can bring as well.
protocol BatchAnswering: Answering {
    var client: AIClient { get }
    var step: AIStep { get }
    var options: AICallOptions { get }

    /// The question as one of a batch; nil where it is to be asked alone, to tell what is wrong with it.
    func batched(_ question: Question) -> AIBatchItem?

    /// What a batch brought for a question; empty where that is no answer.
    func judge(_ result: AIBatchResult, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer]

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

    func judge(_ result: AIBatchResult, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer] {
        guard case .answered(let response) = result else { return [] }
        tally.took(response.usage, cost: response.cost)
        return try await judge(response, [asker.prepare(question)], tally)
    }

    func expectedCost(of open: Int, sample: [Question], earlier: Calibration?) throws -> Money? {
        try StepForecast.expect(open, sample: sample, unit: 1, asker, client, earlier).cost
    }
}

extension EmbeddingAnswering: BatchAnswering {
    func batched(_ question: Question) -> AIBatchItem? {
        AIBatchItem(id: question.hash, embedding: request([question]))
    }

    func judge(_ result: AIBatchResult, _ question: Question, _ tally: AskingTally) async throws -> [KeptAnswer] {
        guard case .embedded(let found) = result, let vector = found.vectors.first else { return [] }
        tally.took(found.usage, cost: found.cost)
        var answer = KeptAnswer(hash: question.hash, status: .answered, vector: vector, served: found.model)
        answer.inputTokens = found.usage.inputTotal
        answer.cost = found.cost?.pico
        return [answer]
    }

    func expectedCost(of open: Int, sample: [Question], earlier: Calibration?) throws -> Money? {
        try StepForecast.expect(open, texts: sample, step, client, earlier).cost
    }
}
