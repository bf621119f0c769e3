import WeirCore
import WeirEngine

/// Finds columns whose values stand in another table's key.
///
/// Names, types and ranges rule out nearly all pairs before any row is read; each pair that is left costs one query.
public struct ReferenceFinder: Sendable {
    public struct Table: Sendable {
        /// As it is called in what is told.
        public var name: String
        /// The table's own name, for comparing it with columns' names.
        public var shortName: String
        /// What is read.
        public var relation: String
        /// What a person would write to read it.
        public var shown: String
        public var profile: DataProfile

        public init(name: String, shortName: String, relation: String, shown: String, profile: DataProfile) {
            self.name = name
            self.shortName = shortName
            self.relation = relation
            self.shown = shown
            self.profile = profile
        }
    }

    let tables: [Table]

    public init(tables: [Table]) { self.tables = tables }

    /// Pairs that are asked about.
    private static let mostPairs = 200
    /// The same of keys of several columns, and how many of those of one table are looked at.
    private static let mostComposites = 50
    private static let mostKeys = 5
    /// One orphan in twenty, where the names agree; else one in a hundred.
    private static func mostOrphans(_ name: Double, of filled: Int) -> Int { filled / (name >= 0.7 ? 20 : 100) }

    /// - Parameter isOver: asked before each query; true ends the search with what is found.
    public func find(on connection: isolated Connection, isOver: () -> Bool = { false }) throws -> [Reference] {
        let candidates = tables.flatMap { to in
            to.profile.columns.filter { isReferable($0, in: to) }.flatMap { key in
                tables.flatMap { from in
                    from.profile.columns.compactMap { ReferenceCandidate(from: from, $0, to: to, key) }
                }
            }
        }
        var found: [Reference] = []
        for candidate in candidates.sorted(by: { $0.name > $1.name }).prefix(Self.mostPairs) where !isOver() {
            try connection.checkCancelled()
            if let reference = try count(candidate, on: connection) { found.append(reference) }
        }
        for candidate in composites().prefix(Self.mostComposites) where !isOver() {
            try connection.checkCancelled()
            if let reference = try count(candidate, on: connection) { found.append(reference) }
        }
        return best(found)
    }

    /// Keys of several columns whose columns another table has by name, those whose names agree most first.
    private func composites() -> [ReferenceCandidate] {
        tables.flatMap { to -> [ReferenceCandidate] in
            guard to.profile.sample == nil else { return [] }
            let keys = to.profile.table.keys.filter { $0.duplicates == 0 && (2...4).contains($0.columns.count) }
            return keys.prefix(Self.mostKeys).flatMap { key in
                let facts = key.columns.compactMap(to.profile.column)
                guard facts.count == key.columns.count else { return [ReferenceCandidate]() }
                return tables.compactMap { ReferenceCandidate(from: $0, to: to, key: facts) }
            }
        }.sorted { $0.name > $1.name }
    }

    private func isReferable(_ facts: ColumnFacts, in table: Table) -> Bool {
        table.profile.sample == nil && facts.isKey(of: table.profile.rows)
            && [.integer, .text, .uuid].contains(facts.family) && (facts.texts?.longest ?? 0) <= 100
    }

    private func count(_ candidate: ReferenceCandidate, on connection: isolated Connection) throws -> Reference? {
        let (names, keys) = (candidate.columns.map { SQL.quote($0.name) }, candidate.key.map { SQL.quote($0.name) })
        let isOne = names.count == 1
        let value = isOne ? names[0] : "(\(names.joined(separator: ", ")))"
        let filledIn = names.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        func known(_ relation: String) -> String {
            // A key of several columns may have nulls, which would make every answer unknown.
            let complete = isOne ? "" : " WHERE \(keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND "))"
            let key = isOne ? keys[0] : "(\(keys.joined(separator: ", ")))"
            return "SELECT \(key) FROM \(relation)\(complete)"
        }
        let row = try connection.query(
            """
            SELECT count(*), count(*) FILTER (NOT known), count(DISTINCT v) FILTER (known) FROM (
            SELECT \(value) AS v, \(value) IN (\(known(candidate.to.relation))) AS known
            FROM \(candidate.from.relation) WHERE \(filledIn))
            """
        ).first
        let (filled, orphans, used) = (Int(row?[0].int ?? 0), Int(row?[1].int ?? 0), Int(row?[2].int ?? 0))
        guard used > 0, orphans <= Self.mostOrphans(candidate.name, of: filled) else { return nil }
        let coverage = Double(used) / Double(max(1, candidate.to.profile.rows))
        let share = Double(orphans) / Double(filled)
        let plausibility = (0.4 + 0.5 * candidate.name + 0.1 * coverage) * (1 - 4 * share)
        return Reference(
            fromTable: candidate.from.name, fromColumns: candidate.columns.map(\.name), toTable: candidate.to.name,
            toColumns: candidate.key.map(\.name), filled: filled, orphans: orphans,
            coverage: (coverage * 1000).rounded() / 1000, plausibility: (plausibility * 100).rounded() / 100,
            sql:
                "SELECT * FROM \(candidate.from.shown) WHERE \(filledIn) AND \(value) NOT IN (\(known(candidate.to.shown)))"
        )
    }

    /// Columns refer to one key: the most plausible, and others only if they are as plausible.
    private func best(_ found: [Reference]) -> [Reference] {
        var highest: [[String]: Double] = [:]
        for reference in found {
            let column = [reference.fromTable] + reference.fromColumns
            highest[column] = max(highest[column] ?? 0, reference.plausibility)
        }
        return found.filter { $0.plausibility >= (highest[[$0.fromTable] + $0.fromColumns] ?? 0) - 0.05 }.sorted {
            ($1.plausibility, $0.fromTable, $0.fromColumn, $0.toTable)
                < ($0.plausibility, $1.fromTable, $1.fromColumn, $1.toTable)
        }
    }
}

/// Columns and a key that names and ranges do not rule out.
struct ReferenceCandidate {
    let from: ReferenceFinder.Table
    let columns: [ColumnFacts]
    let to: ReferenceFinder.Table
    let key: [ColumnFacts]
    /// 0 to 1: how much the names agree.
    let name: Double

    init?(from: ReferenceFinder.Table, _ column: ColumnFacts, to: ReferenceFinder.Table, _ key: ColumnFacts) {
        let isSameTable = from.name == to.name
        guard !(isSameTable && column.name == key.name), Self.fits(column, key) else { return nil }
        self.from = from
        columns = [column]
        self.to = to
        self.key = [key]
        name = Self.agreement(column.name, key.name, of: to.shortName, isSameTable: isSameTable)
        guard Self.isPlausible(column, key, name: name) else { return nil }
    }

    /// A key of several columns: each needs a column here whose name agrees with its own. Without that, small numbers
    /// and short words would stand in every key.
    init?(from: ReferenceFinder.Table, to: ReferenceFinder.Table, key: [ColumnFacts]) {
        guard from.name != to.name else { return nil }
        var (chosen, least): ([ColumnFacts], Double) = ([], 1)
        for part in key {
            let fitting = from.profile.columns.filter { column in
                Self.fits(column, part) && !chosen.contains { $0.name == column.name }
            }
            func agreement(_ column: ColumnFacts) -> Double {
                if column.name.lowercased() == part.name.lowercased() { return 1 }
                return min(0.9, Self.agreement(column.name, part.name, of: to.shortName, isSameTable: false))
            }
            guard let best = fitting.max(by: { agreement($0) < agreement($1) }), agreement(best) >= 0.7 else {
                return nil
            }
            chosen.append(best)
            least = min(least, agreement(best))
        }
        self.from = from
        columns = chosen
        self.to = to
        self.key = key
        name = least
    }

    private static func fits(_ column: ColumnFacts, _ key: ColumnFacts) -> Bool {
        // An estimate may be off, and orphans have values of their own.
        column.family == key.family && column.distinct.count > 0
            && Double(column.distinct.count) <= Double(key.distinct.count) * 1.2 + 2
    }

    /// `orders.customer_id` and `customers.id` agree, and so do `country_code` and `country_code`.
    static func agreement(_ column: String, _ key: String, of table: String, isSameTable: Bool) -> Double {
        let words = Set(KeyName.ordered(column).map(singular))
        let about = Set(KeyName.ordered(table).map(singular))
        let isKeyLike = KeyName.isLikely(column)
        if isSameTable {
            // Within a table only what says so points back to it.
            let back: Set<String> = ["parent", "manager", "boss", "root", "previous", "original", "reports"]
            return words.isDisjoint(with: back) ? 0 : 0.9
        }
        if let last = about.subtracting(["raw", "staging", "dim", "fact", "the"]).first, about.count == 1,
            words.contains(last)
        {
            return isKeyLike || words == [last] ? 1 : 0.6
        }
        if !about.isEmpty, about.isSubset(of: words) { return isKeyLike ? 1 : 0.6 }
        let keyWords = Set(KeyName.ordered(key).map(singular))
        if !KeyName.words(key).isEmpty, keyWords.isSubset(of: words) { return 0.9 }
        let common = KeyName.words(column).map(singular)
        if isKeyLike, !Set(common).isDisjoint(with: about.union(KeyName.words(key).map(singular))) { return 0.7 }
        return 0
    }

    /// `cities` and `city`, `orders` and `order`.
    static func singular(_ word: String) -> String {
        if word.count > 4, word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if word.count > 4, ["sses", "xes", "ches", "shes"].contains(where: word.hasSuffix) {
            return String(word.dropLast(2))
        }
        if word.hasSuffix("uses"), word.count > 5 { return String(word.dropLast(2)) }
        let isPlural = word.count > 3 && word.hasSuffix("s") && !["ss", "us", "is"].contains { word.hasSuffix($0) }
        return isPlural ? String(word.dropLast()) : word
    }

    /// Small whole numbers stand in every other table's key: without a name they say nothing.
    private static func isPlausible(_ column: ColumnFacts, _ key: ColumnFacts, name: Double) -> Bool {
        if name >= 0.7 { return true }
        let isInside = (column.minimum ?? "") >= (key.minimum ?? "") && (column.maximum ?? "") <= (key.maximum ?? "")
        switch key.family {
        case .integer:
            guard let low = column.minimum.flatMap(Double.init), let high = column.maximum.flatMap(Double.init),
                let first = key.minimum.flatMap(Double.init), let last = key.maximum.flatMap(Double.init)
            else { return false }
            let isDense = last - first < Double(key.distinct.count) * 2
            return low >= first && high <= last && (name > 0 || KeyName.isLikely(column.name) && !isDense)
        case .uuid: return isInside
        default:
            let (texts, keys) = (column.texts, key.texts)
            return isInside && (name > 0 || column.distinct.count >= 5)
                && (texts?.shortest ?? 0) >= (keys?.shortest ?? 0) && (texts?.longest ?? 0) <= (keys?.longest ?? 0)
        }
    }
}
