import WeirCore
import WeirEngine

/// Finds dependencies and keys of any number of columns, and ranks them.
struct DependencyFinder {
    /// A table that can be read several times.
    let source: String
    let rows: Int
    let columns: [ColumnFacts]
    /// The search ends then, with what is proved.
    var deadline: ContinuousClock.Instant?

    /// Larger tables are searched in a sample of so many rows.
    static let mostRows = 100_000
    /// Dependencies that are told.
    static let shown = 30
    /// What is less plausible is only counted.
    private static let leastPlausible = 0.05

    struct Found {
        var facts: DependencyFacts
        /// Minimal keys of several columns that hold in the whole table, with how plausible they are by the rows.
        var keys: [(columns: [String], evidence: Double)]
    }

    private var isSample: Bool { rows > Self.mostRows }

    func find(on connection: isolated Connection) throws -> Found {
        let searched = Array(usable.prefix(CodedRows.mostColumns))
        let reading = CodeReader(source: source, limit: isSample ? Self.mostRows : nil, columns: searched)
        let (table, order) = try reading.read(on: connection)
        let isOver = {
            try connection.checkCancelled()
            return deadline.map { ContinuousClock.now > $0 } ?? false
        }
        let result = try DependencySearch(rows: table).run(isOver: isOver)
        let ordered = order.map { searched[$0] }
        let judge = Plausibility(rows: table, columns: ordered, result: result)
        var facts = DependencyFacts(
            rows: table.count, sampledFrom: isSample ? rows : nil, columns: searched.map(\.name),
            completeUpTo: result.completeUpTo, minimal: result.left.dropLast().reduce(constants) { $0 + $1.count },
            fromKeys: 0, minimalKeys: result.left[table.width].count)
        var exact: [Judged] = []
        for (column, sets) in result.left.dropLast().enumerated() {
            for set in sets {
                let repeats = result.repeats[set] ?? 0
                if repeats == 0 { facts.fromKeys += 1 } else { exact.append(Judged(set, column, 0, repeats)) }
            }
        }
        exact = judge.rank(exact)
        let broken = try judge.rank(
            Approximation(rows: table, result: result).find(isOver: isOver))
        (facts.exact, facts.approximate) = try settle(exact, broken, names: ordered.map(\.name), on: connection)
        return Found(
            facts: facts,
            keys: judge.keys(result.left[table.width]).map { set, evidence in
                (names(of: set, ordered.map(\.name)), evidence)
            })
    }

    /// Values of these have an order or are short; what is nested is looked at by nobody for rules of this kind.
    private var usable: [ColumnFacts] {
        columns.filter {
            ![.list, .structure, .map, .json, .blob].contains($0.family) && !isConstant($0)
        }
    }

    private func isConstant(_ facts: ColumnFacts) -> Bool {
        facts.nulls == rows || facts.nulls == 0 && facts.distinct.isExact && facts.distinct.count == 1
    }

    /// Each follows from nothing at all.
    private var constants: Int { columns.count(where: isConstant) }

    private func names(of set: UInt64, _ names: [String]) -> [String] {
        let inSet = Set(names.indices.filter { set >> UInt64($0) & 1 == 1 }.map { names[$0] })
        return columns.map(\.name).filter(inSet.contains)
    }

    // MARK: The whole table

    /// What was found in a sample is counted on all rows.
    private func settle(
        _ exact: [Judged], _ broken: [Judged], names: [String], on connection: isolated Connection
    ) throws -> (exact: [Dependency], approximate: [Dependency]) {
        var (whole, partly): ([Dependency], [Dependency]) = ([], [])
        let worthy = [exact, broken].flatMap { $0.filter { $0.plausibility >= Self.leastPlausible }.prefix(Self.shown) }
        for judged in worthy {
            var dependency = Dependency(
                from: self.names(of: judged.from, names), to: names[judged.to], violations: judged.violations,
                repeats: judged.repeats, plausibility: (judged.plausibility * 100).rounded() / 100)
            if isSample {
                if let deadline, ContinuousClock.now > deadline { break }
                (dependency.violations, dependency.repeats) = try count(dependency, on: connection)
            }
            if dependency.violations == 0 {
                whole.append(dependency)
            } else if Approximation.isFew(dependency.violations, of: dependency.repeats) {
                partly.append(dependency)
            }
        }
        return (whole, partly)
    }

    private func count(_ dependency: Dependency, on connection: isolated Connection) throws -> (Int, Int) {
        let from = SQL.list(dependency.from)
        let row = try connection.query(
            """
            SELECT coalesce(sum(n - m), 0)::BIGINT, coalesce(sum(n - 1), 0)::BIGINT FROM
            (SELECT sum(c) AS n, max(c) AS m FROM
            (SELECT \(from), count(*) AS c FROM \(source) GROUP BY \(from), \(SQL.quote(dependency.to))) GROUP BY \(from))
            """
        ).first
        return (Int(row?[0].int ?? 0), Int(row?[1].int ?? 0))
    }
}
