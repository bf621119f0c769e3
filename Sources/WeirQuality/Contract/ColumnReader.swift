import WeirCore

/// Reads one property of an object, with the rules that follow from it.
struct ColumnReader {
    let references: References

    /// - Parameters:
    ///   - parent: the object column that holds the property, or nil at the top.
    ///   - inherited: what the parent says about failing rows.
    func read(
        _ map: YAMLMap, under parent: ColumnPath?, part: String? = nil, inherited: WeirSettings,
        into collector: inout RuleCollector
    ) -> ColumnContract {
        Vocabulary.column.read(map)
        var settings = WeirSettings.read(map)
        settings.onFail = settings.onFail ?? inherited.onFail
        settings.tolerance = settings.tolerance ?? inherited.tolerance
        var column = ColumnContract(
            // The items of an array and the parts of a map have no name of their own.
            name: part == nil ? name(map) : map.string("name") ?? "item", physicalName: map.string("physicalName"),
            logicalType: map.choice("logicalType", ContractType.self), physicalType: map.string("physicalType"),
            required: map.bool("required") ?? false, unique: map.bool("unique") ?? false,
            description: map.string("description"), classification: map.string("classification"), place: map.place())
        column.id = map.value("id")?.plain().text
        column.businessName = map.string("businessName")
        column.tags = map.strings("tags")
        column.onFail = settings.onFail
        column.tolerance = settings.tolerance
        column.primaryKeyPosition = keyPosition(map, under: parent, into: &collector)
        let (isPartitioned, partition) = (map.bool("partitioned") ?? false, map.int("partitionKeyPosition"))
        // Fields inside of an object, items and parts of a map divide no table.
        if isPartitioned, parent == nil { column.partitionPosition = partition.flatMap { $0 > 0 ? $0 : nil } ?? .max }
        let path = ColumnPath(parts: (parent?.parts ?? []) + [part ?? column.columnName])
        addPlainRules(of: column, path, map, into: &collector)
        TypeOptionsReader(path: path, settings: settings).read(map, of: &column, into: &collector)
        readEnum(map, path, settings, into: &collector)
        let quality = QualityReader(
            columns: [column], tableColumns: references.own.bareColumns, path: path, settings: settings)
        for rule in map.maps("quality") { quality.read(rule, into: &collector) }
        for relation in map.maps("relationships") {
            RelationshipReader.read(relation, of: path, settings, references: references, into: &collector)
        }
        if let type = column.physicalType, PhysicalType.family(type) == nil {
            collector.cannotCheck(
                "physicalType",
                "the type \"\(type)\" is not known here"
                    + (column.logicalType.map { "; the column is held against \($0.rawValue) instead" } ?? ""),
                at: map.place("physicalType"))
        }
        readParts(map, of: &column, path, settings, into: &collector)
        map.finish("a property")
        return column
    }

    private func name(_ map: YAMLMap) -> String {
        return map.requiredString("name", of: "a property") ?? ""
    }

    private func keyPosition(_ map: YAMLMap, under parent: ColumnPath?, into collector: inout RuleCollector) -> Int? {
        let isKey = map.bool("primaryKey") ?? false
        let position = map.int("primaryKeyPosition")
        guard isKey else {
            if let position, position > 0 {
                map.report(
                    "contract.key-position", "primaryKeyPosition stands at a column that is not in the primary key",
                    hint: "add primaryKey: true", key: "primaryKeyPosition")
            }
            return nil
        }
        if parent != nil {
            collector.cannotCheck(
                "primaryKey", "a field inside an object cannot be the table's key", at: map.place("primaryKey"))
            return nil
        }
        if let position, position < 1, position != -1 {
            map.report("contract.key-position", "primaryKeyPosition counts from 1", key: "primaryKeyPosition")
        }
        return position.flatMap { $0 > 0 ? $0 : nil } ?? .max
    }

    private func addPlainRules(
        of column: ColumnContract, _ path: ColumnPath, _ map: YAMLMap, into collector: inout RuleCollector
    ) {
        for (applies, kind, key) in [
            (column.required, RuleKind.notNull, "required"), (column.unique, .unique, "unique"),
        ]
        where applies {
            collector.add(
                Rule(
                    kind, columns: [path], tolerance: column.tolerance, onFail: column.onFail,
                    description: column.description, place: map.place(key)))
        }
    }

    private func readEnum(
        _ map: YAMLMap, _ path: ColumnPath, _ settings: WeirSettings, into collector: inout RuleCollector
    ) {
        guard map.value("enum") != nil else { return }
        var values: [PlainValue] = []
        for item in map.maps("enum") {
            Vocabulary.enumValue.read(item)
            if let value = item.value("value") {
                Shape.scalar.check(value)
                values.append(value.plain())
            } else if !item.has("value") {
                item.report("contract.missing-key", "an enum value needs the key \"value\"")
            }
            item.finish("an enum value")
        }
        if map.value("enum")?.isList == true, map.maps("enum").isEmpty {
            map.report("contract.contradiction", "enum is empty: no value can pass", key: "enum")
        }
        collector.add(
            Rule(
                .acceptedValues(values), columns: [path], tolerance: settings.tolerance, onFail: settings.onFail,
                place: map.place("enum")))
    }

    /// Reads what is inside: the fields of an object are checked like columns, the items of an array and the
    /// parts of a map are only read.
    private func readParts(
        _ map: YAMLMap, of column: inout ColumnContract, _ path: ColumnPath, _ settings: WeirSettings,
        into collector: inout RuleCollector
    ) {
        for property in map.maps("properties") {
            column.fields.append(read(property, under: path, inherited: settings, into: &collector))
        }
        if let items = map.map("items") {
            column.itemType = readMany(items, ColumnPath.items, path, settings, into: &collector).declaredType
        }
        if let pair = map.map("map") {
            var types: [String?] = []
            for (key, part) in [("key", ColumnPath.mapKeys), ("value", ColumnPath.mapValues)] {
                guard let side = pair.map(key) else { continue }
                types.append(readMany(side, part, path, settings, into: &collector).declaredType)
            }
            pair.finish("a map")
            if types.count == 2, let key = types[0], let value = types[1] { column.itemType = "MAP(\(key), \(value))" }
        }
    }

    /// Reads the items of an array or one side of a map. Rules about single values hold for each of them; those that
    /// compare values of different rows have no meaning there.
    private func readMany(
        _ map: YAMLMap, _ part: String, _ path: ColumnPath, _ settings: WeirSettings,
        into collector: inout RuleCollector
    ) -> ColumnContract {
        var aside = RuleCollector()
        let column = read(map, under: path, part: part, inherited: settings, into: &aside)
        for rule in aside.rules {
            if rule.kind.isRowRule {
                collector.add(rule)
            } else {
                collector.cannotCheck(
                    rule.id, "this kind of rule is not checked for the parts of \(path)", at: rule.place)
            }
        }
        collector.notChecked += aside.notChecked
        return column
    }
}
