/// What is compared, and how strictly.
public struct DiffOptions: Sendable {
    /// Columns that tell rows apart; found when empty.
    public var key: [String] = []
    /// Only these columns beside the key; all when empty.
    public var columns: [String] = []
    public var exclude: [String] = []
    /// SQL condition: only these rows, on both sides.
    public var filter: String?
    /// Numbers with a fraction may differ by this much.
    public var tolerance: Double?
    /// Numbers with a fraction may differ by this share of the larger one.
    public var relativeTolerance: Double?
    /// `A` and `a` are the same.
    public var ignoresCase = false
    /// Spaces before and behind count for nothing, and several in a row as one.
    public var ignoresBlanks = false
    /// Most rows of each kind that are shown.
    public var samples = 10
    /// Told what is being done, for people who wait.
    public var progress: @Sendable (String) -> Void = { _ in }

    public init() {}

    var hasTolerance: Bool { tolerance != nil || relativeTolerance != nil }
}
