import WeirCore

/// Reads the objects of a contract's `schema`.
enum TableReader {
    static func readAll(_ maps: [YAMLMap]) -> [TableContract] {
        let headers = maps.map(ObjectHeader.init)
        var seen: Set<String> = []
        var tables: [TableContract] = []
        for (map, header) in zip(maps, headers) {
            let table = read(map, among: headers, header: header)
            if !table.name.isEmpty, !seen.insert(table.name.lowercased()).inserted {
                map.report(
                    "contract.duplicate-table", "the object \"\(table.name)\" stands twice in the schema", key: "name")
            }
            tables.append(table)
        }
        return tables
    }

    private static func read(_ map: YAMLMap, among headers: [ObjectHeader], header: ObjectHeader) -> TableContract {
        Vocabulary.table.read(map)
        let settings = WeirSettings.read(map, of: .table)
        var collector = RuleCollector()
        let reader = ColumnReader(references: References(objects: headers, own: header))
        var columns: [ColumnContract] = []
        var seen: Set<String> = []
        for property in map.maps("properties") {
            let column = reader.read(property, under: nil, inherited: WeirSettings(), into: &collector)
            if !column.name.isEmpty, !seen.insert(column.columnName.lowercased()).inserted {
                property.report(
                    "contract.duplicate-column", "the column \"\(column.columnName)\" stands twice in the object",
                    key: "name")
            }
            columns.append(column)
        }
        let key = primaryKey(of: columns, in: map)
        addKeyRules(key, of: columns, into: &collector, at: map.place("properties"))
        let quality = QualityReader(columns: columns, tableColumns: columns, path: nil, settings: WeirSettings())
        for rule in map.maps("quality") { quality.read(rule, into: &collector) }
        for relation in map.maps("relationships") {
            RelationshipReader.read(relation, references: reader.references, columns: columns, into: &collector)
        }
        if let type = map.string("logicalType"), !["object", "blob"].contains(type) {
            map.report(
                "contract.unknown-value", "the logicalType of a schema object is object, not \"\(type)\"",
                key: "logicalType")
        }
        var table = TableContract(
            name: map.requiredString("name", of: "a schema object") ?? "",
            physicalName: map.string("physicalName"),
            description: map.string("description"),
            columns: columns,
            primaryKey: key.map(\.columnName),
            rules: collector.named(),
            onFail: settings.onFail,
            tolerance: settings.tolerance,
            notChecked: collector.notChecked,
            place: map.place())
        table.anomaly = settings.anomaly
        table.id = header.id
        table.links = collector.links
        map.finish("a schema object")
        return table
    }

    /// The key's columns in order. Without positions the order of the columns counts.
    private static func primaryKey(of columns: [ColumnContract], in map: YAMLMap) -> [ColumnContract] {
        let members = columns.enumerated().filter { $0.element.primaryKeyPosition != nil }
        var taken: [Int: String] = [:]
        for column in members.map(\.element) {
            guard let position = column.primaryKeyPosition, position != .max else { continue }
            if let other = taken.updateValue(column.name, forKey: position) {
                map.report(
                    "contract.key-position", "\(other) and \(column.name) both have primaryKeyPosition \(position)",
                    key: "properties")
            }
        }
        return members.sorted {
            ($0.element.primaryKeyPosition ?? 0, $0.offset) < ($1.element.primaryKeyPosition ?? 0, $1.offset)
        }.map(\.element)
    }

    private static func addKeyRules(
        _ key: [ColumnContract], of columns: [ColumnContract], into collector: inout RuleCollector, at place: Place
    ) {
        guard !key.isEmpty else { return }
        for column in key where !column.required {
            collector.add(
                Rule(
                    .notNull, columns: [ColumnPath(column.columnName)], tolerance: column.tolerance,
                    onFail: column.onFail, description: "part of the primary key", place: column.place))
        }
        if key.count == 1, key[0].unique { return }
        collector.add(
            Rule(
                .unique, columns: key.map { ColumnPath($0.columnName) }, tolerance: key[0].tolerance,
                onFail: key[0].onFail, description: "the primary key", place: key[0].place))
    }
}

/// Gathers the rules of one table in the order of the contract.
struct RuleCollector {
    private(set) var rules: [Rule] = []
    var notChecked: [NotChecked] = []
    private(set) var links: [ContractLink] = []

    /// A reference is not checked until it is followed.
    mutating func link(_ link: ContractLink) {
        links.append(link)
        cannotCheck("relationships", link.why, at: link.place)
    }

    mutating func add(_ rule: Rule) { rules.append(rule) }

    mutating func cannotCheck(_ key: String, _ why: String, at place: Place) {
        notChecked.append(NotChecked(place: place, key: key, why: why))
    }

    /// The rules, each with an id of its own: a second `not_null(email)` is `not_null(email)#2`.
    func named() -> [Rule] {
        var used: [String: Int] = [:]
        return rules.map { rule in
            var rule = rule
            let count = used[rule.id, default: 0] + 1
            used[rule.id] = count
            if count > 1 { rule.id += "#\(count)" }
            return rule
        }
    }
}

/// What references need to know about an object before it is read.
struct ObjectHeader {
    let id: String?
    let name: String
    let physicalName: String?
    /// `id` and names of its columns.
    let columns: [(id: String?, name: String, columnName: String)]

    /// The columns by their names only, for rules that name other columns than their own.
    var bareColumns: [ColumnContract] {
        columns.map { ColumnContract(name: $0.name, physicalName: $0.columnName) }
    }

    init(_ map: YAMLMap) {
        func text(_ map: YAMLMap, _ key: String) -> String? { map.value(key)?.plain().text }
        id = text(map, "id")
        name = text(map, "name") ?? ""
        physicalName = text(map, "physicalName")
        // Only well formed parts count here: mistakes are reported when the parts themselves are read.
        let items = map.value("properties").map { $0.isList ? $0.list() : [] } ?? []
        columns = items.filter(\.isMap).compactMap { $0.map() }.compactMap { column in
            guard let name = text(column, "name") else { return nil }
            return (text(column, "id"), name, text(column, "physicalName") ?? name)
        }
    }
}
