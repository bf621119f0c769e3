import WeirCore
import WeirEngine

/// Facts about whole rows: doubles, keys, and which columns are missing together.
struct RowFacts {
    let source: String
    let rows: Int
    let columns: [ColumnFacts]

    private static let suspects = "_weir_profile_keys"
    /// A bit mask of missing columns has to fit a BIGINT.
    private static let mostNullable = 62
    private static let mostPairs = 20

    private func value(_ name: String) -> String { "t.\(SQL.quote(name))" }

    // MARK: Missing together

    func missing(on connection: isolated Connection) throws -> [TableFacts.MissingPattern] {
        let nullable = columns.filter { $0.nulls > 0 && $0.nulls < rows }.prefix(Self.mostNullable)
        guard !nullable.isEmpty else { return [] }
        let mask = nullable.enumerated().map { bit, facts in
            "CASE WHEN \(value(facts.name)) IS NULL THEN \(Int64(1) << Int64(bit))::BIGINT ELSE 0 END"
        }
        let found = try connection.query(
            """
            SELECT m, count(*) FROM (SELECT \(mask.joined(separator: " | ")) AS m FROM \(source) AS t)
            WHERE m <> 0 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
            """)
        return found.map { row in
            let bits = row[0].int ?? 0
            let names = nullable.enumerated().filter { bits >> Int64($0.offset) & 1 == 1 }.map(\.element.name)
            return TableFacts.MissingPattern(columns: names, rows: Int(row[1].int ?? 0))
        }
    }

    // MARK: Doubles and keys

    /// Rows too many among those that are equal in the columns; rows with a null among them are left out unless all count.
    private func excess(_ names: [String], nullsCount: Bool, on connection: isolated Connection) throws -> Int {
        let keys = names.map(value)
        let complete = nullsCount ? "true" : keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let suspects = try RepeatedKeys.suspects(
            keys, in: "\(source) AS t", where: complete, rows: rows, table: Self.suspects, on: connection)
        let condition: String
        switch suspects {
        case .none: return 0
        case .all: condition = complete
        case .some(let suspect): condition = "\(complete) AND \(suspect)"
        }
        let list = keys.joined(separator: ", ")
        return Int(
            try connection.query(
                """
                SELECT coalesce(sum(c - 1), 0)::BIGINT FROM
                (SELECT count(*) AS c FROM \(source) AS t WHERE \(condition) GROUP BY \(list) HAVING count(*) > 1)
                """
            ).scalar.int ?? 0)
    }

    func duplicates(on connection: isolated Connection) throws -> Int {
        if columns.contains(where: { isKey($0) }) || rows < 2 { return 0 }
        return try excess(columns.map(\.name), nullsCount: true, on: connection)
    }

    private func isKey(_ facts: ColumnFacts) -> Bool { facts.isKey(of: rows) }

    private static let keyFamilies: Set<TypeFamily> = [
        .integer, .text, .uuid, .date, .timestamp, .timestampTZ, .decimal,
    ]

    /// Single columns, and several together: of any number where dependencies were looked for, else two where no column
    /// is a key alone.
    func keys(_ searched: DependencyFinder.Found?, on connection: isolated Connection) throws
        -> [TableFacts.CandidateKey]
    {
        guard rows > 1 else { return [] }
        let usable = columns.filter { Self.keyFamilies.contains($0.family) && $0.distinct.count > 1 }
        var found = usable.filter(isKey).map { key([$0], duplicates: 0) }
        // A key with a few doubles is a key that somebody broke.
        for facts in usable where !isKey(facts) && facts.distinct.isExact {
            let excess = rows - facts.nulls - facts.distinct.count
            if (excess + facts.nulls) * 200 <= rows, KeyName.isLikely(facts.name) {
                found.append(key([facts], duplicates: excess))
            }
        }
        if let searched {
            found += try several(searched, isOnlyKind: found.isEmpty, on: connection)
        } else if found.isEmpty {
            found = try pairs(usable, on: connection)
        }
        return Array(
            found.sorted { ($0.plausibility, $1.columns.count) > ($1.plausibility, $0.columns.count) }.prefix(10))
    }

    /// Keys of several columns without a null among them. Beside a key of one column only those are worth a word that
    /// had to tell many rows apart.
    private func several(
        _ searched: DependencyFinder.Found, isOnlyKind: Bool, on connection: isolated Connection
    ) throws -> [TableFacts.CandidateKey] {
        let candidates = searched.keys.compactMap { names, evidence -> TableFacts.CandidateKey? in
            let facts = names.compactMap { name in columns.first { $0.name == name } }
            guard facts.allSatisfy({ $0.nulls == 0 && Self.keyFamilies.contains($0.family) }) else { return nil }
            return key(facts, duplicates: 0, evidence: evidence)
        }.sorted { ($0.plausibility, $1.columns.count) > ($1.plausibility, $0.columns.count) }
        let worthy = candidates.filter { isOnlyKind || $0.plausibility >= 0.5 }.prefix(Self.mostPairs)
        guard searched.facts.sampledFrom != nil else { return Array(worthy) }
        return try worthy.filter { try excess($0.columns, nullsCount: false, on: connection) == 0 }
    }

    private func pairs(_ usable: [ColumnFacts], on connection: isolated Connection) throws -> [TableFacts.CandidateKey]
    {
        var candidates: [(ColumnFacts, ColumnFacts)] = []
        let complete = usable.filter { $0.nulls == 0 && $0.family != .decimal }
        for (place, first) in complete.enumerated() {
            for second in complete.dropFirst(place + 1)
            where Self.most(first.distinct) * Self.most(second.distinct) >= Double(rows) {
                candidates.append((first, second))
            }
        }
        candidates.sort { plausibility([$0.0, $0.1]) > plausibility([$1.0, $1.1]) }
        return try candidates.prefix(Self.mostPairs).compactMap { pair in
            let excess = try excess([pair.0.name, pair.1.name], nullsCount: false, on: connection)
            return excess == 0 ? key([pair.0, pair.1], duplicates: 0) : nil
        }
    }

    /// So many values there may be: an estimate can be too low by several of its errors.
    private static func most(_ distinct: ColumnFacts.Distinct) -> Double {
        Double(distinct.count) * (1 + 4 * distinct.error)
    }

    private func key(_ columns: [ColumnFacts], duplicates: Int, evidence: Double = 1) -> TableFacts.CandidateKey {
        TableFacts.CandidateKey(
            columns: columns.map(\.name), duplicates: duplicates,
            plausibility: (plausibility(columns) * (0.5 + evidence / 2) * 100).rounded() / 100)
    }

    /// Names and places tell keys from accidents: a price is unique in a small table too.
    private func plausibility(_ columns: [ColumnFacts]) -> Double {
        let scores = columns.map { facts -> Double in
            var score = 0.4
            if KeyName.isLikely(facts.name) { score += 0.35 }
            if facts.name == self.columns.first?.name { score += 0.15 }
            if [.integer, .uuid, .text].contains(facts.family) { score += 0.1 }
            if [.decimal, .timestamp, .timestampTZ].contains(facts.family) { score -= 0.2 }
            if (facts.texts?.longest ?? 0) > 64 { score -= 0.3 }
            return score
        }
        let mean = scores.reduce(0, +) / Double(max(1, scores.count))
        return max(0, min(1, mean - Double(columns.count - 1) * 0.1))
    }
}
