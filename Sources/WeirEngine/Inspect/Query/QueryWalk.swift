/// Visits a syntax tree once and notes what it reads.
struct QueryWalk {
    private(set) var tables: [TableReference] = []
    private(set) var functions: [FunctionReference] = []
    private(set) var qualifiedColumns: [ParsedQuery.QualifiedColumn] = []
    private(set) var aliasedReferences: Set<Int> = []
    /// Names of scalar, aggregate and window functions, lower case.
    private(set) var calledFunctions: Set<String> = []
    /// `current_date` and its like, which the parser takes for columns.
    private(set) var clockWords: Set<String> = []
    private(set) var samplesAtRandom = false

    private static let clocks: Set = [
        "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
    ]

    /// - Parameter ctes: lower-case names of the common table expressions in scope.
    mutating func visit(_ tree: JSONTree, ctes: Set<String>) {
        switch tree {
        case .array(let elements):
            for element in elements { visit(element, ctes: ctes) }
        case .object(let members):
            if tree["cte_map"] != nil {
                visitQueryNode(tree, ctes: ctes)
                return
            }
            note(tree, ctes: ctes)
            for member in members { visit(member.value, ctes: ctes) }
        default: return
        }
    }

    /// Each common table expression sees those before it, and itself only when it is recursive: in
    /// `WITH t AS (SELECT * FROM t) …` the inner `t` is a table.
    private mutating func visitQueryNode(_ node: JSONTree, ctes outer: Set<String>) {
        var ctes = outer
        for entry in node["cte_map"]?["map"]?.elements ?? [] {
            guard let name = entry["key"]?.text?.lowercased(), let definition = entry["value"] else { continue }
            let isRecursive = definition["query"]?["node"]?["type"]?.text == "RECURSIVE_CTE_NODE"
            visit(definition, ctes: isRecursive ? ctes.union([name]) : ctes)
            ctes.insert(name)
        }
        if node["type"]?.text == "RECURSIVE_CTE_NODE", let name = node["cte_name"]?.text?.lowercased() {
            ctes.insert(name)
        }
        note(node, ctes: ctes)
        for member in node.members where member.key != "cte_map" { visit(member.value, ctes: ctes) }
    }

    private mutating func note(_ node: JSONTree, ctes: Set<String>) {
        if let sample = node["sample"], sample["seed"]?.int ?? -1 < 0 { samplesAtRandom = true }
        switch node["type"]?.text {
        case "BASE_TABLE": noteTable(node, ctes: ctes)
        case "TABLE_FUNCTION": noteFunction(node)
        case "COLUMN_REF": noteColumn(node)
        default: break
        }
        if let kind = node["class"]?.text, kind == "FUNCTION" || kind == "WINDOW", node["is_operator"]?.isTrue != true,
            let name = node["function_name"]?.name
        {
            calledFunctions.insert(name.lowercased())
        }
    }

    private mutating func noteTable(_ node: JSONTree, ctes: Set<String>) {
        guard let table = node["table_name"]?.text else { return }
        let reference = TableReference(
            catalog: node["catalog_name"]?.name, schema: node["schema_name"]?.name, table: table,
            utf8Offset: node["query_location"]?.int ?? 0)
        if CTEScope.isCTE(reference, names: ctes) { return }
        if reference.isFile {
            functions.append(.init(name: nil, text: table, utf8Offset: node["query_location"]?.int))
        } else {
            tables.append(reference)
            if node["alias"]?.name != nil { aliasedReferences.insert(reference.utf8Offset) }
        }
    }

    private mutating func noteFunction(_ node: JSONTree) {
        guard let call = node["function"], let name = call["function_name"]?.name else { return }
        functions.append(
            .init(
                name: name.lowercased(), text: call["children"]?.elements.first?["value"]?["value"]?.text,
                utf8Offset: node["query_location"]?.int))
    }

    private mutating func noteColumn(_ node: JSONTree) {
        let names = (node["column_names"]?.elements ?? []).compactMap(\.text)
        if names.count == 1, Self.clocks.contains(names[0].lowercased()) {
            clockWords.insert(names[0].lowercased())
        } else if names.count >= 3, let offset = node["query_location"]?.int {
            qualifiedColumns.append(.init(names: names, utf8Offset: offset))
        }
    }
}

/// Which names stand for common table expressions.
enum CTEScope {
    /// A name without a schema that is in scope, or `recurring.name` in a recursive one.
    static func isCTE(_ reference: TableReference, names: Set<String>) -> Bool {
        guard reference.catalog == nil, names.contains(reference.table.lowercased()) else { return false }
        return reference.schema == nil || reference.schema?.lowercased() == "recurring"
    }
}

extension TableReference {
    /// DuckDB reads `FROM 'data/a.csv'` as a table of that name and falls back to the file.
    var isFile: Bool {
        guard schema == nil, catalog == nil else { return false }
        if table.contains("/") || table.contains("*") { return true }
        let endings = [
            ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".avro", ".gz", ".zst", ".txt",
        ]
        let lower = table.lowercased()
        return endings.contains { lower.hasSuffix($0) }
    }
}
