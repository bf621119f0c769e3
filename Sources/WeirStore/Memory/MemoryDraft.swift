import Foundation

/// A memory that is to be kept.
public struct MemoryDraft: Sendable, Hashable {
    public var type: MemoryType
    public var content: String
    public var isCritical = false
    public var origin: Memory.Origin
    public var session: String?
    public var createdAt: Date
    /// What another store knew of it.
    public var uses = 0
    public var repeats = 0
    public var lastUsedAt: Date?
    /// Made by an embedder, with the name of the vectors' space.
    public var vector: MemoryVector?

    public init(
        type: MemoryType, content: String, origin: Memory.Origin, session: String? = nil, createdAt: Date = Date()
    ) {
        self.type = type
        self.content = content
        self.origin = origin
        self.session = session
        self.createdAt = createdAt
    }
}

/// A text's vector. Those of two spaces are never compared.
public struct MemoryVector: Sendable, Hashable {
    public var space: String
    public var numbers: [Float]

    public init(space: String, numbers: [Float]) {
        self.space = space
        self.numbers = numbers
    }
}

/// What is to become of a draft, beside those that are like it.
public enum MemoryDecision: Sendable, Hashable {
    /// It is kept, and takes the place of others.
    case keep(superseding: [Replacement], merging: [Replacement])
    /// A memory says it already: that one is counted once more.
    case again(String)
    /// It is not kept; why.
    case refuse(String)

    public struct Replacement: Sendable, Hashable {
        public var id: String
        public var reason: String

        public init(id: String, reason: String) {
            self.id = id
            self.reason = reason
        }
    }
}

/// What became of a draft.
public struct KeptMemory: Sendable, Hashable, Encodable {
    public enum Outcome: String, Sendable, Hashable, Encodable {
        case new
        /// It was known: the memory is the one that was there.
        case known
        case refused
    }

    public var outcome: Outcome
    /// Nil for one that was refused.
    public var memory: Memory?
    /// Memories that it contradicts, and replaced.
    public var superseded: [Memory] = []
    /// Memories that said the same or less, and went into it.
    public var merged: [Memory] = []
    /// Memories that were put away to make room.
    public var retired: [Memory] = []
    public var refusal: String?
}
