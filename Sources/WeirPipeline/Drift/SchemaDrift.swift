import WeirCore

/// What changed between the columns of two batches.
public struct SchemaDrift: Sendable, Hashable, Encodable {
    public var columns: ColumnDiff
    /// The columns that both have stand in another order.
    public var isReordered: Bool

    public init(from before: [Column], to now: [Column]) {
        columns = ColumnDiff(from: before, to: now)
        let (old, new) = (before.map { $0.name.lowercased() }, now.map { $0.name.lowercased() })
        isReordered = old.filter(Set(new).contains) != new.filter(Set(old).contains)
    }

    public var isEmpty: Bool { columns.isEmpty && !isReordered }

    /// `added email VARCHAR; removed phone; amount INTEGER → VARCHAR; the order of the columns changed`.
    public var words: String {
        var parts: [String] = []
        if !columns.added.isEmpty {
            parts.append("added \(columns.added.map { "\($0.name) \($0.type)" }.joined(separator: ", "))")
        }
        if !columns.removed.isEmpty {
            parts.append("removed \(columns.removed.map(\.name).joined(separator: ", "))")
        }
        parts += columns.retyped.map { "\($0.name) \($0.from) → \($0.to)" }
        if isReordered { parts.append("the order of the columns changed") }
        return parts.joined(separator: "; ")
    }
}
