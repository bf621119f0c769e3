import Testing
import WeirCore

@testable import WeirAI

@Suite("Money")
struct MoneyTests {
    @Test(
        "amounts are read as people write them",
        arguments: [
            ("2", 2_000_000_000_000), ("$2.00", 2_000_000_000_000), ("0.05 USD", 50_000_000_000),
            ("$0.000000000001", 1), ("1_000", 1_000_000_000_000_000),
        ])
    func reads(_ text: String, _ pico: Int64) { #expect(Money(text)?.pico == pico) }

    @Test(
        "what is no amount is refused", arguments: ["", "-1", "two", "1.2.3", "1e3", "0.0000000000001", "99999999999"])
    func refuses(_ text: String) { #expect(Money(text) == nil) }

    @Test("amounts are shown with as many decimals as say something")
    func shows() {
        #expect(Money(pico: 1_250_000_000_000).description == "$1.25")
        #expect(Money(pico: 4_200_000_000).description == "$0.0042")
        #expect(Money(pico: 1).description == "<$0.000001")
        #expect(Money.zero.description == "$0.00")
        #expect(Money(pico: 4_200_000_000).exact == "0.004200000000")
    }

    // MARK: Golden values, computed by hand from an entry of round figures

    static let entry: [String: JSONValue] = [
        "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 3e-07,
        "cache_creation_input_token_cost": 3.75e-06, "cache_creation_input_token_cost_above_1hr": 6e-06,
        "input_cost_per_token_batches": 1.5e-06, "output_cost_per_token_batches": 7.5e-06,
        "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
    ].mapValues { JSONValue.double($0) }

    static func usage(
        _ input: Int64, _ output: Int64, read: Int64 = 0, write: Int64 = 0, long: Int64 = 0
    ) -> AIUsage {
        var usage = AIUsage()
        usage.inputUncached = input
        usage.outputTotal = output
        usage.cacheRead = read
        usage.cacheWrite5m = write
        usage.cacheWrite1h = long
        return usage
    }

    @Test("a plain call, the cache, the hour's cache, the large tier, and a batch cost what they should")
    func golden() {
        let price = ModelPrice(entry: Self.entry)
        // 1,000 × 3 µ$ + 100 × 15 µ$ = 4,500 µ$
        #expect(price.cost(of: Self.usage(1000, 100))?.pico == 4_500_000_000)
        // 10 × 3 + 900 × 0.3 + 1 × 15 = 315 µ$
        #expect(price.cost(of: Self.usage(10, 1, read: 900))?.pico == 315_000_000)
        // 200 × 3.75 = 750 µ$
        #expect(price.cost(of: Self.usage(0, 0, write: 200))?.pico == 750_000_000)
        // 200 × 6 = 1,200 µ$
        #expect(price.cost(of: Self.usage(0, 0, long: 200))?.pico == 1_200_000_000)
        // 200,000 × 3 = 600,000 µ$, and one token more makes all of them cost 6: 1,200,006 µ$
        #expect(price.cost(of: Self.usage(200_000, 0))?.pico == 600_000_000_000)
        #expect(price.cost(of: Self.usage(200_001, 0))?.pico == 1_200_006_000_000)
        // (1,000 × 3 + 100 × 15) / 2 = 2,250 µ$
        #expect(price.cost(of: Self.usage(1000, 100), isBatch: true)?.pico == 2_250_000_000)
    }

    @Test("a missing price is not known, and not nothing")
    func missing() {
        #expect(ModelPrice(entry: [:]).cost(of: Self.usage(1, 1)) == nil)
        #expect(ModelPrice(entry: ["input_cost_per_token": .double(0.1)]).cost(of: Self.usage(1, 1)) == nil)
        #expect(PriceTable.shipped.model("no-such-model") == nil)
    }

    @Test("no call costs more than its worst case")
    func worst() {
        let price = ModelPrice(entry: Self.entry)
        for (input, read, write, long) in [(1000, 0, 0, 0), (0, 1000, 0, 0), (0, 0, 1000, 0), (0, 0, 0, 1000)] {
            let usage = Self.usage(Int64(input), 500, read: Int64(read), write: Int64(write), long: Int64(long))
            let cost = price.cost(of: usage) ?? Money(pico: .max)
            #expect(cost <= price.worstCase(inputTokens: 1000, outputTokens: 500) ?? .zero)
        }
    }

    @Test("the shipped table has about forty models, all priced")
    func shipped() {
        let models = PriceTable.shipped.models
        #expect(models.count > 40)
        for model in models {
            #expect(
                model.price.cost(of: Self.usage(1, model.price.mode == "embedding" ? 0 : 1)) != nil, "\(model.name)")
        }
        #expect(PriceTable.shipped.model("claude-haiku-4-5-20251001")?.provider == "anthropic")
        #expect(PriceTable.shipped.model("gemini-2.5-pro", provider: .gemini) != nil)
    }
}
