/// Turns texts into vectors of one length, in the order they came.
public protocol TextEmbedder: Sendable {
    /// Names the vectors' space: vectors of two different names are never compared. e.g. "builtin:wordllama-256".
    var space: String { get }
    /// The length of each vector.
    var dimensions: Int { get }
    func embed(_ texts: [String]) async throws -> [[Float]]
}
