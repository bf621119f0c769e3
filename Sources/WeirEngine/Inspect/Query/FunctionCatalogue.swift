import Synchronization

/// What DuckDB says about its functions: which of them aggregate rows, and which give another answer every time.
struct FunctionCatalogue: Sendable {
    private(set) var known: Set<String> = []
    /// Names that were asked for and that nobody knows. They fail when the statement is bound; asking for them again
    /// and again helps nobody.
    private var unheardOf: Set<String> = []
    /// Aggregates and UNNEST, and macros whose text calls one: fewer rows come out, or more.
    private(set) var rowChanging: Set<String> = []
    /// Functions that read a clock, a generator or a counter, and macros whose text calls one.
    private(set) var unstable: Set<String> = []

    /// Loaded once a process and again only when a statement calls a function it has not heard of, which an
    /// extension may have brought: asking takes 15 ms, and a project has thousands of statements.
    private static let cache = Mutex<FunctionCatalogue?>(nil)

    static func current(knowing names: Set<String>, inspector: Inspector) throws -> FunctionCatalogue {
        let cached = cache.withLock { $0 }
        if let cached, names.subtracting(cached.known).isSubset(of: cached.unheardOf) { return cached }
        var fresh = FunctionCatalogue(try JSONTree.parse(try inspector.text(Self.listing)))
        fresh.unheardOf = names.subtracting(fresh.known).union(cached?.unheardOf ?? []).subtracting(fresh.known)
        let loaded = fresh
        cache.withLock { $0 = loaded }
        return loaded
    }

    private static let listing = """
        SELECT CAST(to_json(list({n: lower(function_name), k: function_type, s: stability, m: macro_definition})) AS VARCHAR)
        FROM (SELECT DISTINCT function_name, function_type, stability, macro_definition FROM duckdb_functions()
              WHERE function_type IN ('scalar', 'aggregate', 'macro'))
        """

    /// Words of the session and of the log: they do not change what a statement returns from one run to the next
    /// on the same warehouse.
    private static let settled: Set = [
        "current_database", "current_schema", "current_schemas", "in_search_path", "error", "write_log", "stats",
        "sleep_ms",
    ]

    init(_ listing: JSONTree) {
        var macros: [(name: String, words: Set<String>)] = []
        known = ["unnest", "unlist", "grouping", "count_star", "struct_extract", "row"]
        rowChanging = ["unnest", "unlist"]
        for function in listing.elements {
            guard let name = function["n"]?.text else { continue }
            known.insert(name)
            if function["k"]?.text == "aggregate" { rowChanging.insert(name) }
            if let stability = function["s"]?.text, stability != "CONSISTENT", !Self.settled.contains(name) {
                unstable.insert(name)
            }
            if let definition = function["m"]?.text {
                macros.append((name, Set(SQLScanner(definition).words().map(\.text))))
            }
        }
        // Macros call macros; two rounds are one more than DuckDB's own need.
        for _ in 0..<2 {
            for macro in macros {
                if !macro.words.isDisjoint(with: rowChanging) { rowChanging.insert(macro.name) }
                if !macro.words.isDisjoint(with: unstable) { unstable.insert(macro.name) }
            }
        }
    }
}
