import WeirCore
import WeirStore

/// Who asks: stands in the ledger and chooses budgets.
public struct AICallTag: Sendable, Hashable {
    public var runID: String?
    /// `schema.table` of the model that asks.
    public var node: String?
    /// What within it.
    public var step: String?

    public init(runID: String? = nil, node: String? = nil, step: String? = nil) {
        self.runID = runID
        self.node = node
        self.step = step
    }
}

/// How one call is made.
public struct AICallOptions: Sendable {
    public var tag = AICallTag()
    public var priority = AIPriority.normal
    /// An answer that is kept may be used, and this one is kept.
    public var usesCache = true
    /// Models to ask instead; those of the configuration where nil.
    public var fallbacks: [String]?
    public var retry: RetryPolicy?
    /// Told what a person should know while the call is under way: a soft limit, a fallback.
    public var warn: @Sendable (AIWarning) -> Void = { _ in }

    public init() {}
}

/// What a call is expected to use, before anything is sent.
public struct AIEstimate: Sendable, Hashable {
    public var inputTokens: Int64
    /// The most that may be answered.
    public var outputTokens: Int64
    /// The most that it can cost; nil where no price is known.
    public var worstCost: Money?
}
