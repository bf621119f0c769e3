import WeirCore

/// Reads a bound plan from its leaves up, keeping for every column what it is made of.
///
/// Column references in a plan are positions in the columns of the operator's children, side by side. An operator
/// this reader has not heard of makes all its columns depend on all columns of its children.
struct PlanReader {
    private(set) var isApproximate = false
    private var numbers: [InputColumn: ColumnNumber] = [:]
    private var names: [InputColumn] = []
    /// Results of common table expressions, by their number in the plan.
    var ctes: [Int: Relation] = [:]
    /// The distinct columns that the enclosing correlated joins hand to their right sides, innermost last.
    var handedDown: [[Origins]] = []
    /// Columns by the number of the operator that makes them; a few operators refer to columns that way.
    var tables: [Int: [Origins]] = [:]

    /// The column of a table, as a number.
    mutating func origin(_ table: TableName, _ column: String) -> Origins {
        let key = InputColumn(table: table, column: column, kind: .identity)
        if let number = numbers[key] { return Origins(number) }
        numbers[key] = names.count
        names.append(key)
        return Origins(names.count - 1)
    }

    func inputs(of origins: Origins) -> [InputColumn] {
        origins.kinds.map { number, kind in
            let kind: InputColumn.Kind =
                switch kind {
                case .identity: .identity
                case .transformation: .transformation
                case .aggregation: .aggregation
                }
            return InputColumn(table: names[number].table, column: names[number].column, kind: kind)
        }.sorted()
    }

    func inputs(of influences: Set<Influence>) -> [InputColumn] {
        influences.map {
            InputColumn(table: names[$0.column].table, column: names[$0.column].column, kind: $0.kind)
        }.sorted()
    }

    mutating func relation(_ node: JSONTree) -> Relation {
        let result = read(node)
        for key in ["table_index", "unnest_index", "pivot_index"] {
            if let number = node[key]?.int, result.spill == nil { tables[number] = result.columns }
        }
        return result
    }

    private mutating func read(_ node: JSONTree) -> Relation {
        switch node["type"]?.text {
        case "LOGICAL_GET": return scan(node)
        case "LOGICAL_PROJECTION": return projection(node)
        case "LOGICAL_FILTER": return filter(node)
        case "LOGICAL_ORDER_BY", "LOGICAL_TOP_N": return ordered(node)
        case "LOGICAL_LIMIT": return limited(node)
        case "LOGICAL_SAMPLE": return only(node)
        case "LOGICAL_DISTINCT": return distinct(node)
        case "LOGICAL_AGGREGATE_AND_GROUP_BY": return aggregate(node)
        case "LOGICAL_WINDOW": return window(node)
        case "LOGICAL_UNNEST": return unnest(node)
        case "LOGICAL_PIVOT": return pivot(node)
        case "LOGICAL_CROSS_PRODUCT", "LOGICAL_POSITIONAL_JOIN": return both(node)
        case "LOGICAL_COMPARISON_JOIN", "LOGICAL_ANY_JOIN", "LOGICAL_ASOF_JOIN": return join(node)
        case "LOGICAL_DELIM_JOIN": return correlatedJoin(node)
        case "LOGICAL_DELIM_GET": return delimScan(node)
        case "LOGICAL_UNION": return union(node)
        case "LOGICAL_EXCEPT", "LOGICAL_INTERSECT": return difference(node)
        case "LOGICAL_MATERIALIZED_CTE": return materialised(node)
        case "LOGICAL_RECURSIVE_CTE": return recursive(node)
        case "LOGICAL_CTE_REF": return cteScan(node)
        case "LOGICAL_EXPRESSION_GET": return values(node)
        case "LOGICAL_DUMMY_SCAN": return Relation(columns: [])
        case "LOGICAL_CHUNK_GET", "LOGICAL_EMPTY_RESULT":
            let width = (node["chunk_types"] ?? node["return_types"])?.elements.count ?? 0
            return Relation(columns: Array(repeating: .none, count: width))
        default: return unknown(node)
        }
    }

    // MARK: Shared by the operators

    mutating func children(_ node: JSONTree) -> [Relation] {
        (node["children"]?.elements ?? []).map { relation($0) }
    }

    mutating func only(_ node: JSONTree) -> Relation {
        let all = children(node)
        return all.count == 1 ? all[0] : unknown(node)
    }

    mutating func both(_ node: JSONTree) -> Relation {
        let all = children(node)
        return all.dropFirst().reduce(all.first ?? Relation(columns: [])) { $0.beside($1) }
    }

    mutating func unknown(_ node: JSONTree) -> Relation {
        isApproximate = true
        var all = Origins.none
        var indirect: Set<Influence> = []
        for child in children(node) {
            all.merge(child.all, atLeast: .transformation)
            indirect.formUnion(child.indirect)
        }
        return Relation(columns: [], indirect: indirect, spill: all)
    }

    mutating func lostTrack() { isApproximate = true }
}
