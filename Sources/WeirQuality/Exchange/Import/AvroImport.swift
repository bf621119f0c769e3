import WeirCore

/// Reads an Avro schema: a record, or a list of records.
struct AvroImport {
    private var named: [String: YAMLTree] = [:]

    mutating func read(_ tree: YAMLTree, name: String) -> ContractDraft {
        var draft = ContractDraft(name: tree["name"]?.string ?? name)
        for schema in tree.isList ? tree.items : [tree] {
            remember(schema)
            guard schema["type"]?.string == "record" else {
                draft.lost(
                    schema["name"]?.string ?? "the schema", schema["type"]?.string ?? YAMLText.flow(schema),
                    "a table is a record")
                continue
            }
            var table = DraftTable(schema["name"]?.string ?? name)
            if let namespace = schema["namespace"]?.string {
                table.tree.append(
                    "customProperties", DraftRule.custom(property: "avro.namespace", value: .said(namespace)))
            }
            if let text = schema["doc"]?.string { table.tree.set("description", .said(text)) }
            for field in schema["fields"]?.items ?? [] { table.columns.append(column(field, at: table.name, &draft)) }
            lose(schema, beside: ["type", "name", "namespace", "doc", "fields"], at: table.name, &draft)
            draft.tables.append(table)
        }
        return draft
    }

    private mutating func remember(_ schema: YAMLTree) {
        if let name = schema["name"]?.string {
            named[name] = schema
            if let namespace = schema["namespace"]?.string { named["\(namespace).\(name)"] = schema }
        }
    }

    private func lose(_ tree: YAMLTree, beside known: Set<String>, at: String, _ draft: inout ContractDraft) {
        draft.lost(at, tree.entries.filter { !known.contains($0.key) })
    }

    private mutating func column(_ field: YAMLTree, at: String, _ draft: inout ContractDraft) -> YAMLTree {
        let name = field["name"]?.string ?? "?"
        var tree = YAMLTree.object(["name": .said(name)])
        if let text = field["doc"]?.string { tree.set("description", .said(text)) }
        var type = field["type"] ?? .null
        // Nullable unless the type is no union with null.
        let branches = type.isList ? type.items.filter { $0.string != "null" && !$0.isNull } : [type]
        let isNullable = type.isList && branches.count < type.items.count
        if branches.count > 1 {
            draft.lost("\(at).\(name)", "type: \(YAMLText.flow(type).prefix(80))", "a column has one type")
        } else {
            type = branches.first ?? .null
            set(type, of: &tree, at: "\(at).\(name)", depth: 0, &draft)
        }
        if !isNullable { tree.set("required", .bool(true)) }
        for key in ["default", "aliases", "order"] {
            if let value = field[key], !value.isNull {
                tree.append("customProperties", DraftRule.custom(property: "avro.\(key)", value: value))
            }
        }
        lose(field, beside: ["name", "type", "doc", "default", "aliases", "order"], at: "\(at).\(name)", &draft)
        return tree
    }

    private static let plain: [String: (String, String?)] = [
        "string": ("string", nil), "boolean": ("boolean", nil), "int": ("integer", "INTEGER"),
        "long": ("integer", "BIGINT"),
        "float": ("number", "FLOAT"), "double": ("number", "DOUBLE"), "bytes": ("", "BLOB"),
    ]

    private mutating func set(
        _ type: YAMLTree, of tree: inout YAMLTree, at: String, depth: Int, _ draft: inout ContractDraft
    ) {
        let word = type.string ?? type["type"]?.string
        if depth > 30 { return draft.lost(at, word ?? "", "the schema refers to itself") }
        if let kind = type["logicalType"]?.string, setLogical(kind, type, of: &tree) { return }
        if let kind = type["logicalType"]?.string {
            draft.lost(at, "logicalType: \(kind)", "a contract has no word for it")
        }
        guard let word else {
            if let inner = type["type"] { set(inner, of: &tree, at: at, depth: depth + 1, &draft) }
            return
        }
        if let (logical, physical) = Self.plain[word] {
            if !logical.isEmpty { tree.set("logicalType", .plain(logical)) }
            if let physical { tree.set("physicalType", .plain(physical)) }
            return
        }
        switch word {
        case "record":
            remember(type)
            tree.set("logicalType", .plain("object"))
            tree.set("properties", .listed((type["fields"]?.items ?? []).map { column($0, at: at, &draft) }))
        case "enum":
            remember(type)
            tree.set("logicalType", .plain("string"))
            tree.append("quality", DraftRule.validValues(type["symbols"] ?? .list([])))
        case "array":
            tree.set("logicalType", .plain("array"))
            tree.set("items", part(type["items"], at: "\(at)[]", depth, &draft))
        case "map":
            tree.set("logicalType", .plain("map"))
            tree.set(
                "map",
                .object([
                    "key": .object(["logicalType": .plain("string")]),
                    "value": part(type["values"], at: "\(at){}", depth, &draft),
                ]))
        case "fixed":
            remember(type)
            tree.set("physicalType", .plain("BLOB"))
            draft.lost(at, "fixed(\(type["size"]?.string ?? "?"))", "the length of binary values is not checked")
        default:
            guard let known = named[word] else {
                return draft.lost(at, "type: \(word)", "the schema does not define it")
            }
            set(known, of: &tree, at: at, depth: depth + 1, &draft)
        }
    }

    private mutating func part(_ type: YAMLTree?, at: String, _ depth: Int, _ draft: inout ContractDraft) -> YAMLTree {
        var tree = YAMLTree.map([])
        let type = type ?? .null
        let branches = type.isList ? type.items.filter { $0.string != "null" } : [type]
        if branches.count == 1 {
            set(branches[0], of: &tree, at: at, depth: depth + 1, &draft)
        } else {
            draft.lost(at, "type: \(YAMLText.flow(type).prefix(80))", "a value has one type")
        }
        return tree
    }

    private func setLogical(_ kind: String, _ type: YAMLTree, of tree: inout YAMLTree) -> Bool {
        func set(_ logical: String, _ options: YAMLTree? = nil) {
            tree.set("logicalType", .plain(logical))
            if let options { tree.set("logicalTypeOptions", options) }
        }
        switch kind {
        case "date": set("date")
        case "time-millis", "time-micros": set("time")
        case "timestamp-millis", "timestamp-micros", "timestamp-nanos":
            set("timestamp", .object(["timezone": .bool(true)]))
        case "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos":
            set("timestamp", .object(["timezone": .bool(false)]))
        case "uuid": set("string", .object(["format": .plain("uuid")]))
        case "decimal":
            set("number")
            tree.set(
                "physicalType", .text("DECIMAL(\(type["precision"]?.string ?? "38"),\(type["scale"]?.string ?? "0"))"))
        default: return false
        }
        return true
    }
}
