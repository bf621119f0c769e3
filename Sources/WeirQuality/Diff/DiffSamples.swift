import WeirCore
import WeirEngine

/// Reads the first rows of each kind with their values, as each side has them.
struct DiffSamples {
    let diff: LocalDiff
    /// Rows were compared as a whole too.
    let hasOdd: Bool

    private var plan: DiffPlan { diff.plan }
    private var limit: Int { diff.options.samples }

    func read(on connection: isolated Connection) throws -> TableDiff.Samples {
        var samples = TableDiff.Samples()
        if !plan.key.isEmpty {
            let a = try rows(diff.a, kinds: [2, 3], on: connection) { $0.a }
            let b = try rows(diff.b, kinds: [1, 3], on: connection) { $0.b }
            samples.removed = a.filter { $0.kind == 2 }.map { cells($0.values) }
            samples.added = b.filter { $0.kind == 1 }.map { cells($0.values) }
            samples.changed = zip(a.filter { $0.kind == 3 }, b.filter { $0.kind == 3 }).map(changed)
        }
        if hasOdd {
            samples.removed += try whole("n > 0", room: limit - samples.removed.count, on: connection)
            samples.added += try whole("n < 0", room: limit - samples.added.count, on: connection)
        }
        return samples
    }

    private struct Row {
        let kind: Int
        let flags: [Bool]
        let values: [String?]
    }

    /// The rows of one side that the first keys of each kind stand for, in the order of the key.
    private func rows(
        _ relation: LocalDiff.Relation, kinds: [Int], on connection: isolated Connection,
        _ column: (ColumnPair) -> DiffColumn
    ) throws -> [Row] {
        let keys = diff.keyNames
        let order = keys.joined(separator: ", ")
        let wanted = kinds.map {
            "(SELECT *, row_number() OVER (ORDER BY \(order)) AS o FROM \(LocalDiff.found) WHERE s = \($0) ORDER BY \(order) LIMIT \(limit))"
        }
        let values = (keys + diff.columnNames).map { "CAST(r.\($0) AS VARCHAR)" }
        let flags = plan.columns.indices.map { "w.f\($0)" }
        let match = zip(plan.key, keys).map { pair, name in
            let value = ComparedValue(
                column: column(pair), comparison: pair.comparison, isWired: relation.isWired, options: DiffOptions())
            return "\(value.sql("r.\(name)")) = w.\(name)"
        }
        let found = try connection.query(
            """
            SELECT w.s, [\(flags.joined(separator: ", "))]::BOOLEAN[], [\(values.joined(separator: ", "))]
            FROM \(relation.sql) AS r JOIN (\(wanted.joined(separator: " UNION ALL "))) AS w ON \(match.joined(separator: " AND "))
            ORDER BY w.s, w.o
            """)
        return found.map { row in
            Row(
                kind: Int(row[0].int ?? 0), flags: (row[1].list ?? []).map { $0 == .bool(true) },
                values: (row[2].list ?? []).map(\.text))
        }
    }

    private func cells(_ values: [String?]) -> [TableDiff.Cell] {
        zip(plan.all, values).map { TableDiff.Cell(column: $0.name, value: Excerpt.of($1)) }
    }

    private func changed(_ a: Row, _ b: Row) -> TableDiff.ChangedRow {
        let width = plan.key.count
        let changes = plan.columns.indices.filter { a.flags[$0] }.map { index -> TableDiff.Change in
            let pair = Excerpt.pair(a.values[width + index], b.values[width + index])
            return TableDiff.Change(column: plan.columns[index].name, a: pair.0, b: pair.1)
        }
        return TableDiff.ChangedRow(key: Array(cells(a.values).prefix(width)), changes: changes)
    }

    /// Rows that were compared as a whole, each as often as it is too many.
    private func whole(
        _ condition: String, room: Int, on connection: isolated Connection
    ) throws -> [[TableDiff.Cell]] {
        guard room > 0 else { return [] }
        let names = diff.keyNames + diff.columnNames
        let values = names.map { "CAST(\($0) AS VARCHAR)" }.joined(separator: ", ")
        let found = try connection.query(
            """
            SELECT abs(n), [\(values)] FROM \(LocalDiff.odd) WHERE \(condition)
            ORDER BY \(names.prefix(20).joined(separator: ", ")) LIMIT \(room)
            """)
        let rows = found.map { row in
            Array(repeating: cells((row[1].list ?? []).map(\.text)), count: min(room, Int(row[0].int ?? 0)))
        }
        return Array(rows.joined().prefix(room))
    }
}

/// Values short enough to be shown.
public enum Excerpt {
    static let length = 500
    private static let before = 20

    static func of(_ text: String?, length: Int = length) -> String? {
        text.map { $0.utf8.count <= length ? $0 : cut($0.unicodeScalars, from: 0, length) }
    }

    /// Two long texts around the place where they begin to differ.
    public static func pair(_ a: String?, _ b: String?, length: Int = 500) -> (String?, String?) {
        guard let a, let b, max(a.utf8.count, b.utf8.count) > length else {
            return (of(a, length: length), of(b, length: length))
        }
        var common = 0
        for (first, second) in zip(a.unicodeScalars, b.unicodeScalars) {
            if first != second { break }
            common += 1
        }
        let start = max(0, common - before)
        return (cut(a.unicodeScalars, from: start, length), cut(b.unicodeScalars, from: start, length))
    }

    private static func cut(_ scalars: String.UnicodeScalarView, from start: Int, _ length: Int) -> String {
        let rest = scalars.dropFirst(start)
        let shown = String(String.UnicodeScalarView(rest.prefix(length)))
        return (start > 0 ? "…" : "") + shown + (rest.count > length ? "…" : "")
    }
}
