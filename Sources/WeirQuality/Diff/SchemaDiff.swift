import WeirCore

/// How the columns, types and keys of two tables differ; their rows are not read.
public struct SchemaDiff: Sendable, Hashable, Codable {
    public var a: Side
    public var b: Side
    public var isSame: Bool
    public var onlyInA: [TableDiff.NamedType]
    public var onlyInB: [TableDiff.NamedType]
    /// Columns with another type on the other side.
    public var types: [TableDiff.TypePair]
    /// True when common columns stand in another order, which counts for nothing.
    public var isReordered: Bool
    /// True when both sides are tables and their primary keys are not the same.
    public var keysDiffer: Bool

    public struct Side: Sendable, Hashable, Codable {
        public var target: String
        public var engine: String
        public var columns: Int
        /// Empty where there is none.
        public var primaryKey: [String]

        init(_ side: DiffSide) {
            target = side.label
            engine = side.engine
            columns = side.columns.count
            primaryKey = side.primaryKey
        }
    }

    /// - Throws: `diff.unknown-column`.
    public init(_ a: DiffSide, _ b: DiffSide, options: DiffOptions) throws {
        self.a = Side(a)
        self.b = Side(b)
        var options = options
        options.key = []
        let plan: DiffPlan?
        do { plan = try DiffPlan(a: a, b: b, key: [], origin: .none, options: options) } catch let error as WeirError
            where error.code == "diff.nothing-in-common"
        { plan = nil }
        onlyInA = (plan?.onlyInA ?? a.columns).map(TableDiff.NamedType.init)
        onlyInB = (plan?.onlyInB ?? b.columns).map(TableDiff.NamedType.init)
        let isOneEngine = a.engine == b.engine
        types = (plan?.all ?? []).filter {
            isOneEngine ? $0.a.type != $0.b.type : !$0.a.family.means($0.b.family)
        }.map(TableDiff.TypePair.init)
        let order = b.columns.map { $0.name.lowercased() }
        let places = (plan?.all ?? []).compactMap { order.firstIndex(of: $0.b.name.lowercased()) }
        isReordered = options.columns.isEmpty && zip(places, places.dropFirst()).contains { $0 > $1 }
        keysDiffer =
            a.isTable && b.isTable && options.columns.isEmpty
            && a.primaryKey.map { $0.lowercased() } != b.primaryKey.map { $0.lowercased() }
        isSame = onlyInA.isEmpty && onlyInB.isEmpty && types.isEmpty && !keysDiffer
    }
}
