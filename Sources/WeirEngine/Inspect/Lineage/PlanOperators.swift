extension PlanReader {
    mutating func projection(_ node: JSONTree) -> Relation {
        let row = only(node)
        return Relation(columns: origins(node["expressions"], over: row), indirect: row.indirect)
    }

    mutating func filter(_ node: JSONTree) -> Relation {
        var row = only(node)
        for condition in origins(node["expressions"], over: row) { row.decided(by: condition, as: .filter) }
        return row.projected(node["projection_map"])
    }

    mutating func ordered(_ node: JSONTree) -> Relation {
        var row = only(node)
        row.decided(by: everything(node["orders"], over: row), as: .sort)
        return row.projected(node["projection_map"])
    }

    mutating func limited(_ node: JSONTree) -> Relation {
        var row = only(node)
        row.decided(by: everything(node["limit_val"], over: row), as: .filter)
        row.decided(by: everything(node["offset_val"], over: row), as: .filter)
        return row
    }

    /// DISTINCT ON keeps one row of each group, by order. A plain DISTINCT compares the columns it returns, which
    /// says nothing that those columns do not say themselves.
    mutating func distinct(_ node: JSONTree) -> Relation {
        var row = only(node)
        guard node["distinct_type"]?.text == "DISTINCT_ON" else { return row }
        row.decided(by: everything(node["distinct_targets"], over: row), as: .groupBy)
        row.decided(by: everything(node["order_by"], over: row), as: .sort)
        return row
    }

    /// Returns the groups, then the aggregates, then the results of GROUPING.
    mutating func aggregate(_ node: JSONTree) -> Relation {
        let row = only(node)
        let groups = origins(node["groups"], over: row)
        let aggregates = origins(node["expressions"], over: row)
        let grouping = Array(repeating: Origins.none, count: node["grouping_functions"]?.elements.count ?? 0)
        var result = Relation(columns: groups + aggregates + grouping, indirect: row.indirect)
        for group in groups { result.decided(by: group, as: .groupBy) }
        if let number = node["group_index"]?.int { tables[number] = groups }
        if let number = node["aggregate_index"]?.int { tables[number] = aggregates }
        return result
    }

    mutating func window(_ node: JSONTree) -> Relation {
        let row = only(node)
        let made = origins(node["expressions"], over: row)
        if let number = node["window_index"]?.int { tables[number] = made }
        return row.beside(Relation(columns: made))
    }

    mutating func unnest(_ node: JSONTree) -> Relation {
        let row = only(node)
        return row.beside(Relation(columns: origins(node["expressions"], over: row)))
    }

    /// The groups, then for each value one column per aggregate. Below it, the groups are followed by a list per
    /// aggregate and the list of values that chooses the column.
    mutating func pivot(_ node: JSONTree) -> Relation {
        let row = only(node)
        guard let pivot = node["bound_pivot"], let groups = pivot["group_count"]?.int,
            let width = pivot["types"]?.elements.count, row.spill == nil, row.columns.count >= groups + 2
        else { return unknown(node) }
        let aggregates = row.columns.count - groups - 1
        let chooser = row[row.columns.count - 1].lifted(to: .aggregation)
        var columns = Array(row.columns.prefix(groups))
        for index in 0..<max(0, width - groups) {
            var made = row[groups + index % aggregates]
            made.merge(chooser)
            columns.append(made)
        }
        return Relation(columns: columns, indirect: row.indirect)
    }

    // MARK: Set operations

    mutating func union(_ node: JSONTree) -> Relation {
        let all = children(node)
        guard var result = all.first else { return unknown(node) }
        for other in all.dropFirst() {
            result.indirect.formUnion(other.indirect)
            if let spill = other.spill { result.spill = spill }
            for index in result.columns.indices { result.columns[index].merge(other[index]) }
        }
        if result.spill != nil { result.spill = result.all }
        return result
    }

    /// EXCEPT and INTERSECT return rows of the first input, chosen by comparing all columns with the second's.
    mutating func difference(_ node: JSONTree) -> Relation {
        let all = children(node)
        guard var result = all.first else { return unknown(node) }
        result.decided(by: result.all, as: .filter)
        for other in all.dropFirst() {
            result.indirect.formUnion(other.indirect)
            result.decided(by: other.all, as: .filter)
        }
        return result
    }

    mutating func everything(_ tree: JSONTree?, over row: Relation) -> Origins {
        var out = Origins.none
        if let tree { collect(tree, over: row, into: &out) }
        return out
    }
}
