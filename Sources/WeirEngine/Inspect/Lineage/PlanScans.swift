import WeirCore

extension PlanReader {
    /// A table, or a table function. A function that takes columns of the row before it (`unnest(t.list)`) has that
    /// row as its child, and passes some of its columns on.
    mutating func scan(_ node: JSONTree) -> Relation {
        if node["children"]?.elements.isEmpty == false { return rowFunction(node) }
        let positions = (node["column_indexes"] ?? node["column_ids"])?.elements ?? []
        var columns: [Origins] = []
        let names = node["names"]?.elements ?? []
        let table = tableName(node)
        for position in positions {
            guard let table, let index = (position["index"] ?? position).int, names.indices.contains(index),
                let name = names[index].text
            else {
                columns.append(.none)
                continue
            }
            columns.append(origin(table, name))
        }
        var result = Relation(columns: columns)
        for filter in node["table_filters"]?["filters"]?.elements ?? [] {
            var found = Origins.none
            collect(filter, over: result, into: &found)
            result.decided(by: found, as: .filter)
        }
        return result.projected(node["projection_ids"])
    }

    private func tableName(_ node: JSONTree) -> TableName? {
        guard let data = node["function_data"], let schema = data["schema"]?.text, let table = data["table"]?.text
        else { return nil }
        return TableName(schema: schema, table: table)
    }

    private mutating func rowFunction(_ node: JSONTree) -> Relation {
        let row = only(node)
        if row.spill != nil { return row }
        let passed = (node["projected_input"]?.elements ?? []).compactMap(\.int)
        var arguments = Origins.none
        for index in row.columns.indices where !passed.contains(index) {
            arguments.merge(row[index], atLeast: .transformation)
        }
        let made = (node["column_indexes"] ?? node["column_ids"])?.elements.count ?? 1
        let columns = Array(repeating: arguments, count: made) + passed.map { row[$0] }
        return Relation(columns: columns, indirect: row.indirect).projected(node["projection_ids"])
    }

    /// `VALUES`, whose rows are expressions.
    mutating func values(_ node: JSONTree) -> Relation {
        let row = only(node)
        var columns = Array(repeating: Origins.none, count: node["expr_types"]?.elements.count ?? 0)
        for list in node["expressions"]?.elements ?? [] {
            for (index, expression) in list.elements.enumerated() where columns.indices.contains(index) {
                columns[index].merge(origins(expression, over: row))
            }
        }
        return Relation(columns: columns, indirect: row.indirect)
    }

    // MARK: Common table expressions

    mutating func materialised(_ node: JSONTree) -> Relation {
        guard let parts = node["children"]?.elements, parts.count == 2 else { return unknown(node) }
        let definition = relation(parts[0])
        if let number = node["table_index"]?.int { ctes[number] = definition }
        return relation(parts[1])
    }

    /// Reads the recursive part again until nothing new flows in: columns may move round the positions.
    mutating func recursive(_ node: JSONTree) -> Relation {
        guard let parts = node["children"]?.elements, parts.count >= 2, let number = node["table_index"]?.int
        else { return unknown(node) }
        var result = relation(parts[0])
        while true {
            ctes[number] = result
            let step = relation(parts[1])
            let before = result
            result.indirect.formUnion(step.indirect)
            if let spill = step.spill { result.spill = spill }
            for index in result.columns.indices { result.columns[index].merge(step[index]) }
            if result.columns == before.columns, result.indirect == before.indirect { return result }
        }
    }

    mutating func cteScan(_ node: JSONTree) -> Relation {
        guard let number = node["cte_index"]?.int, let definition = ctes[number] else { return unknown(node) }
        return definition
    }

    /// The distinct values of the outer columns that a correlated subquery uses.
    mutating func delimScan(_ node: JSONTree) -> Relation {
        let width = node["chunk_types"]?.elements.count ?? 0
        guard let columns = handedDown.last(where: { $0.count == width }) else { return unknown(node) }
        return Relation(columns: columns)
    }
}
