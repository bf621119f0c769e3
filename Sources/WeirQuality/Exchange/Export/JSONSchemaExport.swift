import WeirCore

/// A contract as JSON Schema, draft 2020-12: one row is one object.
struct JSONSchemaExport {
    let contract: Contract
    let tree: YAMLTree

    var export: ExportedContract {
        var losses = Losses()
        let schemas = contract.tables.map { table in (table.name, schema(table, &losses)) }
        losses.addKeys(
            of: tree, carried: ["description", "businessName", "examples", "deprecated", "customProperties"],
            format: "JSON Schema")
        var root = YAMLTree.object(["$schema": .text("https://json-schema.org/draft/2020-12/schema")])
        if schemas.count == 1 {
            for entry in schemas[0].1.entries { root.set(entry.key, entry.value) }
        } else {
            root.set("title", .text(contract.name ?? contract.id))
            root.set("$defs", .map(schemas.map { YAMLTree.Entry($0.0, $0.1) }))
        }
        return ExportedContract(text: JSONDocument.text(root), notCarried: losses.all)
    }

    private func schema(_ table: TableContract, _ losses: inout Losses) -> YAMLTree {
        let said = tree["schema"]?.items.first { $0["name"]?.string == table.name }
        let required = table.columns.filter { $0.required || $0.primaryKeyPosition != nil }
        var properties: [YAMLTree.Entry] = []
        for column in table.columns {
            let own = said?["properties"]?.items.first { $0["name"]?.string == column.name }
            let rules = table.rules.filter { $0.columns.count == 1 && $0.columns[0].root == column.columnName }
            properties.append(
                YAMLTree.Entry(
                    column.columnName,
                    property(column, own ?? .map([]), ColumnPath(column.columnName), rules, table, &losses)))
        }
        for rule in table.rules where rule.columns.count != 1 || rule.isAboutTheTable {
            losses.add(rule, of: table, "JSON Schema looks at one row at a time")
        }
        return .object([
            "title": .text(table.name), "description": table.description.map(YAMLTree.text), "type": .text("object"),
            "properties": .map(properties),
            "required": required.isEmpty ? nil : .list(required.map { .text($0.columnName) }),
        ])
    }

    private func property(
        _ column: ColumnContract, _ said: YAMLTree, _ path: ColumnPath, _ rules: [Rule], _ table: TableContract,
        _ losses: inout Losses
    ) -> YAMLTree {
        let isFilled = column.required || column.primaryKeyPosition != nil
        var (type, format) = Self.type(said, column)
        if type == nil, column.logicalType == nil, let physical = column.physicalType {
            losses.add("\(table.name).\(path)", "physicalType: \(physical)", "JSON has no such type")
        }
        var tree = YAMLTree.object([
            "title": column.businessName.map(YAMLTree.text), "description": column.description.map(YAMLTree.text),
            "type": type.map { isFilled ? .text($0) : .list([.text($0), .text("null")]) },
        ])
        for rule in rules where rule.columns[0] == path && !rule.isAboutTheTable {
            guard rule.isStrict else {
                losses.add(rule, of: table, "every row counts in JSON Schema: no limits, no warnings")
                continue
            }
            if case .format(let word) = rule.kind, Self.formats.contains(word) {
                format = word == .dateTime ? "date-time" : word.rawValue
                continue
            }
            if !set(rule, isFilled, &tree) { losses.add(rule, of: table, "JSON Schema has no word for it") }
        }
        if let format { tree.set("format", .text(format)) }
        if let examples = said["examples"] { tree.set("examples", examples) }
        if said["deprecated"]?.bool == true { tree.set("deprecated", .bool(true)) }
        for item in said["customProperties"]?.items ?? [] {
            guard let name = item["property"]?.string, let value = item["value"] else { continue }
            tree.set(name == "default" || name.hasPrefix("x-") ? name : "x-\(name)", value)
        }
        addParts(column, said, path, rules, table, &tree, &losses)
        return tree
    }

    /// Fields of an object, items of an array, values of a map.
    private func addParts(
        _ column: ColumnContract, _ said: YAMLTree, _ path: ColumnPath, _ rules: [Rule], _ table: TableContract,
        _ tree: inout YAMLTree, _ losses: inout Losses
    ) {
        if !column.fields.isEmpty {
            var fields: [YAMLTree.Entry] = []
            for field in column.fields {
                let own = said["properties"]?.items.first { $0["name"]?.string == field.name } ?? .map([])
                let inside = ColumnPath(parts: path.parts + [field.columnName])
                fields.append(YAMLTree.Entry(field.columnName, property(field, own, inside, rules, table, &losses)))
            }
            tree.set("properties", .map(fields))
            let required = column.fields.filter(\.required)
            if !required.isEmpty { tree.set("required", .list(required.map { .text($0.columnName) })) }
        }
        for (key, part, name) in [
            ("items", said["items"], ColumnPath.items),
            ("additionalProperties", said["map"]?["value"], ColumnPath.mapValues),
        ] {
            guard let part else { continue }
            let inside = ColumnPath(parts: path.parts + [name])
            let item = ColumnContract(
                name: "item", logicalType: part["logicalType"]?.string.flatMap(ContractType.init),
                physicalType: part["physicalType"]?.string,
                required: part["required"]?.bool ?? false)
            tree.set(key, property(item, part, inside, rules, table, &losses))
        }
    }

    private static let formats: [TextFormat] = [.email, .uuid, .uri, .hostname, .ipv4, .ipv6, .date, .time, .dateTime]

    private static func type(_ said: YAMLTree, _ column: ColumnContract) -> (String?, String?) {
        let logical = column.logicalType ?? column.physicalType.flatMap(PhysicalType.family)?.logicalType
        return switch logical {
        case .string: ("string", nil)
        case .integer: ("integer", nil)
        case .number: ("number", nil)
        case .boolean: ("boolean", nil)
        case .date: ("string", "date")
        case .time: ("string", "time")
        case .timestamp: ("string", "date-time")
        case .array, .vector: ("array", nil)
        case .object, .map: ("object", nil)
        case nil: (nil, nil)
        }
    }

    /// False where there is no word for the rule.
    private func set(_ rule: Rule, _ isFilled: Bool, _ tree: inout YAMLTree) -> Bool {
        switch rule.kind {
        case .notNull: return true
        case .acceptedValues(let values):
            tree.set("enum", .list(values.map(YAMLTree.init) + (isFilled || values.contains(.null) ? [] : [.null])))
        case .multipleOf, .length, .itemCount, .uniqueItems, .pattern:
            for (key, value) in ColumnWriter.options(of: rule.kind) { tree.set(key, value) }
        case .range(let range) where range.isNumeric:
            for (key, value) in ColumnWriter.options(of: rule.kind) { tree.set(key, value) }
        default: return false
        }
        return true
    }
}

extension Rule {
    /// It cannot be decided by one value alone.
    fileprivate var isAboutTheTable: Bool {
        if case .custom = kind { return true }
        return !kind.isRowRule
    }
}
