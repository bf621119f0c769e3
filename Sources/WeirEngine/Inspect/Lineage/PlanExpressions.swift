extension PlanReader {
    /// What a bound expression is made of, over the columns of the operator's input.
    mutating func origins(_ expression: JSONTree, over row: Relation) -> Origins {
        switch expression["expression_class"]?.text {
        case "BOUND_REF":
            guard let index = expression["index"]?.int else { return all(row) }
            if row.spill == nil, !row.columns.indices.contains(index) { return all(row) }
            return row[index]
        case "BOUND_COLUMN_REF":
            guard let binding = expression["binding"], let table = binding["table_index"]?.int,
                let column = binding["column_index"]?.int, let columns = tables[table], columns.indices.contains(column)
            else { return all(row) }
            return columns[column]
        case "BOUND_CONSTANT": return .none
        case "BOUND_AGGREGATE": return parts(expression, over: row).lifted(to: .aggregation)
        case "BOUND_WINDOW": return windowed(expression, over: row)
        default: return parts(expression, over: row).lifted(to: .transformation)
        }
    }

    mutating func origins(_ expressions: JSONTree?, over row: Relation) -> [Origins] {
        (expressions?.elements ?? []).map { origins($0, over: row) }
    }

    /// Many values become one only by the function itself; its partition and order choose among rows.
    private mutating func windowed(_ expression: JSONTree, over row: Relation) -> Origins {
        var out = parts(expression, over: row).lifted(to: .transformation)
        if expression["type"]?.text == "WINDOW_AGGREGATE" {
            for child in expression["children"]?.elements ?? [] {
                out.merge(origins(child, over: row), atLeast: .aggregation)
            }
            if let filter = expression["filter_expr"] {
                out.merge(origins(filter, over: row), atLeast: .aggregation)
            }
        }
        return out
    }

    /// Members that describe a function and hold no expression over the row. A lambda's body is among them: what it
    /// takes from the row is also among the children.
    private static let descriptions: Set = [
        "return_type", "function_data", "arguments", "original_arguments", "bind_info", "value",
    ]

    private mutating func parts(_ tree: JSONTree, over row: Relation) -> Origins {
        var out = Origins.none
        for member in tree.members where !Self.descriptions.contains(member.key) {
            collect(member.value, over: row, into: &out)
        }
        return out
    }

    /// Expressions sit in objects and arrays of many shapes (`case_checks`, `order_bys`, `partitions`).
    mutating func collect(_ tree: JSONTree, over row: Relation, into out: inout Origins) {
        switch tree {
        case .array(let elements):
            for element in elements { collect(element, over: row, into: &out) }
        case .object(let members):
            if tree["expression_class"] != nil {
                out.merge(origins(tree, over: row))
            } else {
                for member in members where !Self.descriptions.contains(member.key) {
                    collect(member.value, over: row, into: &out)
                }
            }
        default: return
        }
    }

    private mutating func all(_ row: Relation) -> Origins {
        lostTrack()
        return row.all.lifted(to: .transformation)
    }
}
