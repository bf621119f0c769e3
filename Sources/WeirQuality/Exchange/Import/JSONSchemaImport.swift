import WeirCore

/// Reads a JSON Schema (draft 4 to 2020-12) of an object, or of several under `$defs`.
struct JSONSchemaImport {
    let root: YAMLTree

    func read(name: String) -> ContractDraft {
        var draft = ContractDraft(name: root["title"]?.string ?? name)
        draft.description = root["properties"] == nil ? root["description"]?.string : nil
        let whole = resolved(root)
        if whole["properties"] != nil || whole["items"] != nil {
            // A list of rows says what a row is.
            let row = whole["properties"] != nil ? whole : resolved(whole["items"] ?? .map([]))
            draft.tables.append(table(row, name: Self.plainName(row["title"]?.string ?? draft.name), &draft))
        } else {
            for entry in (root["$defs"] ?? root["definitions"])?.entries ?? [] where entry.value["properties"] != nil {
                draft.tables.append(table(resolved(entry.value), name: entry.key, &draft))
            }
        }
        return draft
    }

    /// A title is words for people, and an object's name is what others refer to.
    private static func plainName(_ title: String) -> String {
        title.split(whereSeparator: { $0.isWhitespace || $0 == "/" }).joined(separator: "_").lowercased()
    }

    private func table(_ schema: YAMLTree, name: String, _ draft: inout ContractDraft) -> DraftTable {
        var table = DraftTable(name)
        if let text = schema["description"]?.string { table.tree.set("description", .said(text)) }
        let required = Set(schema["required"]?.items.compactMap(\.string) ?? [])
        for entry in schema["properties"]?.entries ?? [] {
            table.columns.append(
                property(
                    entry.value, name: entry.key, isRequired: required.contains(entry.key), at: "\(name).\(entry.key)",
                    depth: 0, &draft))
        }
        lose(schema, beside: Self.objectKeys, at: name, &draft)
        return table
    }

    private static let objectKeys: Set<String> = [
        "$schema", "$id", "id", "$defs", "definitions", "title", "description", "type", "properties", "required",
        "$comment",
    ]

    private func lose(_ schema: YAMLTree, beside known: Set<String>, at: String, _ draft: inout ContractDraft) {
        draft.lost(at, schema.entries.filter { !known.contains($0.key) && !$0.key.hasPrefix("x-") })
    }

    /// The schema with a local reference and `allOf` put in place.
    private func resolved(_ schema: YAMLTree, depth: Int = 0) -> YAMLTree {
        guard depth < 20 else { return schema }
        var schema = schema
        if let reference = schema["$ref"]?.string, reference.hasPrefix("#") {
            var target: YAMLTree? = root
            for step in reference.dropFirst().split(separator: "/") {
                target = target?[String(step).replacing("~1", with: "/").replacing("~0", with: "~")]
            }
            if let target, target != schema {
                schema.set("$ref", nil)
                for entry in resolved(target, depth: depth + 1).entries where schema[entry.key] == nil {
                    schema.set(entry.key, entry.value)
                }
            }
        }
        if let parts = schema["allOf"]?.items {
            schema.set("allOf", nil)
            for part in parts {
                for entry in resolved(part, depth: depth + 1).entries {
                    switch entry.key {
                    case "properties":
                        let own = schema["properties"]?.entries ?? []
                        schema.set(
                            "properties",
                            .map(own + entry.value.entries.filter { new in !own.contains { $0.key == new.key } }))
                    case "required":
                        schema.set("required", .list((schema["required"]?.items ?? []) + entry.value.items))
                    default: if schema[entry.key] == nil { schema.set(entry.key, entry.value) }
                    }
                }
            }
        }
        // `anyOf: [{…}, {type: null}]` is how a nullable value is often written.
        for key in ["anyOf", "oneOf"] {
            guard let parts = schema[key]?.items, parts.count == 2,
                let other = parts.first(where: { $0["type"]?.string != "null" }),
                parts.contains(where: { $0["type"]?.string == "null" })
            else { continue }
            schema.set(key, nil)
            for entry in resolved(other, depth: depth + 1).entries where schema[entry.key] == nil {
                schema.set(entry.key, entry.value)
            }
            if let type = schema["type"] {
                schema.set("type", .list((type.isList ? type.items : [type]) + [.text("null")]))
            }
        }
        return schema
    }

    // MARK: Properties

    private static let formats: [String: String] = ["date": "date", "date-time": "timestamp", "time": "time"]
    private static let textFormats: Set<String> = ["email", "uuid", "uri", "hostname", "ipv4", "ipv6"]
    private static let options: Set<String> = [
        "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
    ]
    private static let read: Set<String> = objectKeys.union(options).union([
        "format", "enum", "const", "items", "examples", "default", "deprecated",
    ])

    private func property(
        _ raw: YAMLTree, name: String?, isRequired: Bool, at: String, depth: Int, _ draft: inout ContractDraft
    ) -> YAMLTree {
        let schema = resolved(raw)
        var tree = YAMLTree.object(["name": name.map(YAMLTree.said)])
        let types = (schema["type"].map { $0.isList ? $0.items : [$0] } ?? []).compactMap {
            $0.isNull ? "null" : $0.string
        }
        let kinds = types.filter { $0 != "null" }
        let format = schema["format"]?.string
        var logical = kinds.count == 1 ? kinds[0] : schema["properties"] != nil ? "object" : nil
        if logical == "string", let type = format.flatMap({ Self.formats[$0] }) { logical = type }
        if kinds.count > 1 { draft.lost(at, "type: \(types.joined(separator: ", "))", "a column has one type") }
        if let logical { tree.set("logicalType", .plain(logical)) }
        if let title = schema["title"]?.string { tree.set("businessName", .said(title)) }
        if let text = schema["description"]?.string { tree.set("description", .said(text)) }
        if isRequired, !types.contains("null") { tree.set("required", .bool(true)) }
        if schema["deprecated"]?.bool == true { tree.set("deprecated", .bool(true)) }
        setOptions(schema, logical, format, &tree, at, &draft)
        if let values = schema["enum"] ?? schema["const"].map({ .list([$0]) }) {
            tree.append("quality", DraftRule.validValues(.list(values.items.filter { !$0.isNull })))
        }
        if let examples = schema["examples"], examples.isList { tree.set("examples", examples) }
        for entry in schema.entries where entry.key == "default" || entry.key.hasPrefix("x-") {
            tree.append("customProperties", DraftRule.custom(property: entry.key, value: entry.value))
        }
        lose(schema, beside: Self.read, at: at, &draft)
        guard depth < 30 else { return tree }
        if logical == "object" {
            let required = Set(schema["required"]?.items.compactMap(\.string) ?? [])
            tree.set(
                "properties",
                .listed(
                    (schema["properties"]?.entries ?? []).map {
                        property(
                            $0.value, name: $0.key, isRequired: required.contains($0.key), at: "\(at).\($0.key)",
                            depth: depth + 1, &draft)
                    }))
        }
        if logical == "array", let items = schema["items"], items.isMap {
            tree.set("items", property(items, name: nil, isRequired: false, at: "\(at)[]", depth: depth + 1, &draft))
        }
        return tree
    }

    private func setOptions(
        _ schema: YAMLTree, _ logical: String?, _ format: String?, _ tree: inout YAMLTree, _ at: String,
        _ draft: inout ContractDraft
    ) {
        var options = YAMLTree.map([])
        for entry in schema.entries where Self.options.contains(entry.key) {
            guard Self.fits(entry.key, logical) else {
                draft.lost(at, entry.key, "it does not go with the type \(logical ?? "of the column")")
                continue
            }
            if entry.key == "pattern", let text = entry.value.string, (try? TextPattern(text)) == nil {
                draft.lost(at, "pattern: \(text)", "patterns run in linear time: no look-around, no back references")
                continue
            }
            options.set(entry.key, entry.value)
        }
        if let format, Self.formats[format] == nil {
            if logical == "string", Self.textFormats.contains(format) {
                options.set("format", .plain(format))
            } else {
                draft.lost(at, "format: \(format)", "the format is not known here")
            }
        }
        if case .bool(let isExclusive)? = options["exclusiveMinimum"]?.plain {
            exclusive("minimum", "exclusiveMinimum", isExclusive, &options)
        }
        if case .bool(let isExclusive)? = options["exclusiveMaximum"]?.plain {
            exclusive("maximum", "exclusiveMaximum", isExclusive, &options)
        }
        if !options.entries.isEmpty { tree.set("logicalTypeOptions", options) }
    }

    /// Draft 4 had truth values here.
    private func exclusive(_ plain: String, _ key: String, _ isExclusive: Bool, _ options: inout YAMLTree) {
        options.set(key, isExclusive ? options[plain] : nil)
        if isExclusive { options.set(plain, nil) }
    }

    private static func fits(_ option: String, _ logical: String?) -> Bool {
        switch option {
        case "minLength", "maxLength", "pattern": logical == "string"
        case "minItems", "maxItems", "uniqueItems": logical == "array"
        case "minProperties", "maxProperties": logical == "object"
        default: logical == "number" || logical == "integer"
        }
    }
}
