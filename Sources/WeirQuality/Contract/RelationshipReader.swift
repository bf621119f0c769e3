import WeirCore

/// Reads `relationships`: the foreign keys of a property or an object.
enum RelationshipReader {
    /// A relationship of a property: the property itself is `from`.
    static func read(
        _ map: YAMLMap, of path: ColumnPath, _ settings: WeirSettings, references: References,
        into collector: inout RuleCollector
    ) {
        if map.value("from") != nil {
            map.report(
                "contract.misplaced-key", "the relationship of a property has no \"from\": it is the property itself",
                key: "from")
        }
        read(map, from: [path], settings, references, into: &collector)
    }

    /// A relationship of an object, with `from`.
    static func read(
        _ map: YAMLMap, references: References, columns: [ColumnContract], into collector: inout RuleCollector
    ) {
        guard let from = map.value("from") else {
            map.report("contract.missing-key", "the relationship of an object needs the key \"from\"")
            _ = map.value("to")
            finish(map)
            return
        }
        var paths: [ColumnPath] = []
        for item in from.isList ? from.list() : [from] {
            guard var name = item.string() else { continue }
            let prefix = references.own.name + "."
            if name.hasPrefix(prefix) { name = String(name.dropFirst(prefix.count)) }
            name = name.split(separator: "/").last.map(String.init) ?? name
            let id = references.own.columns.first { $0.id == name }?.name
            if let column = columns.first(where: { $0.name == name || $0.columnName == name || $0.name == id }) {
                paths.append(ColumnPath(column.columnName))
            } else {
                item.report(
                    "contract.unknown-column", "the object has no property \"\(name)\"",
                    hint: DidYouMean.hint(for: name, among: columns.map(\.name)))
            }
        }
        read(map, from: paths, WeirSettings(), references, into: &collector)
    }

    private static func read(
        _ map: YAMLMap, from paths: [ColumnPath], _ inherited: WeirSettings, _ references: References,
        into collector: inout RuleCollector
    ) {
        let own = WeirSettings.read(map)
        if let type = map.string("type"), type != "foreignKey" {
            map.report(
                "contract.unknown-value", "\"\(type)\" is not a type of relationship", hint: "allowed here: foreignKey",
                key: "type")
        }
        defer { finish(map) }
        guard let to = map.value("to") else {
            map.report("contract.missing-key", "a relationship needs the key \"to\"")
            return
        }
        let items = to.isList ? to.list() : [to]
        let targets = items.compactMap(references.resolve)
        guard targets.count == items.count, !paths.isEmpty else { return }
        if let link = link(targets, paths, own, inherited, at: map.place("to")) { return collector.link(link) }
        var table: String?
        var columns: [String] = []
        for target in targets {
            switch target {
            case .elsewhere(let why): return collector.cannotCheck("relationships", why, at: map.place("to"))
            case .linked(let file, _, _):
                return to.report(
                    "contract.bad-reference", "a composite key points into one object, as often as it has columns here",
                    hint: "some of it is in \(file)")
            case .column(let name, let column):
                if let table, table != name {
                    return to.report(
                        "contract.bad-reference", "a composite key points into one table, not \(table) and \(name)")
                }
                table = name
                columns.append(column)
            }
        }
        guard columns.count == paths.count, let table else {
            return map.report(
                "contract.bad-reference", "the key has \(paths.count) columns here and \(columns.count) there",
                key: "to")
        }
        collector.add(
            Rule(
                .foreignKey(ForeignKey(table: table, columns: columns)), columns: paths,
                tolerance: own.tolerance ?? inherited.tolerance, onFail: own.onFail ?? inherited.onFail,
                place: map.place("to")))
    }

    /// A key all of whose columns are in one object of another contract.
    private static func link(
        _ targets: [References.Target], _ paths: [ColumnPath], _ own: WeirSettings, _ inherited: WeirSettings,
        at place: Place
    ) -> ContractLink? {
        var link: ContractLink?
        for target in targets {
            guard case .linked(let file, let object, let property) = target else { return nil }
            var known =
                link
                ?? ContractLink(
                    file: file, object: object, properties: [], columns: paths,
                    tolerance: own.tolerance ?? inherited.tolerance, onFail: own.onFail ?? inherited.onFail,
                    place: place)
            guard known.file == file, known.object == object else { return nil }
            known.properties.append(property)
            link = known
        }
        return link?.properties.count == paths.count ? link : nil
    }

    private static func finish(_ map: YAMLMap) {
        _ = map.value("id")
        _ = map.value("from")
        map.finish("a relationship")
    }
}
