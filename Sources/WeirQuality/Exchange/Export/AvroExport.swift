import WeirCore

/// A contract as Avro schemas: one record a table.
struct AvroExport {
    let contract: Contract
    let tree: YAMLTree

    var export: ExportedContract {
        var losses = Losses()
        var records: [YAMLTree] = []
        for table in contract.tables {
            let said = tree["schema"]?.items.first { $0["name"]?.string == table.name } ?? .map([])
            records.append(record(table, said, &losses))
        }
        losses.addKeys(of: tree, carried: ["description"], format: "Avro")
        return ExportedContract(
            text: JSONDocument.text(records.count == 1 ? records[0] : .list(records)), notCarried: losses.all)
    }

    private func record(_ table: TableContract, _ said: YAMLTree, _ losses: inout Losses) -> YAMLTree {
        var fields: [YAMLTree] = []
        var carried: Set<String> = []
        for column in table.columns {
            let own = said["properties"]?.items.first { $0["name"]?.string == column.name } ?? .map([])
            fields.append(field(column, own, table, "\(table.name)_\(column.columnName)", &carried, &losses))
        }
        for rule in table.rules where rule.kind != .notNull && !carried.contains(rule.id) {
            losses.add(rule, of: table, "Avro describes types, not values")
        }
        let namespace = said["customProperties"]?.items.first { $0["property"]?.string == "avro.namespace" }?["value"]
        return .object([
            "type": .text("record"), "name": .text(name(table.bareName, table.name, &losses)), "namespace": namespace,
            "doc": table.description.map(YAMLTree.text), "fields": .list(fields),
        ])
    }

    /// Avro names hold letters, digits and `_`.
    private func name(_ text: String, _ at: String, _ losses: inout Losses) -> String {
        var safe = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
        if safe.first?.isNumber != false { safe = "_" + safe }
        if safe != text { losses.add(at, text, "Avro names hold letters, digits and _: it is called \(safe)") }
        return safe
    }

    private func field(
        _ column: ColumnContract, _ said: YAMLTree, _ table: TableContract, _ path: String,
        _ carried: inout Set<String>,
        _ losses: inout Losses
    ) -> YAMLTree {
        let type = type(column, said, table, path, &carried, &losses)
        let isFilled = column.required || column.primaryKeyPosition != nil
        func custom(_ key: String) -> YAMLTree? {
            said["customProperties"]?.items.first { $0["property"]?.string == "avro.\(key)" }?["value"]
        }
        return .object([
            "name": .text(name(column.columnName, path, &losses)),
            "type": isFilled ? type : .list([.text("null"), type]),
            "doc": column.description.map(YAMLTree.text), "default": custom("default") ?? (isFilled ? nil : .null),
            "aliases": custom("aliases"),
        ])
    }

    private func type(
        _ column: ColumnContract, _ said: YAMLTree, _ table: TableContract, _ path: String,
        _ carried: inout Set<String>,
        _ losses: inout Losses
    ) -> YAMLTree {
        func logical(_ type: String, _ word: String) -> YAMLTree {
            .object(["type": .text(type), "logicalType": .text(word)])
        }
        if column.logicalType == .array, let items = said["items"] {
            return .object(["type": .text("array"), "items": part(items, table, path + "_item", &carried, &losses)])
        }
        if column.logicalType == .map, let value = said["map"]?["value"] {
            return .object(["type": .text("map"), "values": part(value, table, path + "_value", &carried, &losses)])
        }
        if column.logicalType == .object, !column.fields.isEmpty {
            var fields: [YAMLTree] = []
            for inner in column.fields {
                let own = said["properties"]?.items.first { $0["name"]?.string == inner.name } ?? .map([])
                fields.append(field(inner, own, table, "\(path)_\(inner.columnName)", &carried, &losses))
            }
            return .object(["type": .text("record"), "name": .text(name(path, path, &losses)), "fields": .list(fields)])
        }
        let values = table.rules(of: column).first { if case .acceptedValues = $0.kind { $0.isStrict } else { false } }
        if let values, case .acceptedValues(let list) = values.kind, column.logicalType == .string {
            let symbols = list.compactMap(\.text)
            if symbols.count == list.count, symbols.allSatisfy({ $0.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil }) {
                carried.insert(values.id)
                return .object([
                    "type": .text("enum"), "name": .text(name(path, path, &losses)),
                    "symbols": .list(symbols.map(YAMLTree.text)),
                ])
            }
        }
        let sql = column.declaredType ?? "VARCHAR"
        switch TypeFamily(sql: sql) {
        case .boolean: return .text("boolean")
        case .integer:
            if ["HUGEINT", "UHUGEINT", "UBIGINT"].contains(sql) {
                losses.add(
                    "\(table.name).\(column.name)", sql, "Avro's integers have 64 bits: it is written as a decimal")
                return .object([
                    "type": .text("bytes"), "logicalType": .text("decimal"), "precision": .int(39), "scale": .int(0),
                ])
            }
            return .text(["BIGINT", "UINTEGER"].contains(sql) ? "long" : "int")
        case .floating: return .text(sql == "FLOAT" ? "float" : "double")
        case .decimal:
            let numbers = sql.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
            return .object([
                "type": .text("bytes"), "logicalType": .text("decimal"), "precision": .int(numbers.first ?? 18),
                "scale": .int(numbers.count > 1 ? numbers[1] : 0),
            ])
        case .date: return logical("int", "date")
        case .time: return logical("long", "time-micros")
        case .timestamp: return logical("long", "local-timestamp-micros")
        case .timestampTZ: return logical("long", "timestamp-micros")
        case .blob: return .text("bytes")
        case .uuid: return logical("string", "uuid")
        default:
            let format = table.rules(of: column).first { $0.kind == .format(.uuid) && $0.isStrict }
            if let format {
                carried.insert(format.id)
                return logical("string", "uuid")
            }
            if column.declaredType == nil {
                losses.add(
                    "\(table.name).\(column.name)", column.physicalType ?? column.logicalType?.rawValue ?? "no type",
                    "it is written as a string")
            }
            return .text("string")
        }
    }

    private func part(
        _ said: YAMLTree, _ table: TableContract, _ path: String, _ carried: inout Set<String>, _ losses: inout Losses
    ) -> YAMLTree {
        var column = ColumnContract(
            name: "item", logicalType: said["logicalType"]?.string.flatMap(ContractType.init),
            physicalType: said["physicalType"]?.string)
        column.fields = (said["properties"]?.items ?? []).map { item in
            ColumnContract(
                name: item["name"]?.string ?? "", logicalType: item["logicalType"]?.string.flatMap(ContractType.init),
                physicalType: item["physicalType"]?.string, required: item["required"]?.bool ?? false)
        }
        return type(column, said, table, path, &carried, &losses)
    }
}
