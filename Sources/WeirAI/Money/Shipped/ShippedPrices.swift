/// The table that comes with Weir: prices in US dollars and what models can do, as their providers publish them, in the
/// field names of LiteLLM's table, so that one may be laid over the other.
enum ShippedPrices {
    /// The day when it was put together.
    static let version = "2026-11-25"

    static var json: String { "{\(claude),\(openAI),\(gemini)}" }
}
