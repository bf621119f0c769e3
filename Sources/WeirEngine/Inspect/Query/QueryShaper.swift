/// Decides whether a statement only filters and projects the rows of one table.
///
/// It answers `.reshape` whenever it cannot be sure: that costs a row count, while a wrong `.filter` would report rows
/// as filtered that were lost.
struct QueryShaper {
    let catalogue: FunctionCatalogue

    func shape(of node: JSONTree) -> QueryShape {
        input(of: node, ctes: [:]).map { .filter(input: $0) } ?? .reshape
    }

    /// A common table expression with what was in scope where it was defined; nil for one that reshapes.
    private typealias Scope = [String: TableReference?]

    private func input(of node: JSONTree, ctes outer: Scope) -> TableReference? {
        guard node["type"]?.text == "SELECT_NODE" else { return nil }
        var ctes = outer
        for entry in node["cte_map"]?["map"]?.elements ?? [] {
            guard let name = entry["key"]?.text?.lowercased() else { return nil }
            ctes[name] = .some(entry["value"]?["query"]?["node"].flatMap { input(of: $0, ctes: ctes) })
        }
        guard keepsRows(node), let from = node["from_table"], from["sample"] == nil else { return nil }
        let outerName = from["alias"]?.name ?? from["table_name"]?.text ?? ""
        for expression in node["select_list"]?.elements ?? []
        where changesRows(expression, outerName: outerName.lowercased()) {
            return nil
        }
        switch from["type"]?.text {
        case "BASE_TABLE": return table(from, ctes: ctes)
        case "SUBQUERY": return from["subquery"]?["node"].flatMap { input(of: $0, ctes: ctes) }
        default: return nil
        }
    }

    private func table(_ from: JSONTree, ctes: Scope) -> TableReference? {
        guard let name = from["table_name"]?.text else { return nil }
        let reference = TableReference(
            catalog: from["catalog_name"]?.name, schema: from["schema_name"]?.name, table: name,
            utf8Offset: from["query_location"]?.int ?? 0)
        if CTEScope.isCTE(reference, names: Set(ctes.keys)) { return ctes[name.lowercased()] ?? nil }
        return reference.isFile ? nil : reference
    }

    private func keepsRows(_ node: JSONTree) -> Bool {
        let onlyOrdered = (node["modifiers"]?.elements ?? []).allSatisfy { $0["type"]?.text == "ORDER_MODIFIER" }
        return onlyOrdered
            && node["group_expressions"]?.elements.isEmpty != false && node["group_sets"]?.elements.isEmpty != false
            && node["aggregate_handling"]?.text == "STANDARD_HANDLING"
            && node["having"] == nil && node["sample"] == nil && node["qualify"] == nil
    }

    /// True for an aggregate or an UNNEST in the select list. Windows keep rows, but may hold an aggregate.
    private func changesRows(_ expression: JSONTree, outerName: String) -> Bool {
        switch expression {
        case .array(let elements): return elements.contains { changesRows($0, outerName: outerName) }
        case .object(let members):
            if expression["class"]?.text == "SUBQUERY" {
                if let child = expression["child"], changesRows(child, outerName: outerName) { return true }
                return aggregatesOuter(expression["subquery"] ?? .null, outerName: outerName, hasFrom: true)
            }
            if expression["class"]?.text == "FUNCTION", multipliesOrAggregates(expression) { return true }
            return members.contains { changesRows($0.value, outerName: outerName) }
        default: return false
        }
    }

    private func multipliesOrAggregates(_ call: JSONTree) -> Bool {
        guard let name = call["function_name"]?.text?.lowercased() else { return false }
        return catalogue.rowChanging.contains(name)
            || (!catalogue.known.contains(name) && !(call["is_operator"]?.isTrue == true))
    }

    /// `SELECT (SELECT sum(t.x)) FROM t` aggregates the rows of `t`, not of the subquery.
    private func aggregatesOuter(_ tree: JSONTree, outerName: String, hasFrom: Bool) -> Bool {
        switch tree {
        case .array(let elements):
            return elements.contains { aggregatesOuter($0, outerName: outerName, hasFrom: hasFrom) }
        case .object(let members):
            var hasFrom = hasFrom
            if let from = tree["from_table"] { hasFrom = from["type"]?.text != "EMPTY" }
            if tree["class"]?.text == "FUNCTION", let name = tree["function_name"]?.text?.lowercased(),
                catalogue.rowChanging.contains(name)
            {
                if !hasFrom || mentions(outerName, in: tree) { return true }
            }
            return members.contains { aggregatesOuter($0.value, outerName: outerName, hasFrom: hasFrom) }
        default: return false
        }
    }

    private func mentions(_ name: String, in tree: JSONTree) -> Bool {
        switch tree {
        case .array(let elements): return elements.contains { mentions(name, in: $0) }
        case .object(let members):
            let names = tree["column_names"]?.elements ?? []
            if names.count > 1, names.dropLast().contains(where: { $0.text?.lowercased() == name }) { return true }
            return members.contains { mentions(name, in: $0.value) }
        default: return false
        }
    }
}
