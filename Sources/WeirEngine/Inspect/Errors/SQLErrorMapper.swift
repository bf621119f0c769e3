import WeirCore

/// Turns DuckDB's refusal of a statement into an error with a stable code, a place in the user's file and a hint.
///
/// Codes: `sql.syntax`, `sql.unknown-column`, `sql.unknown-table`, `sql.unknown-function`, `sql.unknown-type`,
/// `sql.ambiguous-column`, `sql.ambiguous-table`, `sql.type`, `sql.binding` for other mistakes in a statement, and
/// the engine's own codes (`engine.io`, …) for what is no mistake in the statement.
public enum SQLErrorMapper {
    /// Maps the text of an error from running or preparing `sql`, with or without `SET errors_as_json`.
    ///
    /// The place is exact for JSON errors. From a drawing (`LINE 3: … ^`) it is found again in the text, also when
    /// the statement that ran had a prefix such as `CREATE TABLE … AS` on its first line.
    public static func map(_ message: String, sql: SourceText) -> WeirError {
        map(EngineReport(message: message), sql: sql)
    }

    /// Maps any error from running `sql`; errors that say nothing about a statement come back unchanged.
    public static func map(_ error: any Error, sql: SourceText) -> any Error {
        guard let known = error as? WeirError, known.code.hasPrefix("sql."), known.place == nil else { return error }
        return map(known.message, sql: sql)
    }

    /// Maps the answer of `json_serialize_sql` or `json_serialize_plan`.
    static func map(_ answer: JSONTree, sql: SourceText) -> WeirError {
        map(EngineReport(answer), sql: sql)
    }

    static func map(_ report: EngineReport, sql: SourceText) -> WeirError {
        let verdict = SQLVerdict(report)
        var outcome = Outcome.wrongUsage
        if verdict.code.hasPrefix("engine.") { outcome = .systemFailed }
        guard let place = SQLErrorPlace.find(report, name: verdict.name, in: sql) else {
            return WeirError(
                verdict.code, verdict.message, hint: verdict.hint, at: Place(file: sql.path), outcome: outcome)
        }
        var error = sql.error(
            verdict.code, verdict.message, hint: verdict.hint, line: place.line, column: place.column,
            length: place.length)
        error.outcome = outcome
        return error
    }
}
