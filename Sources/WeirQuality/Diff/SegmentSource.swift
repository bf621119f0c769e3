import WeirCore
import WeirEngine

/// Asks one side for the checksums of its segments and for the rows of some, in the SQL of its own database.
struct SegmentSource: Sendable {
    let side: DiffSide
    let plan: DiffPlan
    let filter: String?
    let isA: Bool
    /// Both servers are PostgreSQL and hash alike.
    let usesRecordHash: Bool

    private var dialect: SQLDialect { side.dialect }
    func column(_ pair: ColumnPair) -> DiffColumn { isA ? pair.a : pair.b }
    var table: String { "memory.main.weir_diff_rows_\(isA ? "a" : "b")" }
    private var condition: String { filter.map { "(\($0)\n)" } ?? "" }

    /// True for the only kind of key that has ranges.
    static func hasRanges(_ plan: DiffPlan) -> Bool {
        guard plan.key.count == 1, let key = plan.key.first, key.comparison == .native,
            case .integer(let first) = key.a.family, case .integer(let second) = key.b.family
        else { return false }
        return max(first, second) <= 19
    }

    /// The rows of a range of keys can be read without reading all.
    var hasIndex: Bool {
        Self.hasRanges(plan) && (!side.isRemote || dialect == .postgres) && side.guarantees(plan.key, column)
    }

    // MARK: Before the first round

    struct Extent: Sendable {
        /// Its rows may be an estimate: the first checksums count them.
        var facts = KeyCheck.Facts()
        var bounds: ClosedRange<Int64>?
    }

    /// Rows, null and repeated keys, and the bounds of a key that has ranges.
    func extent(on connection: isolated Connection) throws -> Extent {
        var extent = Extent()
        let rows = "\(side.relation)\(condition.isEmpty ? "" : " WHERE \(condition)")"
        let keys = plan.key.map { dialect.quote(column($0).name) }
        guard !keys.isEmpty else {
            let count = try side.query("SELECT count(*) AS n FROM \(rows)", on: connection).scalar.int
            extent.facts.rows = Int(count ?? 0)
            return extent
        }
        let hasRanges = Self.hasRanges(plan)
        let isKey = side.guarantees(plan.key, column)
        if isKey, hasRanges, filter == nil, let rows = side.estimatedRows {
            let found =
                try side.query(
                    "SELECT min(\(keys[0])) AS lo, max(\(keys[0])) AS hi FROM \(side.relation)", on: connection
                ).first ?? []
            extent.facts.rows = rows
            if let low = found.first?.int, let high = found.last?.int { extent.bounds = low...high }
            return extent
        }
        let isNull = keys.map { "\($0) IS NULL" }.joined(separator: " OR ")
        var select = ["count(*) AS n", "count(CASE WHEN \(isNull) THEN 1 END) AS nulls"]
        if hasRanges { select += ["min(\(keys[0])) AS lo", "max(\(keys[0])) AS hi"] }
        let found = try side.query("SELECT \(select.joined(separator: ", ")) FROM \(rows)", on: connection).first ?? []
        extent.facts.rows = Int(found[0].int ?? 0)
        extent.facts.nullKeys = Int(found[1].int ?? 0)
        if hasRanges, let low = found[2].int, let high = found[3].int { extent.bounds = low...high }
        if !isKey, extent.facts.rows > 1 {
            let repeated = try side.query(repeatedKeys(keys, isNull: isNull), on: connection).first ?? []
            extent.facts.duplicateKeys = Int(repeated.first?.int ?? 0)
            extent.facts.duplicateRows = Int(repeated.last?.display ?? "0") ?? 0
        }
        return extent
    }

    private func repeatedKeys(_ keys: [String], isNull: String) -> String {
        let values = zip(plan.key, keys).map { pair, name in
            // MySQL takes "a" and "A" for the same in most collations.
            dialect == .mysql && column(pair).family.isText ? "BINARY \(name)" : name
        }
        let conditions = ["NOT (\(isNull))"] + (condition.isEmpty ? [] : [condition])
        let total =
            dialect == .mysql ? "CAST(coalesce(sum(c), 0) AS CHAR)" : "CAST(coalesce(sum(c), 0) AS varchar(40))"
        return """
            SELECT count(*) AS k, \(total) AS r FROM (SELECT count(*) AS c FROM \(side.relation) \
            WHERE \(conditions.joined(separator: " AND ")) GROUP BY \(values.joined(separator: ", ")) HAVING count(*) > 1) AS x
            """
    }

    // MARK: Checksums

    /// - Parameter only: segments of `coarse` that are looked at; all when nil.
    func sums(
        _ grid: SegmentGrid, only: (grid: SegmentGrid, segments: Set<Int64?>)?, moved: inout TableDiff.Moved,
        on connection: isolated Connection
    ) throws -> SegmentSums {
        let canonical = CanonicalText(dialect: dialect)
        let hash =
            usesRecordHash
            ? RecordHash.row(plan.all, column)
            : canonical.hash(canonical.row(plan.all.map { (column($0), $0.comparison) }))
        let rows = "SELECT \(segment(grid)) AS g, \(hash) AS h \(from(only))"
        let sum =
            switch dialect {
            case .postgres: "sum(h)::text"
            case .mysql: "CAST(SUM(h) AS CHAR)"
            case .duckdb, .sqlite: "CAST(sum(h) AS VARCHAR)"
            }
        let found = try side.query(
            "SELECT g, count(*) AS n, \(sum) AS s FROM (\(rows)) AS x GROUP BY g", on: connection)
        var sums = SegmentSums()
        for row in found.map({ $0 }) {
            let text = row[2].display
            sums.sums[row[0].isNull ? nil : Int64(row[0].display)] = .init(
                rows: Int(row[1].display) ?? 0, total: text)
            if side.isRemote { moved.bytes += row[0].display.utf8.count + row[1].display.utf8.count + text.utf8.count }
        }
        return sums
    }

    /// The rows of the segments, or all, into ``table``.
    func fetch(
        _ only: (grid: SegmentGrid, segments: Set<Int64?>)?, moved: inout TableDiff.Moved,
        on connection: isolated Connection
    ) throws {
        let keys = plan.key.enumerated().map { "\(wire($1)) AS k\($0)" }
        let columns = plan.columns.enumerated().map { "\(wire($1)) AS c\($0)" }
        let query = "SELECT \((keys + columns).joined(separator: ", ")) \(from(only))"
        try connection.execute("CREATE OR REPLACE TABLE \(table) AS SELECT * FROM \(side.asked(query))")
        guard side.isRemote else { return }
        let sizes = (plan.key.indices.map { "k\($0)" } + plan.columns.indices.map { "c\($0)" }).map {
            "coalesce(sum(strlen(CAST(\($0) AS VARCHAR))), 0)"
        }
        let measured =
            try connection.query(
                "SELECT count(*), (\(sizes.joined(separator: " + ")))::BIGINT FROM \(table)"
            ).first ?? []
        moved.rows += Int(measured.first?.int ?? 0)
        moved.bytes += Int(measured.last?.int ?? 0)
    }

    private func wire(_ pair: ColumnPair) -> String {
        Wire(column: column(pair), comparison: pair.comparison, dialect: dialect).sql
    }

    // MARK: Parts of statements

    /// The number of a row's segment.
    private func segment(_ grid: SegmentGrid) -> String {
        switch grid.kind {
        case .ranges(let low, let width):
            let key = plan.key.first.map { dialect.quote(column($0).name) } ?? "0"
            switch dialect {
            case .postgres: return "((\(key)::bigint - (\(low))::bigint) / \(width))"
            case .mysql: return "((\(key) - (\(low))) DIV \(width))"
            case .duckdb, .sqlite: return "((CAST(\(key) AS BIGINT) - (\(low))) // \(width))"
            }
        case .hashes(let count): return dialect == .postgres ? "mod(\(keyHash), \(count))" : "(\(keyHash) % \(count))"
        }
    }

    /// Of the key, or of the whole row where there is none.
    private var keyHash: String {
        let pairs = plan.key.isEmpty ? plan.all : plan.key
        if usesRecordHash { return "(\(RecordHash.row(pairs, column)) & 1152921504606846975)" }
        let canonical = CanonicalText(dialect: dialect)
        return canonical.hash(canonical.row(pairs.map { (column($0), $0.comparison) }))
    }

    /// FROM and WHERE for the rows of some segments.
    private func from(_ only: (grid: SegmentGrid, segments: Set<Int64?>)?) -> String {
        let plain = condition.isEmpty ? "" : " WHERE \(condition)"
        guard let only else { return "FROM \(side.relation)\(plain)" }
        let segments = only.segments.compactMap(\.self).sorted()
        if dialect == .postgres, hasIndex, case .ranges = only.grid.kind, let key = plan.key.first,
            !only.segments.contains(nil)
        {
            // An index finds each range; a list of conditions would be tried on every row.
            let ranges = segments.compactMap(only.grid.range)
            let name = dialect.quote(column(key).name)
            let lows = ranges.map { String($0.lowerBound) }.joined(separator: ",")
            let highs = ranges.map { String($0.upperBound) }.joined(separator: ",")
            return """
                FROM unnest('{\(lows)}'::bigint[], '{\(highs)}'::bigint[]) AS weir_ranges(weir_low, weir_high) \
                JOIN \(side.relation) ON \(name) BETWEEN weir_low AND weir_high\(plain)
                """
        }
        let number = segment(only.grid)
        var chosen: [String] = []
        if !segments.isEmpty {
            let list = segments.map(String.init)
            chosen.append(
                dialect == .postgres
                    ? "\(number) = ANY ('{\(list.joined(separator: ","))}'::bigint[])"
                    : "\(number) IN (\(list.joined(separator: ", ")))")
        }
        if only.segments.contains(nil) { chosen.append("\(number) IS NULL") }
        let conditions = ["(\(chosen.joined(separator: " OR ")))"] + (condition.isEmpty ? [] : [condition])
        return "FROM \(side.relation) WHERE \(conditions.joined(separator: " AND "))"
    }
}
