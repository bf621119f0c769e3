/// A value that must never be seen: it has no description, no encoding and no reflection.
public struct Secret: Sendable, Hashable {
    private let value: String

    public init(_ value: String) { self.value = value }

    /// The value itself. The name is long so that every use stands out in review.
    public func reveal() -> String { value }

    /// `text` with every occurrence of the secret replaced, for messages that come from elsewhere.
    public func wiped(from text: String) -> String {
        value.count < 4 ? text : text.replacing(value, with: "***")
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
