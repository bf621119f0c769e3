extension PlanReader {
    mutating func join(_ node: JSONTree) -> Relation {
        let sides = children(node)
        guard sides.count == 2 else { return unknown(node) }
        return joined(node, sides[0], sides[1])
    }

    /// A join whose right side is run once for each distinct combination of columns of the left: what DuckDB makes
    /// of correlated subqueries and lateral joins.
    mutating func correlatedJoin(_ node: JSONTree) -> Relation {
        guard let parts = node["children"]?.elements, parts.count == 2 else { return unknown(node) }
        let isFlipped = node["delim_flipped"]?.isTrue == true
        let outer = relation(parts[isFlipped ? 1 : 0])
        handedDown.append(origins(node["duplicate_eliminated_columns"], over: outer))
        let inner = relation(parts[isFlipped ? 0 : 1])
        handedDown.removeLast()
        return joined(node, isFlipped ? inner : outer, isFlipped ? outer : inner)
    }

    private mutating func joined(_ node: JSONTree, _ left: Relation, _ right: Relation) -> Relation {
        let keys = keys(node, left, right)
        let leftOut = left.projected(node["left_projection_map"])
        let rightOut = right.projected(node["right_projection_map"])
        let indirect = left.indirect.union(right.indirect)
        var result: Relation
        switch node["join_type"]?.text {
        case "MARK":
            // The mark says whether the row has a partner: it is made of the keys, and decides nothing by itself.
            result = leftOut.beside(Relation(columns: [keys.lifted(to: .transformation)]))
            result.indirect.formUnion(indirect)
            return result
        case "SEMI", "ANTI": result = leftOut
        case "RIGHT_SEMI", "RIGHT_ANTI": result = rightOut
        default: result = leftOut.beside(rightOut)
        }
        result.indirect = indirect
        result.decided(by: keys, as: .join)
        return result
    }

    private mutating func keys(_ node: JSONTree, _ left: Relation, _ right: Relation) -> Origins {
        let isCorrelated = node["type"]?.text == "LOGICAL_DELIM_JOIN" && node["join_type"]?.text != "MARK"
        let pair = left.beside(right)
        var out = Origins.none
        for condition in node["conditions"]?.elements ?? [] {
            guard let first = condition["left"] else {
                out.merge(everything(condition, over: pair))
                continue
            }
            guard let second = condition["right"] else {
                out.merge(origins(first, over: pair))
                continue
            }
            let a = origins(first, over: left)
            let b = origins(second, over: right)
            // A correlated join matches the handed-down columns with themselves.
            if isCorrelated, condition["comparison"]?.text == "COMPARE_NOT_DISTINCT_FROM", a == b { continue }
            out.merge(a)
            out.merge(b)
        }
        for key in ["condition", "predicate"] { out.merge(everything(node[key], over: pair)) }
        return out
    }
}
