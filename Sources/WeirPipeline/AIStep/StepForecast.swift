import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// What an AI step would ask, and about what that would cost, before anything is spent.
public struct AIForecast: Sendable, Hashable, Encodable {
    public var model: String
    /// Rows as the inputs are now.
    public var rows: Int
    /// Questions, equal rows being one, whose answers are kept.
    public var known: Int
    /// Questions to ask.
    public var open: Int
    /// Calls, or questions of batches.
    public var calls: Int
    /// They go to the provider's batch service, at half the price.
    public var isBatch = false
    public var inputTokens: Int64 = 0
    public var outputTokens: Int64 = 0
    /// Nil where no price is known, or nothing has one.
    public var cost: Money?
    /// Finished calls of the step and the model, by which this was estimated.
    public var earlierCalls = 0
    /// Nobody is paid: the work is done here, or by a server of one's own.
    public var isFree = false
    /// Its inputs change before it is built, so that there may be more or fewer.
    public var isRough: Bool
}

struct StepForecast: Sendable {
    let resolved: ResolvedStep
    /// Nil for steps that no model answers.
    let client: AIClient?
    /// What earlier calls of the step took.
    var earlier: Calibration?

    private static let sampled = 50

    /// - Parameter sql: the model's SELECT with the names of its environment.
    func forecast(_ sql: String, isRough: Bool, on connection: isolated Connection) throws -> AIForecast {
        let step = resolved.step
        let rows = "(\n\(sql.trimmingStatementEnd)\n)"
        let store = AnswerStore(resolved: resolved, runID: "", now: "")
        let hash = try store.hash(of: rows, on: connection)
        let isKept = try connection.columns(of: AnswerStore.table) != nil
        let known = isKept ? "hash IN (SELECT hash FROM \(AnswerStore.table.sql) WHERE status <> 'again')" : "false"
        let counts =
            try connection.query(
                """
                SELECT count(*), count(DISTINCT hash) FILTER (\(known)), count(DISTINCT hash) FILTER (NOT \(known))
                FROM (SELECT \(hash) AS hash FROM \(rows) s)
                """
            ).map { $0.map { Int($0.int ?? 0) } }.first ?? [0, 0, 0]
        var forecast = AIForecast(
            model: step.model.isEmpty ? client?.settings.defaultModel ?? "" : step.model, rows: counts[0],
            known: counts[1], open: counts[2], calls: 0, cost: nil, isRough: isRough)
        forecast.isFree = client == nil || step.model == AIStep.builtin
        forecast.calls = (forecast.open + step.unit - 1) / step.unit
        guard let client, forecast.open > 0, step.model != AIStep.builtin else { return forecast }
        let sample = try connection.query(
            "SELECT hash, * EXCLUDE (hash) FROM (SELECT \(hash) AS hash, \(resolved.selected) FROM \(rows) s) WHERE NOT \(known) AND hash IS NOT NULL LIMIT \(Self.sampled)"
        ).map { Question(hash: $0[0].display, values: Array($0.dropFirst())) }
        var expected = try expect(forecast.open, sample, client, isBatch: false)
        if try goesToBatch(expected.cost, client) {
            forecast.isBatch = true
            forecast.calls = forecast.open
            expected = try expect(forecast.open, sample, client, isBatch: true)
        }
        forecast.inputTokens = expected.inputTokens
        forecast.outputTokens = expected.outputTokens
        forecast.cost = expected.cost
        forecast.earlierCalls = earlier?.calls ?? 0
        return forecast
    }

    /// As ``BatchStep`` will decide.
    private func goesToBatch(_ cost: Money?, _ client: AIClient) throws -> Bool {
        let step = resolved.step
        switch step.batching {
        case .never: return false
        case .auto where cost.map({ $0 < step.batchAbove }) ?? true: return false
        case .auto, .always: return try client.batchObstacle(step.model, embeddings: step.task == .embed) == nil
        }
    }

    private func expect(
        _ open: Int, _ sample: [Question], _ client: AIClient, isBatch: Bool
    ) throws -> AIExpectation {
        let step = resolved.step
        if step.task == .embed {
            return try Self.expect(open, texts: sample, step, client, earlier, isBatch: isBatch)
        }
        return try Self.expect(
            open, sample: sample, unit: isBatch ? 1 : step.unit, Asker(resolved: resolved), client, earlier,
            isBatch: isBatch)
    }

    /// What questions should take, from what a few of them would.
    ///
    /// - Parameter unit: questions that are put in one call.
    static func expect(
        _ open: Int, sample: [Question], unit: Int, _ asker: Asker, _ client: AIClient, _ earlier: Calibration?,
        isBatch: Bool = false
    ) throws -> AIExpectation {
        // A picture that cannot be read costs nothing.
        let prepared = sample.compactMap { try? asker.prepare($0) }
        var sum = AIExpectation(inputTokens: 0, outputTokens: 0, cost: .zero)
        for start in stride(from: 0, to: prepared.count, by: unit) {
            let questions = Array(prepared[start..<min(start + unit, prepared.count)])
            let each = try client.expectation(
                of: asker.request(questions), questions: questions.count,
                answeredIn: asker.expectedTokens * Int64(questions.count),
                earlier: earlier, isBatch: isBatch)
            sum.inputTokens += each.inputTokens
            sum.outputTokens += each.outputTokens
            sum.cost = sum.cost.flatMap { cost in each.cost.map { cost + $0 } }
        }
        return sum.scaled(open, of: prepared.count)
    }

    /// What vectors of texts should take.
    static func expect(
        _ open: Int, texts sample: [Question], _ step: AIStep, _ client: AIClient, _ earlier: Calibration?,
        isBatch: Bool = false
    ) throws -> AIExpectation {
        let texts = sample.map { $0.values[0].display }
        var sum = try client.expectation(
            of: AIEmbeddingRequest(model: step.model, texts: texts), earlier: earlier, isBatch: isBatch)
        sum.outputTokens = 0
        return sum.scaled(open, of: sample.count)
    }
}

extension Asker {
    /// About what an answer takes: names and values of fields, or some sentences.
    var expectedTokens: Int64 { resolved.shape.isText ? 200 : 16 + 16 * Int64(resolved.shape.fields.count) }
}

extension AIExpectation {
    /// Of what a sample takes, what all do.
    fileprivate func scaled(_ all: Int, of sample: Int) -> AIExpectation {
        func scale(_ amount: Int64) -> Int64 {
            sample > 0 ? Int64(min(Double(amount) / Double(sample) * Double(all), 9e18)) : 0
        }
        return AIExpectation(
            inputTokens: scale(inputTokens), outputTokens: scale(outputTokens),
            cost: cost.map { Money(pico: scale($0.pico)) })
    }
}
