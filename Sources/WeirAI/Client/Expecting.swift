import WeirCore
import WeirStore

/// What a call should use and cost, before anything is sent.
public struct AIExpectation: Sendable, Hashable {
    public var inputTokens: Int64
    public var outputTokens: Int64
    /// Nil where no price is known.
    public var cost: Money?

    public init(inputTokens: Int64, outputTokens: Int64, cost: Money?) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }
}

/// What earlier calls of a step really took, by which the next ones are expected to go.
public struct Calibration: Sendable, Hashable {
    private let sums: FinishedCalls
    private let questions: Int64

    /// Nil where there is nothing to learn from.
    ///
    /// - Parameter unit: questions that a call of the step holds; one of a batch holds one.
    public init?(_ sums: FinishedCalls, unit: Int = 1) {
        guard sums.calls > 0 else { return nil }
        self.sums = sums
        questions = (sums.calls - sums.batchCalls) * Int64(max(1, unit)) + sums.batchCalls
    }

    public var calls: Int { Int(sums.calls) }

    /// Real input for each token of an estimate.
    public var inputRatio: Double {
        guard sums.inputExpected > 0, sums.inputOfExpected > 0 else { return 1 }
        return Double(sums.inputOfExpected) / Double(sums.inputExpected)
    }

    /// The mean answer to one question.
    public var outputTokens: Int64 { mean(sums.outputTotal, 1) }

    /// What so many questions take of a sum, on the mean.
    private func mean(_ sum: Int64, _ count: Int) -> Int64 {
        whole(Double(sum) / Double(questions) * Double(count))
    }

    /// What a call should use whose input is estimated so: as much as earlier ones did, and as much of it from the cache.
    func usage(estimatedInput: Int64, questions: Int = 1) -> AIUsage {
        var usage = AIUsage()
        let input = Double(estimatedInput) * inputRatio
        usage.cacheRead = share(sums.cacheRead, of: input)
        usage.cacheWrite5m = share(sums.cacheWrite5m, of: input)
        usage.cacheWrite1h = share(sums.cacheWrite1h, of: input)
        usage.inputUncached = max(0, whole(input) - usage.cacheRead - usage.cacheWrite5m - usage.cacheWrite1h)
        usage.outputTotal = mean(sums.outputTotal, questions)
        usage.outputReasoning = mean(sums.outputReasoning, questions)
        return usage
    }

    private func share(_ part: Int64, of input: Double) -> Int64 {
        sums.inputTotal > 0 ? whole(input * Double(part) / Double(sums.inputTotal)) : 0
    }

    private func whole(_ number: Double) -> Int64 { Int64(min(max(number, 0), 9e15).rounded()) }
}

extension AIClient {
    /// What a call should use if its answer were so long, or as earlier ones went where there were some.
    ///
    /// - Parameter questions: that the call holds.
    public func expectation(
        of request: AIRequest, questions: Int = 1, answeredIn outputTokens: Int64, earlier: Calibration? = nil,
        isBatch: Bool = false
    ) throws -> AIExpectation {
        try expectation(
            of: request.model, input: TokenEstimate.tokens(request),
            output: min(outputTokens, Int64(request.maxTokens)), questions, earlier, isBatch)
    }

    /// What vectors should take.
    public func expectation(
        of request: AIEmbeddingRequest, earlier: Calibration? = nil, isBatch: Bool = false
    ) throws -> AIExpectation {
        try expectation(
            of: request.model, input: TokenEstimate.tokens(request), output: 0,
            request.texts.count, earlier, isBatch)
    }

    private func expectation(
        of model: String, input: Int64, output: Int64, _ questions: Int, _ earlier: Calibration?, _ isBatch: Bool
    ) throws -> AIExpectation {
        let price = try router.endpoint(model).price
        guard let earlier else {
            return AIExpectation(
                inputTokens: input, outputTokens: output,
                cost: price?.worstCase(inputTokens: input, outputTokens: output, isBatch: isBatch))
        }
        let usage = earlier.usage(estimatedInput: input, questions: questions)
        return AIExpectation(
            inputTokens: usage.inputTotal, outputTokens: usage.outputTotal,
            cost: price?.cost(of: usage, isBatch: isBatch))
    }

    /// What the newest finished calls of a step took; nil where there are none.
    ///
    /// - Parameters:
    ///   - unit: questions that a call of the step holds.
    ///   - other: the ledger, where the client itself has none.
    public func calibration(
        of tag: AICallTag, model: String, unit: Int = 1, from other: StateStore? = nil
    ) async throws -> Calibration? {
        guard let ledger = other ?? store, let node = tag.node, let step = tag.step else { return nil }
        let endpoint = try router.endpoint(model)
        return Calibration(
            try await ledger.finishedCalls(
                node: node, step: step, provider: endpoint.provider.name, model: endpoint.model), unit: unit)
    }
}
