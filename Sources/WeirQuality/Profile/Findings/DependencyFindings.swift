import WeirCore

/// What stands out about columns that follow from others.
struct DependencyFindings {
    let dependencies: DependencyFacts

    /// Below this a broken dependency is more likely none at all.
    private static let plausible = 0.5
    private static let most = 10

    func make() -> [Finding] {
        dependencies.approximate.filter { $0.plausibility >= Self.plausible }.prefix(Self.most).map(broken)
    }

    private func broken(_ dependency: Dependency) -> Finding {
        let (from, to) = (SQL.list(dependency.from), SQL.quote(dependency.to))
        let names = dependency.from.joined(separator: " and ")
        let rows = Figures.count(Int64(dependency.violations), "row")
        // A structure is never null, so a missing value counts as a value like any other.
        let sql =
            "SELECT * FROM {table} QUALIFY {'v': \(to)} IS DISTINCT FROM mode({'v': \(to)}) OVER (PARTITION BY \(from)) ORDER BY \(from)"
        let query =
            "SELECT count(*) FROM (SELECT \(from) FROM {table} GROUP BY \(from) HAVING count(DISTINCT {'v': \(to)}) > 1)"
        return Finding(
            "broken-dependency", .warning, columns: dependency.from + [dependency.to],
            "\(names) \(dependency.from.count == 1 ? "tells" : "tell") \(dependency.to), but for \(rows) of \(Figures.count(dependency.repeats)) that could differ",
            rows: dependency.violations, sql: sql,
            check: "quality:\n  - type: sql\n    query: '\(query.replacing("'", with: "''"))'\n    mustBe: 0")
    }
}
