import WeirCore
import WeirEngine

/// Compares the rows of a model with the expected ones, in SQL and by type.
///
/// NULL equals NULL, rows count as often as they stand there, and their order matters only where the test says so.
/// DOUBLE and FLOAT values are equal when they differ by less than 1e-9 and 1e-6 of the greater.
struct RowComparison {
    let expected: TestRowTable
    let expectation: ModelTest.ExpectedRows
    /// Of the model, as it returned them.
    let output: [Column]
    /// Quoted; with ``TestRowTable/ordinal`` and the columns of `output`.
    let actual: String

    private let ordinal = TestRowTable.ordinal
    private static let values = TestScratch.table("expected_typed")
    private static let expectedGroups = TestScratch.table("expected_groups")
    private static let actualGroups = TestScratch.table("actual_groups")

    /// - Throws: `test.unknown-column`, `test.bad-value`, gathered, when the expectation does not fit the columns.
    func diff(on connection: isolated Connection) throws -> RowDiff {
        let columns = try resolved()
        var diff = RowDiff()
        diff.columns = columns.isEmpty ? output.map(\.name) : columns.map(\.name)
        if !expectation.isSubset, !columns.isEmpty {
            diff.extraColumns = output.map(\.name).filter { name in !columns.contains { $0.name == name } }
        }
        try type(columns, on: connection)
        diff.expectedRows = Int(try connection.query("SELECT count(*) FROM \(Self.values)").scalar.int ?? 0)
        diff.actualRows = Int(try connection.query("SELECT count(*) FROM \(actual)").scalar.int ?? 0)
        let shown = columns.isEmpty ? output : columns
        try group(columns, shown: shown, on: connection)
        let patterns = patterns(columns)
        let matching = try match(columns, patterns, on: connection)
        let details = RowDifferences(
            columns: shown, compared: columns.isEmpty ? [] : patterns, missing: matching.missing,
            unexpected: matching.unexpected,
            expected: Self.expectedGroups, actual: Self.actualGroups)
        try details.fill(&diff, on: connection)
        if diff.missingCount + diff.unexpectedCount + diff.changedCount == 0, expectation.isOrdered {
            diff.firstOutOfOrder = try firstOutOfOrder(columns, patterns, on: connection)
        }
        return diff
    }

    // MARK: Columns and types

    /// The output columns that the expectation names, in its order.
    private func resolved() throws -> [Column] {
        let problems = Problems()
        let columns = expected.columns.enumerated().compactMap { index, raw -> Column? in
            if let found = output.first(where: { $0.name.lowercased() == raw.name.lowercased() }) { return found }
            problems.add(
                expected.error(
                    "test.unknown-column", "the model returns no column \"\(raw.name)\"",
                    hint: DidYouMean.hint(for: raw.name, among: output.map(\.name)), index: index))
            return nil
        }
        try problems.throwIfAny("test.unknown-column") { "\($0) expected columns do not exist" }
        return columns
    }

    private func type(_ columns: [Column], on connection: isolated Connection) throws {
        let mistakes = try expected.mistakes(columns.map(\.type), on: connection)
        if !mistakes.isEmpty { throw TestMistake(errors: mistakes) }
        let list = columns.enumerated().map { ", \(expected.cast($0, to: $1.type)) AS v\($0)" }.joined()
        try connection.execute(
            "CREATE TABLE \(Self.values) AS SELECT \(ordinal)\(list) FROM \(expected.table)")
    }

    /// The columns that count for each expected row, as positions: rows of a subset may leave columns open.
    private func patterns(_ columns: [Column]) -> [[Int]] {
        guard expectation.isSubset, case .cells(let cells) = expectation.rows.content else {
            return [Array(columns.indices)]
        }
        var found: [[Int]] = []
        for row in cells.rows {
            let named = columns.indices.filter { row.cells[$0] != nil }
            if !found.contains(named) { found.append(named) }
        }
        return found.isEmpty ? [Array(columns.indices)] : found
    }

    private func patternNumbers(_ patterns: [[Int]], _ columns: [Column]) -> [Int] {
        guard expectation.isSubset, case .cells(let cells) = expectation.rows.content else { return [] }
        return cells.rows.map { row in
            patterns.firstIndex(of: columns.indices.filter { row.cells[$0] != nil }) ?? 0
        }
    }

    // MARK: Groups

    /// Equal rows become one group with a count, numbered from 0.
    private func group(_ columns: [Column], shown: [Column], on connection: isolated Connection) throws {
        let numbers = patternNumbers(patterns(columns), columns)
        let pattern =
            Set(numbers).count > 1 ? "([\(numbers.map(String.init).joined(separator: ", "))])[\(ordinal)]" : "0"
        let values = shown.indices.map { columns.isEmpty ? "NULL AS v\($0)" : "v\($0)" }
        try connection.execute(
            """
            CREATE TABLE \(Self.expectedGroups) AS
            SELECT row_number() OVER (ORDER BY first) - 1 AS g, * FROM (
                SELECT min(\(ordinal)) AS first, count(*) AS n, p\(values.indices.map { ", v\($0)" }.joined())
                FROM (SELECT \(ordinal), \(pattern) AS p\(values.map { ", " + $0 }.joined()) FROM \(Self.values)) GROUP BY ALL)
            """)
        let named = shown.enumerated().map { ", \(SQL.quote($1.name)) AS v\($0)" }.joined()
        try connection.execute(
            """
            CREATE TABLE \(Self.actualGroups) AS
            SELECT row_number() OVER (ORDER BY first) - 1 AS g, * FROM (
                SELECT min(\(ordinal)) AS first, count(*) AS n\(values.indices.map { ", v\($0)" }.joined())
                FROM (SELECT \(ordinal)\(named) FROM \(actual)) GROUP BY ALL)
            """)
    }

    private func match(
        _ columns: [Column], _ patterns: [[Int]], on connection: isolated Connection
    ) throws -> RowMatching {
        let expectedCounts = try counts(Self.expectedGroups, on: connection)
        let actualCounts = try counts(Self.actualGroups, on: connection)
        var edges = Array(repeating: [Int](), count: expectedCounts.count)
        for (number, pattern) in patterns.enumerated() where !columns.isEmpty || expectation.isSubset {
            let condition = (["e.p = \(number)"] + pattern.map { Self.equality($0, columns[$0].type) }).joined(
                separator: " AND ")
            for row in try connection.query(
                "SELECT e.g, a.g FROM \(Self.expectedGroups) AS e JOIN \(Self.actualGroups) AS a ON \(condition) ORDER BY 1, 2"
            ).map({ $0 }) {
                edges[Int(row[0].int ?? 0)].append(Int(row[1].int ?? 0))
            }
        }
        return RowMatching(expected: expectedCounts, actual: actualCounts, edges: edges)
    }

    private func counts(_ groups: String, on connection: isolated Connection) throws -> [Int] {
        try connection.query("SELECT n FROM \(groups) ORDER BY g").map { Int($0[0].int ?? 0) }
    }

    /// `e.v0 = a.v0` as tests mean it.
    static func equality(_ index: Int, _ type: String) -> String {
        let same = "a.v\(index) IS NOT DISTINCT FROM e.v\(index)"
        guard let share = TypeGuess.tolerance(of: type) else { return same }
        return
            "(\(same) OR coalesce(abs(a.v\(index) - e.v\(index)) <= \(share) * greatest(abs(a.v\(index)), abs(e.v\(index))), false))"
    }

    // MARK: Order

    private func firstOutOfOrder(
        _ columns: [Column], _ patterns: [[Int]], on connection: isolated Connection
    ) throws -> Int? {
        let named = columns.enumerated().map { ", \(SQL.quote($1.name)) AS v\($0)" }.joined()
        let numbers = patternNumbers(patterns, columns)
        let cases = patterns.enumerated().map { number, pattern -> String in
            let equal = pattern.map { Self.equality($0, columns[$0].type) }.joined(separator: " AND ")
            return "WHEN \(number) THEN \(equal.isEmpty ? "true" : equal)"
        }.joined(separator: " ")
        let list = numbers.isEmpty ? "0" : "([\(numbers.map(String.init).joined(separator: ", "))])[e.\(ordinal)]"
        return try connection.query(
            """
            SELECT min(e.\(ordinal)) FROM \(Self.values) AS e JOIN (SELECT \(ordinal)\(named) FROM \(actual)) AS a USING (\(ordinal))
            WHERE NOT (CASE \(list) \(cases) END)
            """
        ).scalar.int.map { Int($0) }
    }
}

/// Mistakes in a test that are found when it runs: it says nothing about the model.
struct TestMistake: Error {
    let errors: [WeirError]
}
