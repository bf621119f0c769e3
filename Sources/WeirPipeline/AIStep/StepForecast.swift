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
    public var calls: Int
    /// Nil where no price is known, or nothing has one.
    public var cost: Money?
    /// Nobody is paid: the work is done here, or by a server of one's own.
    public var isFree = false
    /// Its inputs change before it is built, so that there may be more or fewer.
    public var isRough: Bool
}

struct StepForecast: Sendable {
    let resolved: ResolvedStep
    /// Nil for steps that no model answers.
    let client: AIClient?

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
        if step.task == .embed {
            let texts = sample.map { $0.values[0].display }
            forecast.cost = try client.cost(of: AIEmbeddingRequest(model: step.model, texts: texts))
                .map { $0.scaled(forecast.open, of: sample.count) }
        } else {
            forecast.cost = try Self.expectedCost(
                of: forecast.open, sample: sample, asker: Asker(resolved: resolved), client: client)
        }
        return forecast
    }

    /// What questions should cost, from what a few of them would; nil where the model has no price.
    static func expectedCost(
        of open: Int, sample: [Question], asker: Asker, client: AIClient
    ) throws -> Money? {
        var sum = Money.zero
        var counted = 0
        for question in sample {
            // A picture that cannot be read costs nothing.
            guard let prepared = try? asker.prepare(question) else { continue }
            let request = asker.request([prepared])
            guard let cost = try client.cost(of: request, answeredIn: asker.expectedTokens) else { return nil }
            sum += cost
            counted += 1
        }
        return sum.scaled(open, of: counted)
    }
}

extension Asker {
    /// About what an answer takes: names and values of fields, or some sentences.
    var expectedTokens: Int64 { resolved.shape.isText ? 200 : 16 + 16 * Int64(resolved.shape.fields.count) }
}

extension Money {
    /// Of a sample's cost, the cost of all.
    fileprivate func scaled(_ all: Int, of sample: Int) -> Money {
        guard sample > 0 else { return .zero }
        return Money(pico: Int64(min(Double(pico) / Double(sample) * Double(all), 9e18)))
    }
}
