import WeirCore
import WeirEngine

/// Proposes a contract for the rows of a table.
///
/// Rows are split by a hash of their values: rules are found on four of five, and only those are proposed that the fifth,
/// which took no part, keeps as well. The whole is checked once more with the rules together, so that the contract is one
/// that the rows keep. (The idea of held-out rows is that of Schelter et al., "Automating large-scale data quality
/// verification", VLDB 2018.)
public struct ContractSuggester: Sendable {
    /// Rows below which no rule about values is proposed: an accident cannot be told from a law.
    static let enoughRows = 50
    /// Of so many parts, one is held out.
    private static let parts = 5
    private static let rowsTable = "_weir_suggest_rows"
    private static let trainTable = "_weir_suggest_train"
    private static let heldTable = "_weir_suggest_held"

    let target: String
    let name: String
    let physicalName: String?
    let progress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - target: what a person asked for, for the texts.
    ///   - name: of the contract's object.
    public init(
        target: String, name: String, physicalName: String? = nil,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.target = target
        self.name = name
        self.physicalName = physicalName
        self.progress = progress
    }

    private func temp(_ name: String) -> String { "temp.\(SQL.quote(name))" }

    /// - Parameter relation: a table's quoted name, or a SELECT.
    public func suggest(_ relation: String, isTable: Bool, on connection: isolated Connection) throws
        -> ContractSuggestion
    {
        defer {
            for table in [Self.rowsTable, Self.trainTable, Self.heldTable] {
                _ = try? connection.execute("DROP TABLE IF EXISTS \(temp(table))")
            }
        }
        var source = relation
        if !isTable {
            progress("reading the rows")
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.rowsTable)) AS SELECT * FROM (\(relation)\n)")
            source = temp(Self.rowsTable)
        }
        let columns = try connection.columns(of: "SELECT * FROM \(source)")
        let mark = "hash(\(columns.map { "t.\(SQL.quote($0.name))" }.joined(separator: ", "))) % \(Self.parts)"
        for (table, test) in [(Self.trainTable, "<> 0"), (Self.heldTable, "= 0")] {
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE \(SQL.quote(table)) AS SELECT * FROM \(source) AS t WHERE \(mark) \(test)"
            )
        }
        var options = Profiler.Options()
        options.progress = progress
        let profile = try Profiler(target: target, options: options).profile(
            temp(Self.trainTable), isTable: true, on: connection)
        let held = Int(try connection.query("SELECT count(*) FROM \(temp(Self.heldTable))").scalar.int ?? 0)
        let key = try self.key(of: profile, in: source, rows: profile.rows + held, on: connection)
        progress("trying the rules on held-out rows")
        return try make(profile, columns, key, held: held, source: source, on: connection)
    }

    // MARK: The key

    /// A plausible key without doubles in all rows.
    private func key(
        of profile: DataProfile, in source: String, rows: Int, on connection: isolated Connection
    ) throws -> [String] {
        guard rows >= 2 else { return [] }
        for candidate in profile.table.keys where candidate.duplicates == 0 && candidate.plausibility >= 0.5 {
            let list = candidate.columns.map { "t.\(SQL.quote($0))" }.joined(separator: ", ")
            let isWhole = candidate.columns.map { "t.\(SQL.quote($0)) IS NOT NULL" }.joined(separator: " AND ")
            let answer = try connection.query(
                """
                SELECT (SELECT count(*) FROM (SELECT 1 FROM \(source) AS t GROUP BY \(list) HAVING count(*) > 1 LIMIT 1))
                    + (SELECT count_if(NOT (\(isWhole))) FROM \(source) AS t)
                """
            ).scalar.int
            if answer == 0 { return candidate.columns }
        }
        return []
    }

    // MARK: Rules

    private func make(
        _ profile: DataProfile, _ columns: [Column], _ key: [String], held: Int, source: String,
        on connection: isolated Connection
    ) throws -> ContractSuggestion {
        let rows = profile.rows + held
        var candidates: [Candidate] = []
        if rows >= Self.enoughRows {
            for facts in profile.columns {
                let column = ColumnCandidates(
                    facts: facts, rows: profile.rows, isKey: key.contains(facts.name),
                    values: try values(of: facts, on: connection))
                candidates += column.find()
            }
            candidates += try pairs(profile, on: connection)
            candidates.append(
                Candidate(
                    Rule(.rowCount, limit: Limit([.greater(0)]), name: "not empty"), trust: 0.9,
                    "\(Figures.count(rows)) rows"))
        }
        var (kept, rejected) = try tried(candidates, held: held, on: connection)
        var table = contract(profile, columns, key, kept.map(\.candidate))
        // All together, on all rows: what a sample of values suggested may fail on the rest.
        let broken = try brokenRules(of: table, in: source, on: connection)
        for id in broken {
            for entry in kept where entry.candidate.rule.id == id {
                rejected.append(
                    .init(
                        rule: id, columns: entry.candidate.rule.columns.map(\.description),
                        says: entry.candidate.rule.words, why: "rows that it was found on break it"))
            }
        }
        kept.removeAll { broken.contains($0.candidate.rule.id) }
        table = contract(profile, columns, key, kept.map(\.candidate))
        var proposed = kept.map { entry in
            ContractSuggestion.Proposed(
                rule: entry.candidate.rule.id, columns: entry.candidate.rule.columns.map(\.description),
                says: entry.candidate.rule.words, evidence: entry.candidate.evidence, heldOut: entry.values,
                confidence: Self.confidence(entry.values, entry.candidate.trust))
        }
        if !key.isEmpty {
            let rule = Rule(.unique, columns: key.map { ColumnPath($0) })
            proposed.insert(
                .init(
                    rule: rule.id, columns: key, says: "the primary key",
                    evidence: "no value twice in \(Figures.count(rows)) rows",
                    heldOut: held,
                    confidence: Self.confidence(
                        held, profile.table.keys.first { $0.columns == key }?.plausibility ?? 0.5)),
                at: 0)
        }
        return ContractSuggestion(
            target: target, rows: rows, heldOutRows: held, rules: proposed, rejected: rejected,
            contract: text(table, profile, rows: rows, held: held, proposed))
    }

    /// The rule of three's exact form: with no failure among n, the chance of missing a rate of 1 in 100 is 0.99ⁿ.
    static func confidence(_ values: Int, _ trust: Double) -> Double {
        var miss = 1.0
        for _ in 0..<min(values, 2000) { miss *= 0.99 }
        return ((1 - miss) * trust * 1000).rounded() / 1000
    }

    private func values(of facts: ColumnFacts, on connection: isolated Connection) throws -> [ColumnFacts.ValueCount]? {
        guard facts.family == .text, facts.distinct.count <= 24, facts.distinct.count > 1 else { return nil }
        let value = "CAST(t.\(SQL.quote(facts.name)) AS VARCHAR)"
        return try connection.query(
            "SELECT \(value), count(*) FROM \(temp(Self.trainTable)) AS t WHERE \(value) IS NOT NULL GROUP BY 1"
        ).map { ColumnFacts.ValueCount(value: $0[0].text ?? "", count: Int($0[1].int ?? 0)) }
    }

    /// Times that always follow each other: `created_at` before `paid_at`.
    private func pairs(_ profile: DataProfile, on connection: isolated Connection) throws -> [Candidate] {
        let times = profile.columns.filter {
            [.date, .timestamp, .timestampTZ].contains($0.family) && $0.distinct.count > 10
        }.prefix(8)
        var found: [(String, String)] = []
        for first in times {
            for second in times where first.name != second.name && first.family == second.family {
                found.append((first.name, second.name))
            }
        }
        guard !found.isEmpty else { return [] }
        let tests = found.flatMap { a, b in
            let (x, y) = ("t.\(SQL.quote(a))", "t.\(SQL.quote(b))")
            return [
                "count_if(\(x) > \(y))", "count_if(\(x) < \(y))", "count_if(\(x) IS NOT NULL AND \(y) IS NOT NULL)",
            ]
        }
        guard
            let answer = try connection.query(
                "SELECT \(tests.joined(separator: ", ")) FROM \(temp(Self.trainTable)) AS t"
            ).first
        else { return [] }
        return found.enumerated().compactMap { index, pair in
            let (after, before, both) = (
                answer[index * 3].int ?? 0, answer[index * 3 + 1].int ?? 0, answer[index * 3 + 2].int ?? 0
            )
            guard after == 0, both >= 200, before * 10 >= both else { return nil }
            let check = "\(SQL.quote(pair.0)) <= \(SQL.quote(pair.1))"
            let rule = Rule(
                .custom(.condition(.init(check: check, when: nil))), columns: [ColumnPath(pair.0), ColumnPath(pair.1)],
                severity: .warn, name: "\(pair.0) before \(pair.1)")
            return Candidate(rule, trust: 0.8, "never the other way round in \(Figures.count(both)) rows")
        }
    }

    // MARK: Trying

    private typealias Tried = (candidate: Candidate, values: Int)

    private func tried(
        _ candidates: [Candidate], held: Int, on connection: isolated Connection
    ) throws -> (kept: [Tried], rejected: [ContractSuggestion.Rejected]) {
        var collector = RuleCollector()
        for candidate in candidates { collector.add(candidate.rule) }
        var named = candidates
        for (index, rule) in collector.named().enumerated() { named[index].rule = rule }
        let broken = Set(
            try brokenRules(
                of: TableContract(name: name, rules: named.map(\.rule)), in: temp(Self.heldTable), on: connection))
        var kept: [Tried] = []
        var rejected: [ContractSuggestion.Rejected] = []
        for candidate in named {
            let filled = candidate.rule.columns.map { "t.\(SQL.quote($0.root)) IS NOT NULL" }.joined(separator: " AND ")
            let isAboutValues = candidate.rule.kind != .notNull && candidate.rule.kind != .rowCount
            let values =
                isAboutValues
                ? Int(
                    try connection.query("SELECT count(*) FROM \(temp(Self.heldTable)) AS t WHERE \(filled)").scalar.int
                        ?? 0) : held
            let why =
                broken.contains(candidate.rule.id)
                ? "held-out rows break it"
                : isAboutValues && values < 10 ? "only \(values) held-out values could speak for it" : nil
            if let why {
                rejected.append(
                    .init(
                        rule: candidate.rule.id, columns: candidate.rule.columns.map(\.description),
                        says: candidate.rule.words, why: why))
            } else {
                kept.append((candidate, values))
            }
        }
        return (kept, rejected)
    }

    /// Ids of the rules that rows break, or that cannot be decided.
    private func brokenRules(
        of table: TableContract, in source: String, on connection: isolated Connection
    ) throws -> [String] {
        // The audit names its table by schema; a view stands for whatever the rows are in.
        let view = TableName(schema: "temp", table: "_weir_suggest_view")
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(SQL.quote(view.table)) AS SELECT * FROM \(source)")
        defer { _ = try? connection.execute("DROP VIEW IF EXISTS temp.\(SQL.quote(view.table))") }
        let result = try TableAudit.audit(
            table, scope: AuditScope(table: view, declared: view), policy: .warn, on: connection)
        return result.outcomes.filter { ![.passed, .accepted, .notChecked].contains($0.status) }.map(\.rule)
    }
}
