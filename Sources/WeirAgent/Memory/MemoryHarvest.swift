import WeirStore

/// What became of the memory blocks of a text.
public struct MemoryHarvest: Sendable, Hashable, Encodable {
    /// What is remembered now, in the order of the text; also where it was known.
    public var kept: [Memory] { results.compactMap(\.memory) }
    /// Each that was kept, with what it changed among the others.
    public var results: [KeptMemory] = []
    public var refused: [RefusedMemory] = []

    public init(results: [KeptMemory] = [], refused: [RefusedMemory] = []) {
        self.results = results
        self.refused = refused
    }

    private enum CodingKeys: String, CodingKey { case results, refused }

    /// What the model is told so that it can correct what was refused; nil where nothing was.
    public var correction: String? {
        if refused.isEmpty { return nil }
        let lines = refused.map { "- line \($0.line) (\($0.text)): \($0.reason)." }
        return """
            These memories were not kept:
            \(lines.joined(separator: "\n"))
            Write a block again to correct it, or leave it. The form is:
            # Add To Memory:
            Type: \(MemoryType.allCases.map(\.rawValue).joined(separator: " | "))
            Content: \(MemoryRules.length.lowerBound) to \(MemoryRules.length.upperBound) characters
            #
            """
    }
}
