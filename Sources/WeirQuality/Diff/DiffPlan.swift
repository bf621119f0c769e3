import WeirCore

/// Which columns are compared with which, and by which rows are told apart.
public struct DiffPlan: Sendable, Hashable {
    /// Empty: rows have no key and are compared as a whole.
    public var key: [ColumnPair]
    public var keyOrigin: KeyOrigin
    /// Beside the key.
    public var columns: [ColumnPair]
    public var onlyInA: [DiffColumn]
    public var onlyInB: [DiffColumn]

    public enum KeyOrigin: String, Sendable, Hashable, Codable {
        case given, contract
        case primaryKey = "primary_key"
        case uniqueIndex = "unique_index"
        case values, none
    }

    /// - Throws: `diff.unknown-column`, `diff.nothing-in-common`.
    public init(
        a: DiffSide, b: DiffSide, key: [String], origin: KeyOrigin, options: DiffOptions
    ) throws {
        let isLocal = !a.isRemote && !b.isRemote
        func pair(_ name: String) throws -> ColumnPair {
            guard let first = a.column(name) else { throw Self.unknown(name, in: a, other: b) }
            guard let second = b.column(first.name) else { throw Self.unknown(name, in: b, other: a) }
            return ColumnPair(first, second, isLocal: isLocal)
        }
        let excluded = Set(options.exclude.map { $0.lowercased() })
        for name in options.exclude where a.column(name) == nil && b.column(name) == nil {
            throw Self.unknown(name, in: a, other: b)
        }
        self.key = try key.map(pair)
        keyOrigin = origin
        let keys = Set(self.key.map { $0.a.name })
        if options.columns.isEmpty {
            let wanted = a.columns.filter { !excluded.contains($0.name.lowercased()) }
            columns = wanted.compactMap { first in
                keys.contains(first.name)
                    ? nil : b.column(first.name).map { ColumnPair(first, $0, isLocal: isLocal) }
            }
            onlyInA = wanted.filter { b.column($0.name) == nil }
            onlyInB = b.columns.filter { a.column($0.name) == nil && !excluded.contains($0.name.lowercased()) }
        } else {
            columns = try options.columns.map(pair).filter {
                !keys.contains($0.a.name) && !excluded.contains($0.a.name.lowercased())
            }
            onlyInA = []
            onlyInB = []
        }
        if self.key.isEmpty, columns.isEmpty {
            throw WeirError(
                "diff.nothing-in-common", "\(a.label) and \(b.label) have no column of the same name",
                hint: "\(a.label) has \(Self.names(a)); \(b.label) has \(Self.names(b))")
        }
    }

    private static func names(_ side: DiffSide) -> String {
        let shown = side.columns.prefix(8).map(\.name).joined(separator: ", ")
        return side.columns.count > 8 ? "\(shown), …" : shown
    }

    private static func unknown(_ name: String, in side: DiffSide, other: DiffSide) -> WeirError {
        let common = side.columns.map(\.name).filter { other.column($0) != nil }
        return WeirError(
            "diff.unknown-column", "\(side.label) has no column \"\(name)\"",
            hint: DidYouMean.hint(for: name, among: common.isEmpty ? side.columns.map(\.name) : common))
    }

    /// All pairs, the key first.
    var all: [ColumnPair] { key + columns }

    /// Columns whose types are not the same on both sides.
    var typeDifferences: [ColumnPair] { all.filter { !$0.a.family.means($0.b.family) } }
}
