import WeirCore

/// What a model costs, read from an entry in LiteLLM's field names. Unknown prices are nil and never zero.
public struct ModelPrice: Sendable, Hashable {
    private let entry: [String: JSONValue]

    init(entry: [String: JSONValue]) { self.entry = entry }

    public var mode: String { entry["mode"]?.text ?? "chat" }
    public var provider: String { entry["litellm_provider"]?.text ?? "" }
    public var maxInputTokens: Int? { entry["max_input_tokens"]?.integer.map { Int($0) } }
    public var maxOutputTokens: Int? { entry["max_output_tokens"]?.integer.map { Int($0) } }
    public var dimensions: Int? { entry["output_vector_size"]?.integer.map { Int($0) } }
    /// `2027-03-31`.
    public var deprecation: String? { entry["deprecation_date"]?.text }
    public var requestsPerMinute: Int? { entry["rpm"]?.integer.map { Int($0) } }
    public var tokensPerMinute: Int? { entry["tpm"]?.integer.map { Int($0) } }

    func flag(_ name: String) -> Bool? { entry[name]?.truth }

    /// Picodollars for one token or piece; nil where no price is known.
    func rate(_ field: String, _ tier: Tier) -> Int64? {
        // A variant that has no price of its own costs what the plain one does.
        for name in tier.names(of: field) {
            guard let dollars = entry[name]?.number, dollars.isFinite, dollars >= 0 else { continue }
            let pico = Int64((dollars * Double(Money.perDollar)).rounded())
            // A batch costs half; tables do not spell that out for every kind of token.
            let isHalved = tier.service == "_batches" && !name.hasSuffix("_batches") && hasBatchPrices
            return isHalved ? (pico + 1) / 2 : pico
        }
        return nil
    }

    private var hasBatchPrices: Bool { entry["input_cost_per_token_batches"] != nil }

    /// The step of a request's size and the way it is served, which choose among an entry's prices.
    struct Tier: Sendable, Hashable {
        /// `_above_200k_tokens`, or empty.
        var size = ""
        /// `_batches`, `_flex`, `_priority`, or empty.
        var service = ""

        func names(of field: String) -> [String] {
            var names = ["\(field)\(size)\(service)"]
            if !size.isEmpty { names.append("\(field)\(size)") }
            if !service.isEmpty { names.append("\(field)\(service)") }
            return names + [field]
        }
    }

    /// Once the input is larger than a step, all tokens of the request cost more.
    func tier(inputTokens: Int64, isBatch: Bool, serviceTier: String?) -> Tier {
        var tier = Tier()
        for (step, name) in Self.steps where inputTokens > step && entry["input_cost_per_token\(name)"] != nil {
            tier.size = name
            break
        }
        if isBatch {
            tier.service = "_batches"
        } else if serviceTier == "flex" || serviceTier == "priority" {
            tier.service = "_\(serviceTier ?? "")"
        }
        return tier
    }

    /// The prices of requests of a size, whatever many of them add up to.
    func ofRequests(inputTokens: Int64) -> ModelPrice {
        // One that is above a step is dearer by itself.
        let isLarge = !tier(inputTokens: inputTokens, isBatch: false, serviceTier: nil).size.isEmpty
        return isLarge
            ? self : ModelPrice(entry: entry.filter { name, _ in !Self.steps.contains { name.contains($0.1) } })
    }

    private static let steps: [(Int64, String)] = [
        (272_000, "_above_272k_tokens"), (200_000, "_above_200k_tokens"), (128_000, "_above_128k_tokens"),
        (100_000, "_above_100k_tokens"),
    ]

    /// What a call cost, to the picodollar; nil where a price that it needs is not known.
    public func cost(of usage: AIUsage, isBatch: Bool = false) -> Money? {
        let tier = tier(inputTokens: usage.inputTotal, isBatch: isBatch, serviceTier: usage.serviceTier)
        guard let input = rate("input_cost_per_token", tier) else { return nil }
        let output = rate("output_cost_per_token", tier)
        if output == nil, usage.outputTotal > 0 { return nil }
        let outputRate = output ?? 0
        let reasoning = rate("output_cost_per_reasoning_token", tier) ?? outputRate
        let write = rate("cache_creation_input_token_cost", tier) ?? input
        let writeLong = rate("cache_creation_input_token_cost_above_1hr", tier) ?? write
        // Where reading the cache has no price of its own it is not known to be cheaper.
        let read = rate("cache_read_input_token_cost", tier) ?? input
        let thought = min(usage.outputReasoning, usage.outputTotal)
        var sum = Money(pico: Money.times(usage.inputUncached, input))
        sum += Money(pico: Money.times(usage.cacheRead, read))
        sum += Money(pico: Money.times(usage.cacheWrite5m, write))
        sum += Money(pico: Money.times(usage.cacheWrite1h, writeLong))
        // A batch price for thinking is often missing; the one for output is then the right one.
        let thinking = tier.service.isEmpty ? reasoning : outputRate
        sum += Money(pico: Money.times(thought, thinking))
        sum += Money(pico: Money.times(usage.outputTotal - thought, outputRate))
        return sum
    }

    /// Dollars for a million tokens, as providers publish them.
    public var perMillion: (input: Money?, output: Money?, cacheRead: Money?) {
        func each(_ field: String) -> Money? { rate(field, Tier()).map { Money(pico: Money.times(1_000_000, $0)) } }
        return (
            each("input_cost_per_token"), each("output_cost_per_token"), each("cache_read_input_token_cost")
        )
    }

    /// The most that a call can cost: nothing from the cache, all of it newly written, and the longest answer.
    public func worstCase(inputTokens: Int64, outputTokens: Int64, isBatch: Bool = false) -> Money? {
        let tier = tier(inputTokens: inputTokens, isBatch: isBatch, serviceTier: nil)
        guard let input = rate("input_cost_per_token", tier) else { return nil }
        let dearest = [
            rate("cache_creation_input_token_cost", tier), rate("cache_creation_input_token_cost_above_1hr", tier),
        ].compactMap(\.self).reduce(input, max)
        let output = max(
            rate("output_cost_per_token", tier) ?? 0, rate("output_cost_per_reasoning_token", tier) ?? 0)
        return Money(pico: Money.times(inputTokens, dearest)) + Money(pico: Money.times(outputTokens, output))
    }
}
