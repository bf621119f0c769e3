/// What a call used, counted the same way whatever the provider: input never includes what came from the cache.
public struct AIUsage: Sendable, Hashable, Codable {
    public var inputUncached: Int64 = 0
    public var cacheRead: Int64 = 0
    /// Written to a cache of five minutes, or to one whose length the provider does not tell.
    public var cacheWrite5m: Int64 = 0
    public var cacheWrite1h: Int64 = 0
    /// Thinking included.
    public var outputTotal: Int64 = 0
    public var outputReasoning: Int64 = 0
    public var images: Int64 = 0
    public var audioIn: Int64 = 0
    public var serviceTier: String?
    /// The provider told nothing and the figures are our own estimate.
    public var isMissing = false

    public init() {}

    public var inputTotal: Int64 { inputUncached + cacheRead + cacheWrite5m + cacheWrite1h }
}
