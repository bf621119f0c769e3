import WeirCore

/// Reads a profile as a careful engineer would, and says what stands out. Pure: the same profile gives the same findings.
struct FindingMaker {
    let profile: DataProfile

    func make() -> [Finding] {
        guard profile.rows > 0 else {
            return [Finding("empty-table", .warning, "there are no rows")]
        }
        let findings = rowFindings() + profile.columns.flatMap { ColumnFindings(facts: $0, rows: profile.rows).make() }
        return findings.enumerated().sorted { a, b in
            if a.element.weight != b.element.weight { return a.element.weight > b.element.weight }
            let (left, right) = (a.element.rows ?? 0, b.element.rows ?? 0)
            return left == right ? a.offset < b.offset : left > right
        }.map(\.element)
    }

    private func rowFindings() -> [Finding] {
        var findings: [Finding] = []
        let rows = profile.rows
        if profile.unreadableRows > 0 {
            findings.append(
                Finding(
                    "unreadable-rows", .problem,
                    "\(Figures.count(Int64(profile.unreadableRows), "row")) cannot be read and \(profile.unreadableRows == 1 ? "is" : "are") not counted here; a run keeps them in quarantine",
                    rows: profile.unreadableRows))
        }
        if let doubles = profile.table.duplicateRows, doubles > 0 {
            let list = SQL.list(profile.columns.map(\.name))
            findings.append(
                Finding(
                    "duplicate-rows", .problem,
                    "\(Figures.count(Int64(doubles), "row")) \(doubles == 1 ? "is" : "are") equal to an earlier row in every column",
                    rows: doubles, sql: "SELECT *, count(*) AS copies FROM {table} GROUP BY ALL HAVING count(*) > 1",
                    check:
                        "quality:\n  - metric: duplicateValues\n    arguments: { properties: [\(list)] }\n    mustBe: 0"
                ))
        }
        for key in profile.table.keys where key.duplicates > 0 && key.columns.count == 1 {
            let name = key.columns[0]
            let column = SQL.quote(name)
            findings.append(
                Finding(
                    "broken-key", .problem, columns: key.columns,
                    "\(name) looks like the key, and \(Figures.count(Int64(key.duplicates), "row")) \(key.duplicates == 1 ? "repeats" : "repeat") a value",
                    rows: key.duplicates,
                    sql:
                        "SELECT \(column), count(*) FROM {table} WHERE \(column) IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
                    check: "unique: true"))
        }
        if !profile.table.keys.contains(where: { $0.duplicates == 0 }),
            !profile.table.keys.contains(where: { $0.duplicates > 0 }), rows > 1
        {
            findings.append(
                Finding(
                    "no-key", .note,
                    "no column, and no \(mostColumns) columns together, tell every row from every other"))
        }
        for pattern in profile.table.missing where pattern.columns.count > 1 && pattern.rows * 100 >= rows {
            let conditions = pattern.columns.map { "\(SQL.quote($0)) IS NULL" }.joined(separator: " AND ")
            findings.append(
                Finding(
                    "missing-together", .note, columns: pattern.columns,
                    "\(pattern.columns.joined(separator: ", ")) are missing in the same \(Figures.count(Int64(pattern.rows), "row"))",
                    rows: pattern.rows, sql: "SELECT * FROM {table} WHERE \(conditions)"))
        }
        for correlation in profile.table.correlations where abs(correlation.value) >= 0.98 {
            findings.append(
                Finding(
                    "redundant-columns", .note, columns: [correlation.first, correlation.second],
                    "\(correlation.first) and \(correlation.second) say nearly the same (\(correlation.kind == .cramersV ? "Cramér's V" : correlation.kind.rawValue) \(Percent.fraction(correlation.value)))"
                ))
        }
        return findings + (profile.table.dependencies.map { DependencyFindings(dependencies: $0).make() } ?? [])
    }

    /// How many columns together were looked at as a key.
    private var mostColumns: String {
        guard let dependencies = profile.table.dependencies else { return "two" }
        return dependencies.completeUpTo.map { Figures.count(max(2, $0)) } ?? "number of"
    }
}

/// Shares as people read them.
public enum Percent {
    /// `12 %`, `0.3 %`, `< 0.1 %`.
    public static func text(_ part: Int, of whole: Int) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        if part == whole { return "100 %" }
        let share = Double(part) * 100 / Double(whole)
        if share < 0.1 { return "< 0.1 %" }
        if share > 99.9 { return "> 99.9 %" }
        let tenths = Int((share * 10).rounded())
        return share < 10 || share > 99 ? "\(tenths / 10).\(tenths % 10) %" : "\(Int(share.rounded())) %"
    }

    /// Two places: `0.97`.
    public static func fraction(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let places = String(hundredths % 100)
        return "\(value < 0 ? "−" : "")\(hundredths / 100).\(places.count == 1 ? "0" + places : places)"
    }
}
