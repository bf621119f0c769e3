import WeirCore

/// Which rules the table's own database decides, in which SQL, and which DuckDB decides on fetched columns.
struct HostedPlan {
    /// How a rule that names rows is decided in the database.
    enum Test: Hashable {
        /// A condition that is true for a row that breaks the rule, over the alias `t`.
        case row(String)
        /// A condition that looks at another table.
        case reference(String)
        /// Key expressions of which no two rows may have the same.
        case unique(keys: [String], columns: [String])
    }

    let table: HostedTable
    /// With the table's spelling of column names.
    let rules: [Rule]
    let undecidable: [String: String]
    private(set) var tests: [String: Test] = [:]
    /// Rules that DuckDB decides, and why.
    private(set) var fetched: [String: String] = [:]

    /// - Parameter parents: the tables that rules refer to, by the contract's name for them.
    init(_ contract: TableContract, table: HostedTable, parents: [String: HostedTable]) {
        let plan = AuditPlan(
            contract.rules, columns: table.columns.map { Column(name: $0.name, type: $0.type) }, table: "t",
            label: table.relation, refused: [:])
        self.table = table
        rules = plan.rules
        undecidable = plan.undecidable
        let predicate = HostedPredicate(table: table)
        for rule in rules where undecidable[rule.id] == nil && rule.kind.namesRows {
            switch rule.kind {
            case .unique: tests[rule.id] = Self.unique(rule, predicate)
            case .foreignKey(let key):
                tests[rule.id] = parents[key.table].flatMap { Self.orphan(rule, key, predicate, parent: $0) }
            default: tests[rule.id] = predicate.violation(of: rule).map(Test.row)
            }
            if tests[rule.id] == nil { fetched[rule.id] = Self.reason(rule, table) }
        }
        for rule in rules where undecidable[rule.id] == nil && !rule.kind.namesRows {
            if !isMeasuredThere(rule) { fetched[rule.id] = Self.reason(rule, table) }
        }
    }

    /// DuckDB decides these too.
    mutating func fetch(_ ids: some Sequence<String>, because why: String) {
        for id in ids where fetched[id] == nil {
            tests[id] = nil
            fetched[id] = why
        }
    }

    /// DuckDB decides every rule that names rows.
    mutating func fetchRows(because why: String) { fetch(Array(tests.keys), because: why) }

    var rowRules: [(rule: Rule, condition: String)] {
        rules.compactMap { rule in
            if case .row(let condition)? = tests[rule.id] { (rule, condition) } else { nil }
        }
    }

    private static func reason(_ rule: Rule, _ table: HostedTable) -> String {
        let name = table.dialect.label
        switch rule.kind {
        case .custom: return "conditions, sequences and distributions are written in DuckDB's SQL"
        case .pattern, .format:
            if table.dialect == .sqlite { return "\(name) has no regular expressions" }
            return "\(name) has no words for this pattern, or for a text of the column"
        default:
            let type = rule.columns.first.flatMap { table.column($0.root) }?.nativeType
            return "\(name) does not decide it just as DuckDB does" + (type.map { " on a column of type \($0)" } ?? "")
        }
    }

    private func isMeasuredThere(_ rule: Rule) -> Bool {
        switch rule.kind {
        case .rowCount, .sql: true
        case .freshness:
            rule.columns.first.flatMap { table.column($0.root) }.flatMap(HostedPredicate(table: table).family)
                .map { [.date, .timestamp, .timestampTZ].contains($0) } ?? false
        case .custom(.rowsOf(let rows)): rows.own == nil && rows.other == nil
        default: false
        }
    }

    // MARK: Rules about several rows

    private static func plainColumns(_ rule: Rule, _ table: HostedTable) -> [HostedColumn]? {
        let columns = rule.columns.compactMap { $0.parts.count == 1 ? table.column($0.root) : nil }
        return columns.count == rule.columns.count ? columns : nil
    }

    private static func unique(_ rule: Rule, _ predicate: HostedPredicate) -> Test? {
        guard let columns = plainColumns(rule, predicate.table) else { return nil }
        let keys = columns.compactMap(predicate.groupKey)
        return keys.count == columns.count
            ? .unique(keys: keys, columns: columns.map(predicate.value)) : nil
    }

    private static func orphan(
        _ rule: Rule, _ key: ForeignKey, _ predicate: HostedPredicate, parent: HostedTable
    ) -> Test? {
        guard let own = plainColumns(rule, predicate.table) else { return nil }
        let there = HostedPredicate(table: parent, alias: "p")
        let pairs = zip(own, key.columns).compactMap { column, name -> String? in
            guard let other = parent.column(name), let family = predicate.family(column),
                let otherFamily = there.family(other), let mine = predicate.key(column), let their = there.key(other)
            else { return nil }
            let areExact = [family, otherFamily].allSatisfy { $0 == .integer || $0 == .decimal }
            guard family == otherFamily && family != .floating || areExact else { return nil }
            return "\(their) = \(mine)"
        }
        guard pairs.count == own.count else { return nil }
        let complete = own.map { "\(predicate.value($0)) IS NOT NULL" }.joined(separator: " AND ")
        return .reference(
            "\(complete) AND NOT EXISTS (SELECT 1 FROM \(parent.relation) AS p WHERE \(pairs.joined(separator: " AND ")))"
        )
    }

    // MARK: SQL

    /// The rows, and how many break each of the conditions.
    func counts(_ conditions: [String]) -> String {
        let counts = conditions.enumerated().map { "count(CASE WHEN \($1) THEN 1 END) AS c\($0)" }
        return "SELECT \((["count(*) AS n"] + counts).joined(separator: ", ")) FROM \(table.relation) AS t"
    }

    /// Rows too many and rows affected.
    func repeated(_ keys: [String], _ columns: [String]) -> String {
        """
        SELECT \(whole("sum(n - 1)")) AS excess, \(whole("sum(n)")) AS affected FROM (\
        SELECT count(*) AS n FROM \(table.relation) AS t WHERE \(Self.complete(columns)) \
        GROUP BY \(keys.joined(separator: ", ")) HAVING count(*) > 1) AS weir_repeated
        """
    }

    private static func complete(_ columns: [String]) -> String {
        columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
    }

    private func whole(_ sum: String) -> String {
        "CAST(coalesce(\(sum), 0) AS \(table.dialect == .mysql ? "SIGNED" : table.dialect == .sqlite ? "INTEGER" : "BIGINT"))"
    }

    /// 1 for a row that breaks the rule, else 0.
    func flag(_ rule: Rule) -> String? {
        let condition: String
        switch tests[rule.id] {
        case .row(let test)?, .reference(let test)?: condition = test
        case .unique(let keys, let columns)?:
            let order = table.order.isEmpty ? "" : " ORDER BY \(table.order.joined(separator: ", "))"
            condition =
                "\(Self.complete(columns)) AND row_number() OVER (PARTITION BY \(keys.joined(separator: ", "))\(order)) > 1"
        case nil: return nil
        }
        return "CASE WHEN \(condition) THEN 1 ELSE 0 END"
    }

    /// A query for a person that shows the rows which break a rule.
    func evidence(_ rule: Rule) -> String? {
        switch tests[rule.id] {
        case .row(let test)?, .reference(let test)?: return "SELECT * FROM \(table.relation) AS t WHERE \(test)"
        case .unique(let keys, let columns)?:
            let list = keys.joined(separator: ", ")
            return
                "SELECT \(list), count(*) FROM \(table.relation) AS t WHERE \(Self.complete(columns)) GROUP BY \(list) HAVING count(*) > 1"
        case nil: return nil
        }
    }

    /// The first rows that break any of the rules: `columns` as `c0 …`, then a flag a rule as `f0 …`.
    func rows(_ columns: [String], breaking rules: [Rule], limit: Int) -> String {
        let flags = rules.compactMap(flag).enumerated().map { "\($1) AS f\($0)" }
        let order = table.order.enumerated().map { "\($1) AS o\($0)" }
        let inner = (columns.enumerated().map { "\($1) AS c\($0)" } + flags + order).joined(separator: ", ")
        let outer = columns.indices.map { "c\($0)" } + rules.indices.map { "f\($0)" }
        let any = rules.indices.map { "f\($0) = 1" }.joined(separator: " OR ")
        let sorted = order.isEmpty ? "" : " ORDER BY \(order.indices.map { "o\($0)" }.joined(separator: ", "))"
        return """
            SELECT \(outer.joined(separator: ", ")) FROM (SELECT \(inner) FROM \(table.relation) AS t) AS weir_rows \
            WHERE \(any)\(sorted) LIMIT \(limit)
            """
    }

    /// Rows, bad rows and the count of each rule for the values of some columns.
    ///
    /// - Parameter keys: expressions to group by, and whether each stands for a text.
    func segments(_ keys: [(key: String, isText: Bool)], breaking rules: [Rule], limit: Int) -> String {
        let flags = rules.compactMap(flag).enumerated().map { "\($1) AS f\($0)" }
        let inner = (keys.enumerated().map { "\($1.key) AS k\($0)" } + flags).joined(separator: ", ")
        let names = keys.indices.map { "k\($0)" }
        let shown = keys.enumerated().map { index, key in
            table.dialect == .mysql && key.isText
                ? "CONVERT(k\(index) USING utf8mb4) AS v\(index)" : "k\(index) AS v\(index)"
        }
        let any = rules.isEmpty ? "false" : rules.indices.map { "f\($0) = 1" }.joined(separator: " OR ")
        let counts =
            ["count(*) AS n", "count(CASE WHEN \(any) THEN 1 END) AS bad"]
            + rules.indices.map { "count(CASE WHEN f\($0) = 1 THEN 1 END) AS s\($0)" }
        // Not every dialect has NULLS LAST.
        let sorted = ["bad DESC", "n DESC"] + names.flatMap { ["CASE WHEN \($0) IS NULL THEN 1 ELSE 0 END", $0] }
        return """
            SELECT \((shown + counts).joined(separator: ", ")) FROM (SELECT \(inner) FROM \(table.relation) AS t) \
            AS weir_rows GROUP BY \(names.joined(separator: ", ")) ORDER BY \(sorted.joined(separator: ", ")) LIMIT \(limit)
            """
    }
}
