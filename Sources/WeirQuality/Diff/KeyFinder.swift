import Foundation
import WeirCore
import WeirEngine

/// Finds the columns by which rows of both sides are told apart, when nobody said them.
///
/// What somebody declared comes first: the contract, a primary key, a unique index. Else values decide: a column (or
/// two) that looks like a key in a sample, and that in fact has no null and no double on either side.
public struct KeyFinder: Sendable {
    let a: DiffSide
    let b: DiffSide
    let options: DiffOptions

    public init(a: DiffSide, b: DiffSide, options: DiffOptions) {
        self.a = a
        self.b = b
        self.options = options
    }

    private static let sampleRows = 20_000
    private static let mostColumns = 60
    private static let mostCandidates = 5
    /// A column that is unique and looks like no key (a price, a time) is most likely unique by accident.
    private static let leastPlausible = 0.5

    /// - Returns: the plan with the key; with none, where rows have to be compared as a whole.
    /// - Throws: `diff.unknown-column`, `diff.nothing-in-common`; `diff.bad-where` for a condition that a side does not
    ///   take.
    public func plan(on connection: isolated Connection) throws -> DiffPlan {
        try checkFilter(on: connection)
        if !options.key.isEmpty { return try plan(options.key, .given) }
        if let declared = declared() { return try plan(declared.key, declared.origin) }
        options.progress("looking for the key")
        for key in try candidates(on: connection) {
            let found = try plan(key, .values)
            if try isKey(found, on: connection) { return found }
        }
        return try plan([], .none)
    }

    private func checkFilter(on connection: isolated Connection) throws {
        guard let filter = options.filter else { return }
        for side in [a, b] {
            do {
                let query = "SELECT 1 AS x FROM \(side.relation) WHERE (\(filter)\n)"
                _ = try connection.columns(of: "SELECT * FROM \(side.asked(query))")
            } catch let error as WeirError {
                throw WeirError(
                    "diff.bad-where",
                    "the condition \"\(filter)\" cannot be used on \(side.label): \(Self.reason(error.message))",
                    hint: "it is SQL over columns that both sides have, in the words of both databases")
            }
        }
    }

    /// What the server itself said, without the statements that Weir and DuckDB wrote around the condition.
    private static func reason(_ message: String) -> String {
        let said = message.range(of: "ERROR:").map { message[$0.upperBound...] } ?? message[...]
        return said.prefix { !$0.isNewline }.trimmingCharacters(in: .whitespaces)
    }

    private func plan(_ key: [String], _ origin: DiffPlan.KeyOrigin) throws -> DiffPlan {
        try DiffPlan(a: a, b: b, key: key, origin: origin, options: options)
    }

    /// The first key that somebody declared and whose columns both sides have.
    func declared() -> (key: [String], origin: DiffPlan.KeyOrigin)? {
        let known: [([String], DiffPlan.KeyOrigin)] =
            [(a.declaredKey, .contract), (b.declaredKey, .contract)]
            + [(a.primaryKey, .primaryKey), (b.primaryKey, .primaryKey)]
            + (a.uniqueKeys + b.uniqueKeys).map { ($0, .uniqueIndex) }
        return known.first { key, _ in
            !key.isEmpty && key.allSatisfy { a.column($0) != nil && b.column($0) != nil }
        }
    }

    private func candidates(on connection: isolated Connection) throws -> [[String]] {
        // Also columns that are not compared can tell rows apart.
        var open = options
        open.columns = []
        guard let all = try? DiffPlan(a: a, b: b, key: [], origin: .none, options: open) else { return [] }
        let pairs = all.columns.filter { pair in
            [pair.a.family, pair.b.family].allSatisfy {
                $0.isText || $0 == .uuid || $0.isMoment || $0.digits != nil
            }
        }.prefix(Self.mostColumns)
        guard !pairs.isEmpty else { return [] }
        let columns = pairs.map { pair in
            let wire = Wire(column: pair.a, comparison: pair.comparison, dialect: a.dialect).sql
            return "\(wire) AS \(a.dialect.quote(pair.a.name))"
        }
        let filter = options.filter.map { " WHERE (\($0)\n)" } ?? ""
        let query =
            "SELECT \(columns.joined(separator: ", ")) FROM \(a.relation)\(filter) LIMIT \(Self.sampleRows)"
        let profile = try Profiler(target: a.label).profile("SELECT * FROM \(a.asked(query))", on: connection)
        let keys = profile.table.keys.filter { $0.duplicates == 0 && $0.plausibility >= Self.leastPlausible }
        return keys.prefix(Self.mostCandidates).map(\.columns)
    }

    private func isKey(_ plan: DiffPlan, on connection: isolated Connection) throws -> Bool {
        for (side, isA) in [(a, true), (b, false)] {
            let source = SegmentSource(
                side: side, plan: plan, filter: options.filter, isA: isA, usesRecordHash: false)
            let facts = try source.extent(on: connection).facts
            if facts.nullKeys + facts.duplicateKeys > 0 { return false }
        }
        return true
    }
}
