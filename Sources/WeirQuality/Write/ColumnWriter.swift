import WeirCore

/// Writes one property of an object, with the rules that its keys express.
struct ColumnWriter {
    let column: ColumnContract
    let rules: [Rule]
    /// The table's key is one column, so that it needs no position.
    let isOnlyKey: Bool
    var evidence: [String] = []

    func write(to out: inout Lines) {
        out.item { out in
            out.add("name: \(YAMLText.text(column.name))")
            // A line break in a value would end the comment and begin YAML.
            for line in evidence { out.add("# \(Cell.visible(line))") }
            if let name = column.physicalName { out.add("physicalName: \(YAMLText.text(name))") }
            if let type = column.logicalType { out.add("logicalType: \(type.rawValue)") }
            if let type = column.physicalType { out.add("physicalType: \(YAMLText.text(type))") }
            if let text = column.description { out.add("description: \(YAMLText.text(text))") }
            if let position = column.primaryKeyPosition {
                out.add("primaryKey: true")
                if !isOnlyKey, position != .max { out.add("primaryKeyPosition: \(position)") }
            }
            if column.required { out.add("required: true") }
            if column.unique { out.add("unique: true") }
            if let word = column.classification { out.add("classification: \(YAMLText.text(word))") }
            SettingsWriter.write(onFail: column.onFail, tolerance: column.tolerance, to: &out)
            writeOptions(to: &out)
            let references = rules.filter { if case .foreignKey = $0.kind { true } else { false } }
            if !references.isEmpty { out.add("relationships:") }
            for rule in references { out.indented(1) { RuleWriter.relationship(rule, columns: nil, to: &$0) } }
            let checks = rules.filter { !isExpressed($0) }
            if !checks.isEmpty { out.add("quality:") }
            for rule in checks { out.indented(1) { RuleWriter.quality(rule, columns: nil, to: &$0) } }
        }
    }

    /// Rules that the property's other keys already say.
    private func isExpressed(_ rule: Rule) -> Bool {
        if case .foreignKey = rule.kind { return true }
        guard RuleWriter.isPlain(rule) else { return false }
        return switch rule.kind {
        case .notNull: column.required || column.primaryKeyPosition != nil
        case .unique: column.unique
        default: !options(of: rule.kind).isEmpty
        }
    }

    private func writeOptions(to out: inout Lines) {
        var lines: [String] = []
        if let format = column.format, column.logicalType != .string {
            lines.append("format: \(YAMLText.text(format))")
        }
        if let zone = column.hasTimeZone { lines.append("timezone: \(zone)") }
        for rule in rules where RuleWriter.isPlain(rule) { lines += options(of: rule.kind) }
        guard !lines.isEmpty else { return }
        out.add("logicalTypeOptions:")
        for line in lines { out.add("  \(line)") }
    }

    private func options(of kind: RuleKind) -> [String] {
        switch kind {
        case .pattern(let pattern): return ["pattern: \(YAMLText.text(pattern.source))"]
        case .format(let format): return ["format: \(format == .dateTime ? "date-time" : format.rawValue)"]
        case .multipleOf(let number): return ["multipleOf: \(number)"]
        case .length(let least, let most): return Self.bounds(("minLength", least), ("maxLength", most))
        case .itemCount(let least, let most): return Self.bounds(("minItems", least), ("maxItems", most))
        case .uniqueItems: return ["uniqueItems: true"]
        case .range(let range):
            let keys = [
                ("minimum", range.minimum), ("maximum", range.maximum), ("exclusiveMinimum", range.exclusiveMinimum),
                ("exclusiveMaximum", range.exclusiveMaximum),
            ]
            return keys.compactMap { key, bound in
                bound.map { "\(key): \(range.isNumeric ? $0 : YAMLText.text($0))" }
            }
        default: return []
        }
    }

    private static func bounds(_ pairs: (String, Int?)...) -> [String] {
        pairs.compactMap { key, bound in bound.map { "\(key): \($0)" } }
    }
}
