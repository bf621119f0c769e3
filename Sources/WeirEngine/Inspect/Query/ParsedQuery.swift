import WeirCore

/// A SELECT statement as DuckDB's own parser understands it. Nothing is executed and no table need exist.
///
/// ```swift
/// let query = try ParsedQuery.parse(sql, source: text, on: connection)
/// for table in query.tables { print(table.schema ?? "?", table.table) }
/// ```
public struct ParsedQuery: Sendable {
    /// The statement as it was given.
    public let sql: String
    /// The statement's syntax tree without positions. Formatting, comments and the case of keywords change nothing
    /// in it and every change of meaning does: this is what to fingerprint. It is not SQL: the SQL that DuckDB
    /// writes from a tree is not always the statement that was read (`CROSS JOIN` becomes a comma, which binds
    /// less tightly than the joins that follow it).
    public let normalised: String
    /// Every place that reads a table, in the order of the text. Names of common table expressions are not tables.
    public let tables: [TableReference]
    /// Every place that reads from a table function or straight from a file, in the order of the text.
    public let functions: [FunctionReference]
    public let shape: QueryShape
    /// Functions whose result differs between two runs on equal data (`now`, `random`, `uuid`, `current_date`), and
    /// `sample` where the statement samples without a seed. Lower case, sorted.
    public let nondeterministicFunctions: [String]
    /// Columns written with their table and schema (`raw.flights.dep_time`), which follow a renamed table.
    let qualifiedColumns: [QualifiedColumn]
    /// Places of the tables that the statement gives an alias.
    let aliasedReferences: Set<Int>

    /// True when equal inputs give equal rows, as far as the functions called decide it.
    public var isDeterministic: Bool { nondeterministicFunctions.isEmpty }

    struct QualifiedColumn: Sendable, Hashable {
        let names: [String]
        let utf8Offset: Int
    }

    /// Parses one SELECT statement. A semicolon and comments after it are fine.
    ///
    /// - Parameters:
    ///   - source: the file the statement comes from, with `sql` as its text, for the places in errors.
    ///   - trees: of many statements, where they were asked for at once.
    /// - Throws: `sql.empty`, `sql.syntax`, `sql.many-statements`, `sql.not-a-select`, and `sql.not-inspectable`
    ///   for SELECT statements whose columns are only known when run (PIVOT without a list of values).
    public static func parse(
        _ sql: String, source: SourceText? = nil, trees: SyntaxTrees? = nil, on connection: isolated Connection
    ) throws -> ParsedQuery {
        try parse(sql, source: source, tree: trees?[sql], inspector: connection.inspector)
    }

    static func parse(
        _ sql: String, source: SourceText? = nil, tree known: String? = nil, inspector: Inspector
    ) throws -> ParsedQuery {
        let source = source ?? SourceText(path: "SQL", text: sql)
        let answer = try known ?? inspector.text("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [sql])
        let tree = try syntaxTree(in: JSONTree.parse(answer), sql: sql, source: source)
        var walk = QueryWalk()
        walk.visit(tree, ctes: [])
        let catalogue = try FunctionCatalogue.current(knowing: walk.calledFunctions, inspector: inspector)
        var nondeterministic = walk.calledFunctions.intersection(catalogue.unstable)
        nondeterministic.formUnion(walk.clockWords)
        if walk.samplesAtRandom { nondeterministic.insert("sample") }
        return ParsedQuery(
            sql: sql,
            normalised: tree.written(omitting: ["query_location"]),
            tables: walk.tables.sorted { $0.utf8Offset < $1.utf8Offset },
            functions: walk.functions.sorted { $0.utf8Offset ?? .max < $1.utf8Offset ?? .max },
            shape: QueryShaper(catalogue: catalogue).shape(of: tree),
            nondeterministicFunctions: nondeterministic.sorted(),
            qualifiedColumns: walk.qualifiedColumns,
            aliasedReferences: walk.aliasedReferences)
    }

    /// The one statement's node in DuckDB's syntax tree.
    private static func syntaxTree(in answer: JSONTree, sql: String, source: SourceText) throws -> JSONTree {
        if answer["error"]?.isTrue == true { throw failure(answer, sql: sql, source: source) }
        let statements = answer["statements"]?.elements ?? []
        guard let statement = statements.first, let node = statement["node"] else {
            throw source.error("sql.empty", "there is no statement", hint: "write one SELECT", line: 1)
        }
        if statements.count > 1 {
            let second = SQLScanner(sql).startOfSecondStatement
            let at = source.position(utf8Offset: second)
            throw source.error(
                "sql.many-statements", "there are \(statements.count) statements, and only one is allowed",
                hint: "keep one SELECT; put the others into files of their own", line: at.line, column: at.column)
        }
        if let place = node["from_table"], place["type"]?.text == "SHOW_REF", place["show_type"]?.text != "SUMMARY" {
            throw source.error(
                "sql.not-a-select", "DESCRIBE and SHOW answer a question about the database; they make no table",
                hint: "write one SELECT", line: 1)
        }
        return node
    }

    private static func failure(_ answer: JSONTree, sql: String, source: SourceText) -> WeirError {
        guard answer["error_type"]?.text == "not implemented" else {
            return SQLErrorMapper.map(answer, sql: source)
        }
        let words = SQLScanner(sql).words()
        let first = words.first
        let at = source.position(utf8Offset: first?.start ?? 0)
        let selects: Set = ["select", "with", "from", "pivot", "pivot_wider"]
        if let first, selects.contains(first.text), words.contains(where: { $0.text.hasPrefix("pivot") }) {
            let pivot = words.first { $0.text.hasPrefix("pivot") } ?? first
            let at = source.position(utf8Offset: pivot.start)
            return source.error(
                "sql.not-inspectable",
                "the columns of a PIVOT without a list of values are only known when it runs",
                hint: "list the values (PIVOT … ON column IN (…)), or name the inputs with depends_on",
                line: at.line, column: at.column, length: 5)
        }
        if let message = answer["error_message"]?.text, !message.hasPrefix("Only SELECT") {
            return source.error(
                "sql.not-inspectable", message, hint: "name the inputs with depends_on",
                line: at.line, column: at.column)
        }
        return source.error(
            "sql.not-a-select", "only a SELECT can be used here, not \((first?.text ?? "this").uppercased())",
            hint: "write one SELECT; Weir creates and fills the table", line: at.line, column: at.column,
            length: first?.text.count ?? 1)
    }
}
