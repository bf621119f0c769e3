import WeirCore

/// One property of an object as a document, with the rules that its keys express.
struct ColumnWriter {
    let column: ColumnContract
    let rules: [Rule]
    /// The table's key is one column, so that it needs no position.
    let isOnlyKey: Bool
    var evidence: [String] = []

    var tree: YAMLTree {
        let references = rules.filter { if case .foreignKey = $0.kind { true } else { false } }
        let position = column.primaryKeyPosition.flatMap { isOnlyKey || $0 == .max ? nil : $0 }
        var tree = YAMLTree.object([
            "name": .said(column.name), "physicalName": column.physicalName.map(YAMLTree.said),
            "logicalType": column.logicalType.map { .plain($0.rawValue) },
            "physicalType": column.physicalType.map(YAMLTree.said),
            "businessName": column.businessName.map(YAMLTree.said),
            "description": column.description.map(YAMLTree.said), "tags": .listed(column.tags.map(YAMLTree.said)),
            "primaryKey": column.primaryKeyPosition.map { _ in .bool(true) },
            "primaryKeyPosition": position.map(YAMLTree.int), "required": column.required ? .bool(true) : nil,
            "unique": column.unique ? .bool(true) : nil, "classification": column.classification.map(YAMLTree.said),
            "logicalTypeOptions": options,
            "customProperties": SettingsWriter.tree(onFail: column.onFail, tolerance: column.tolerance),
            "properties": .listed(fields), "items": items,
            "relationships": .listed(references.map { RuleWriter.relationship($0, in: nil) }),
            "quality": .listed(rules.filter { !isExpressed($0) }.map { RuleWriter.quality($0, in: nil) }),
        ])
        if !evidence.isEmpty, case .map(var entries) = tree {
            entries[min(1, entries.count - 1)].comments = evidence
            tree = .map(entries)
        }
        return tree
    }

    private var fields: [YAMLTree] { column.fields.map { ColumnWriter(column: $0, rules: [], isOnlyKey: false).tree } }

    private var items: YAMLTree? {
        column.itemType.map { .object(["physicalType": .said($0)]) }
    }

    /// Rules that the property's other keys already say.
    private func isExpressed(_ rule: Rule) -> Bool {
        if case .foreignKey = rule.kind { return true }
        guard RuleWriter.isPlain(rule) else { return false }
        return switch rule.kind {
        case .notNull: column.required || column.primaryKeyPosition != nil
        case .unique: column.unique
        default: !Self.options(of: rule.kind).isEmpty
        }
    }

    private var options: YAMLTree? {
        var entries: [(String, YAMLTree)] = []
        if let format = column.format, column.logicalType != .string { entries.append(("format", .said(format))) }
        if let zone = column.hasTimeZone { entries.append(("timezone", .bool(zone))) }
        for rule in rules where RuleWriter.isPlain(rule) { entries += Self.options(of: rule.kind) }
        return entries.isEmpty ? nil : .map(entries.map { YAMLTree.Entry($0.0, $0.1) })
    }

    /// The options that say the same as a rule; none where only `quality` can say it.
    static func options(of kind: RuleKind) -> [(String, YAMLTree)] {
        switch kind {
        case .pattern(let pattern): return [("pattern", .text(pattern.source))]
        case .format(let format): return [("format", .plain(format == .dateTime ? "date-time" : format.rawValue))]
        case .multipleOf(let number): return [("multipleOf", .plain(number))]
        case .length(let least, let most): return bounds(("minLength", least), ("maxLength", most))
        case .itemCount(let least, let most): return bounds(("minItems", least), ("maxItems", most))
        case .uniqueItems: return [("uniqueItems", .bool(true))]
        case .range(let range):
            let keys = [
                ("minimum", range.minimum), ("exclusiveMinimum", range.exclusiveMinimum), ("maximum", range.maximum),
                ("exclusiveMaximum", range.exclusiveMaximum),
            ]
            return keys.compactMap { key, bound in bound.map { (key, range.isNumeric ? .plain($0) : .text($0)) } }
        default: return []
        }
    }

    private static func bounds(_ pairs: (String, Int?)...) -> [(String, YAMLTree)] {
        pairs.compactMap { key, bound in bound.map { (key, .int($0)) } }
    }
}
