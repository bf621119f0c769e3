import WeirCore

/// Two profiles side by side, and in what they differ.
public struct ProfilePair: Sendable, Hashable, Codable {
    public var first: DataProfile
    public var second: DataProfile
    public var changes: [Change]

    public struct Change: Sendable, Hashable, Codable {
        public var column: String
        public var what: String
        public var first: String
        public var second: String
    }

    public init(first: DataProfile, second: DataProfile) {
        self.first = first
        self.second = second
        changes = Self.compare(first, second)
    }

    /// Shares that moved by less than this are taken for the same.
    private static let notable = 0.01

    private static func compare(_ a: DataProfile, _ b: DataProfile) -> [Change] {
        var changes: [Change] = []
        if a.rows != b.rows {
            changes.append(
                Change(column: "", what: "rows", first: Figures.count(a.rows), second: Figures.count(b.rows)))
        }
        let names = a.columns.map(\.name) + b.columns.map(\.name).filter { a.column($0) == nil }
        for name in names {
            func say(_ what: String, _ first: String, _ second: String) {
                if first != second { changes.append(Change(column: name, what: what, first: first, second: second)) }
            }
            guard let left = a.column(name), let right = b.column(name) else {
                say("column", a.column(name) == nil ? "—" : "there", b.column(name) == nil ? "—" : "there")
                continue
            }
            say("type", left.type, right.type)
            let (leftNulls, rightNulls) = (share(left.nulls, a.rows), share(right.nulls, b.rows))
            if abs(leftNulls - rightNulls) >= notable || (left.nulls == 0) != (right.nulls == 0) {
                say("missing", Percent.text(left.nulls, of: a.rows), Percent.text(right.nulls, of: b.rows))
            }
            if differs(Double(left.distinct.count), Double(right.distinct.count)) {
                say("distinct", Figures.count(left.distinct.count), Figures.count(right.distinct.count))
            }
            say("smallest", left.minimum ?? "—", right.minimum ?? "—")
            say("largest", left.maximum ?? "—", right.maximum ?? "—")
            if let x = left.numbers?.mean, let y = right.numbers?.mean, differs(x, y) {
                say("mean", Distribution.short(x), Distribution.short(y))
            }
            say("meaning", left.meaning?.kind.words ?? "—", right.meaning?.kind.words ?? "—")
            let known = Set(left.top.map(\.value))
            let fresh = right.top.filter { !known.contains($0.value) }.map(\.value)
            if left.distinct.count <= ValueCounts.shown, !fresh.isEmpty {
                say("new values", "—", fresh.joined(separator: ", "))
            }
        }
        return changes
    }

    private static func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

    /// More than five percent apart.
    private static func differs(_ a: Double, _ b: Double) -> Bool {
        abs(a - b) > 0.05 * max(abs(a), abs(b), .leastNormalMagnitude)
    }
}
