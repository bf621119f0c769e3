import WeirCore
import WeirEngine

/// Lets a statement through that asks, and no statement that does something.
///
/// A warehouse that is open for reading only does not suffice: `COPY … TO` and `ATTACH` write elsewhere.
enum ReadOnlyStatement {
    /// - Throws: `query.many-statements`, `query.reads-only`, or the mistake in the SQL where it stands.
    static func check(_ sql: String, on connection: isolated Connection) throws {
        let source = SourceText(path: "query", text: sql)
        if let second = SQLText.secondStatement(sql) {
            let at = source.position(utf8Offset: second)
            throw source.error(
                "query.many-statements", "there is more than one statement, and the rows of one can be shown",
                hint: "ask one after the other", line: at.line, column: at.column)
        }
        let words = SQLText.words(sql)
        if words.first?.text == "explain" { return try checkExplained(sql, words, source, on: connection) }
        do {
            _ = try ParsedQuery.parse(sql, source: source, on: connection)
        } catch let error as WeirError where error.code == "sql.not-inspectable" {
            // A PIVOT whose columns its data decides: a SELECT all the same.
        } catch let error as WeirError where error.code == "sql.not-a-select" {
            let questions: Set = ["describe", "desc", "show", "summarize"]
            guard !questions.contains(words.first?.text ?? "") else { return }
            throw refusal(words.first, source)
        }
    }

    /// EXPLAIN runs nothing; EXPLAIN ANALYZE runs what follows it.
    private static func checkExplained(
        _ sql: String, _ words: [(text: String, start: Int)], _ source: SourceText, on connection: isolated Connection
    ) throws {
        guard words.contains(where: { $0.text == "analyze" || $0.text == "analyse" }) else { return }
        guard words.count > 2, words[1].text.hasPrefix("analy") else { throw refusal(words.first, source) }
        let explained = String(decoding: Array(sql.utf8)[words[2].start...], as: UTF8.self)
        try check(explained, on: connection)
    }

    private static func refusal(_ word: (text: String, start: Int)?, _ source: SourceText) -> WeirError {
        let at = source.position(utf8Offset: word?.start ?? 0)
        return source.error(
            "query.reads-only", "weir query only reads, and \((word?.text ?? "this").uppercased()) does more than that",
            hint: "ask with a SELECT; its rows go to a file with --to FILE", line: at.line, column: at.column,
            length: word?.text.count ?? 1)
    }
}
