import WeirCore
import WeirEngine

/// Compares two tables, wherever they are, and says in what they differ.
///
/// ```swift
/// let diff = try await TableDiffer(a: old, b: new, plan: plan, options: options).run(on: database)
/// if !diff.isSame { print(diff.rows) }
/// ```
///
/// The database is one in memory to which everything that DuckDB reads is attached.
public struct TableDiffer: Sendable {
    let a: DiffSide
    let b: DiffSide
    let plan: DiffPlan
    let options: DiffOptions

    public init(a: DiffSide, b: DiffSide, plan: DiffPlan, options: DiffOptions) {
        self.a = a
        self.b = b
        self.plan = plan
        self.options = options
    }

    /// - Throws: ``WeirError``.
    public func run(on database: Database) async throws -> TableDiff {
        try await database.withConnection { first in
            if a.isRemote || b.isRemote {
                try await database.withConnection { try await compareChecksums(on: first, and: $0) }
            } else {
                try await first.perform { try join(on: $0) }
            }
        }
    }

    // MARK: In DuckDB

    private func join(on connection: isolated Connection) throws -> TableDiff {
        let diff = LocalDiff(
            plan: plan, options: options, a: relation(a) { $0.a }, b: relation(b) { $0.b })
        defer { LocalDiff.cleanUp(on: connection) }
        options.progress("looking at the keys")
        let (first, second, odd) = try KeyCheck(diff: diff).run(on: connection)
        let result = try diff.run(oddKeys: odd, on: connection)
        return report(.join, first, second, result)
    }

    /// The rows that DuckDB reads itself.
    private func relation(_ side: DiffSide, _ column: (ColumnPair) -> DiffColumn) -> LocalDiff.Relation {
        let keys = plan.key.enumerated().map { "\(SQL.quote(column($1).name)) AS k\($0)" }
        let columns = plan.columns.enumerated().map { "\(SQL.quote(column($1).name)) AS c\($0)" }
        let filter = options.filter.map { " WHERE (\($0)\n)" } ?? ""
        return LocalDiff.Relation(
            sql: "(SELECT \((keys + columns).joined(separator: ", ")) FROM \(side.relation)\(filter))", isWired: false,
            hasUniqueKeys: side.guarantees(plan.key, column))
    }

    // MARK: Across databases

    private func compareChecksums(on first: Connection, and second: Connection) async throws -> TableDiff {
        let hashesAlike = a.hashProbe != nil && a.hashProbe == b.hashProbe
        func source(_ side: DiffSide, isA: Bool) -> SegmentSource {
            SegmentSource(side: side, plan: plan, filter: options.filter, isA: isA, usesRecordHash: hashesAlike)
        }
        let checks = ChecksumDiff(a: source(a, isA: true), b: source(b, isA: false), options: options)
        let outcome = try await checks.run(on: first, and: second)
        var result = LocalDiff.Result(changes: plan.columns.map { _ in 0 })
        if outcome.hasRows {
            result = try await first.perform { connection in
                try compareFetched(checks, on: connection)
            }
        }
        return report(.checksums, outcome.a, outcome.b, result, outcome.moved)
    }

    private func compareFetched(_ checks: ChecksumDiff, on connection: isolated Connection) throws -> LocalDiff.Result {
        func relation(_ source: SegmentSource) -> LocalDiff.Relation {
            LocalDiff.Relation(sql: source.table, isWired: source.side.isRemote, hasUniqueKeys: false)
        }
        let diff = LocalDiff(plan: plan, options: options, a: relation(checks.a), b: relation(checks.b))
        defer {
            LocalDiff.cleanUp(on: connection)
            for source in [checks.a, checks.b] {
                _ = try? connection.execute("DROP TABLE IF EXISTS \(source.table)")
            }
        }
        let (_, _, odd) = try KeyCheck(diff: diff).run(on: connection)
        return try diff.run(oddKeys: odd, on: connection)
    }

    // MARK: The answer

    private func report(
        _ method: TableDiff.Method, _ first: KeyCheck.Facts, _ second: KeyCheck.Facts, _ result: LocalDiff.Result,
        _ moved: TableDiff.Moved? = nil
    ) -> TableDiff {
        func side(_ side: DiffSide, _ facts: KeyCheck.Facts) -> TableDiff.Side {
            TableDiff.Side(
                target: side.label, engine: side.engine, rows: facts.rows, unreadableRows: side.unreadableRows,
                nullKeys: facts.nullKeys, duplicateKeys: facts.duplicateKeys, duplicateRows: facts.duplicateRows)
        }
        let counts = TableDiff.RowCounts(
            same: first.rows - result.removed - result.changed, added: result.added, removed: result.removed,
            changed: result.changed)
        return TableDiff(
            a: side(a, first), b: side(b, second),
            key: .init(columns: plan.key.map(\.name), origin: plan.keyOrigin), method: method,
            isSame: result.added + result.removed + result.changed == 0 && plan.onlyInA.isEmpty
                && plan.onlyInB.isEmpty && a.unreadableRows + b.unreadableRows == 0,
            rows: counts,
            columns: zip(plan.columns, result.changes).map { .init(name: $0.name, changed: $1) },
            onlyInA: plan.onlyInA.map(TableDiff.NamedType.init), onlyInB: plan.onlyInB.map(TableDiff.NamedType.init),
            types: plan.typeDifferences.map(TableDiff.TypePair.init), samples: result.samples, moved: moved)
    }
}
