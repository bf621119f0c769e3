import WeirCore

/// Reads `logicalTypeOptions`: the limits that go with a type.
struct TypeOptionsReader {
    let path: ColumnPath
    let settings: WeirSettings

    func read(_ property: YAMLMap, of column: inout ColumnContract, into collector: inout RuleCollector) {
        guard let map = property.map("logicalTypeOptions") else { return }
        let type = column.logicalType
        // Without a logical type every option is taken: the physical type alone does not name its options.
        if type == nil || type == .string { readText(map, of: &column, into: &collector) }
        if [nil, .integer, .number, .date, .timestamp, .time].contains(type) {
            readRange(map, type, of: &column, into: &collector)
        }
        if type == nil || type == .timestamp || type == .time {
            column.hasTimeZone = map.bool("timezone")
            _ = map.string("defaultTimezone")
        }
        if type == nil || type == .array { readArray(map, into: &collector) }
        if type == nil || type == .object { readObject(map, into: &collector) }
        if type == .vector { readVector(map, into: &collector) }
        map.finish("logicalTypeOptions of \(type.map { "type \($0.rawValue)" } ?? "a property")")
    }

    private func add(_ kind: RuleKind, _ map: YAMLMap, _ key: String, into collector: inout RuleCollector) {
        collector.add(
            Rule(
                kind, columns: [path], tolerance: settings.tolerance, onFail: settings.onFail, place: map.place(key)))
    }

    // MARK: Text

    private func readText(_ map: YAMLMap, of column: inout ColumnContract, into collector: inout RuleCollector) {
        if let bounds = countBounds(map, "minLength", "maxLength") {
            add(.length(min: bounds.min, max: bounds.max), map, bounds.key, into: &collector)
        }
        if let value = map.value("pattern"), let pattern = PatternReader.read(value) {
            add(.pattern(pattern), map, "pattern", into: &collector)
        }
        guard column.logicalType == .string, let word = map.string("format") else { return }
        column.format = word
        if let format = TextFormat(contract: word) {
            add(.format(format), map, "format", into: &collector)
        } else if TextFormat.descriptive.contains(word.lowercased()) {
            collector.cannotCheck(
                "format", "\"\(word)\" says how text is stored, not which is right", at: map.place("format"))
        } else {
            collector.cannotCheck("format", "the format \"\(word)\" is not known here", at: map.place("format"))
        }
    }

    // MARK: Ranges

    private func readRange(
        _ map: YAMLMap, _ type: ContractType?, of column: inout ColumnContract, into collector: inout RuleCollector
    ) {
        let isNumeric =
            type == nil ? !PhysicalType.isTemporal(column.physicalType) : type == .integer || type == .number
        var range = ValueRange(isNumeric: isNumeric)
        range.minimum = bound(map, "minimum", isNumeric)
        range.maximum = bound(map, "maximum", isNumeric)
        (range.minimum, range.exclusiveMinimum) = exclusive(map, "exclusiveMinimum", range.minimum, isNumeric)
        (range.maximum, range.exclusiveMaximum) = exclusive(map, "exclusiveMaximum", range.maximum, isNumeric)
        if !range.isOpen {
            let key = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].first(where: map.has)
            checkOrder(range, map)
            add(.range(range), map, key ?? "minimum", into: &collector)
        }
        if isNumeric { readMultiple(map, into: &collector) }
        guard let format = map.string("format") else { return }
        column.format = format
        switch type {
        case .integer where PhysicalType.rustIntegers[format] == nil:
            map.report(
                "contract.unknown-value", "\"\(format)\" is not the format of an integer",
                hint: DidYouMean.hint(for: format, among: PhysicalType.rustIntegers.keys.sorted()), key: "format")
        case .number where !["f32", "f64"].contains(format):
            map.report(
                "contract.unknown-value", "\"\(format)\" is not the format of a number", hint: "allowed here: f32, f64",
                key: "format")
        case .date, .timestamp, .time:
            collector.cannotCheck(
                "format", "a value that is typed as \(type?.rawValue ?? "date") has no text form to check",
                at: map.place("format"))
        default: break
        }
    }

    private func bound(_ map: YAMLMap, _ key: String, _ isNumeric: Bool) -> String? {
        guard let value = map.value(key), let text = value.string() else { return nil }
        if isNumeric, let number = NumberText.normal(text) { return number }
        if !isNumeric, DateText.isValid(text) { return text }
        value.report(
            "contract.bad-bound", "\"\(text.prefix(80))\" is not a \(isNumeric ? "number" : "date or time")",
            hint: isNumeric ? nil : "write 2024-01-31, 2024-01-31T13:45:00 or 13:45:00")
        return nil
    }

    /// Up to v3.0 the exclusive bounds were booleans that changed the meaning of the plain ones.
    private func exclusive(
        _ map: YAMLMap, _ key: String, _ plain: String?, _ isNumeric: Bool
    ) -> (plain: String?, exclusive: String?) {
        guard let value = map.value(key) else { return (plain, nil) }
        if case .bool(let isExclusive) = value.plain() {
            if isExclusive, plain == nil {
                value.report(
                    "contract.bad-bound", "\(key): true needs \(key == "exclusiveMinimum" ? "minimum" : "maximum")")
            }
            return isExclusive ? (nil, plain) : (plain, nil)
        }
        return (plain, bound(map, key, isNumeric))
    }

    private func checkOrder(_ range: ValueRange, _ map: YAMLMap) {
        guard let low = range.minimum ?? range.exclusiveMinimum, let high = range.maximum ?? range.exclusiveMaximum
        else { return }
        let isWrong =
            if range.isNumeric { (Double(low) ?? 0) > (Double(high) ?? 0) } else {
                low.count == high.count && low > high
            }
        if isWrong {
            map.report(
                "contract.contradiction", "the smallest value \(low) is above the largest \(high): no value can pass",
                key: range.minimum != nil ? "minimum" : "exclusiveMinimum")
        }
    }

    private func readMultiple(_ map: YAMLMap, into collector: inout RuleCollector) {
        guard let value = map.value("multipleOf"), let text = value.string() else { return }
        guard let number = NumberText.normal(text), let amount = Double(number), amount > 0 else {
            value.report("contract.bad-bound", "multipleOf must be a number above 0")
            return
        }
        add(.multipleOf(number), map, "multipleOf", into: &collector)
    }

    // MARK: Arrays, objects, vectors

    private func readArray(_ map: YAMLMap, into collector: inout RuleCollector) {
        if let bounds = countBounds(map, "minItems", "maxItems") {
            add(.itemCount(min: bounds.min, max: bounds.max), map, bounds.key, into: &collector)
        }
        if map.bool("uniqueItems") == true { add(.uniqueItems, map, "uniqueItems", into: &collector) }
    }

    private func readObject(_ map: YAMLMap, into collector: inout RuleCollector) {
        for key in ["minProperties", "maxProperties"] where map.int(key) != nil {
            collector.cannotCheck(key, "objects of a typed table have a fixed number of fields", at: map.place(key))
        }
        for field in map.strings("required") {
            collector.add(
                Rule(
                    .notNull, columns: [ColumnPath(parts: path.parts + [field])], tolerance: settings.tolerance,
                    onFail: settings.onFail, place: map.place("required")))
        }
    }

    private func readVector(_ map: YAMLMap, into collector: inout RuleCollector) {
        for key in [
            "dimensions", "elementType", "distanceMetric", "embeddingModel", "embeddingModelVersion", "normalized",
        ] {
            if let value = map.value(key) {
                Shape.scalar.check(value)
                if key == "dimensions", let length = value.int() {
                    if length < 1 { value.report("contract.bad-bound", "a vector has at least one dimension") }
                    add(.itemCount(min: length, max: length), map, key, into: &collector)
                }
                if key == "normalized", value.bool() == true {
                    collector.cannotCheck(key, "the length of vectors is not checked", at: map.place(key))
                }
            }
        }
    }

    private func countBounds(_ map: YAMLMap, _ low: String, _ high: String) -> (min: Int?, max: Int?, key: String)? {
        let (least, most) = (map.int(low), map.int(high))
        for (key, bound) in [(low, least), (high, most)] where bound ?? 0 < 0 {
            map.report("contract.bad-bound", "\(key) must not be negative", key: key)
        }
        if let least, let most, least > most {
            map.report("contract.contradiction", "\(low) is above \(high): no value can pass", key: low)
        }
        return least == nil && most == nil ? nil : (least, most, least == nil ? high : low)
    }
}
