import WeirCore

/// Reads the `quality` rules of an object or a property.
struct QualityReader {
    /// The object's columns, or the one property's.
    let columns: [ColumnContract]
    /// The object's columns as far as they are known while a property is read.
    var tableColumns: [ColumnContract] = []
    /// The property; nil for rules of the object.
    let path: ColumnPath?
    /// What the property says about failing rows; a rule may say otherwise.
    let settings: WeirSettings

    private enum Kind: String, CaseIterable { case library, text, sql, custom }
    private enum Metric: String, CaseIterable {
        case nullValues, missingValues, invalidValues, duplicateValues, rowCount
    }

    private static let dimensions = [
        "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness",
        "ac", "cp", "cf", "cs", "cv", "tm", "uq",
    ]

    func read(_ map: YAMLMap, into collector: inout RuleCollector) {
        Vocabulary.quality.read(map)
        let own = WeirSettings.read(map, of: .rule)
        if own.warn != nil, own.error != nil {
            map.report(
                "contract.contradiction", "weir.warn and weir.error stand in one rule",
                hint: "the rule's own operator is the other limit: keep one of the two", key: "customProperties")
        }
        let name = map.string("name") ?? map.value("id")?.plain().text
        let described = map.string("description")
        let severity = map.string("severity").map(Severity.init(contract:)) ?? .error
        let dimension = readDimension(map)
        let limit = LimitReader.read(map)
        let kind = readKind(map)
        let place = map.place()
        func add(_ rule: RuleKind, _ columns: [ColumnPath]) {
            var added = Rule(
                rule, columns: columns, severity: severity, limit: own.error ?? limit ?? .none,
                tolerance: own.tolerance ?? settings.tolerance, onFail: own.onFail ?? settings.onFail, name: name,
                description: described, dimension: dimension, place: place)
            added.warnLimit = own.error == nil ? own.warn : limit ?? Limit.none
            collector.add(added)
        }
        switch kind {
        case .library: readMetric(map, limit, add: add)
        case .sql: readQuery(map, hasLimit: limit != nil, add: add)
        case .text:
            collector.cannotCheck(name ?? "text", "a rule in words is for people: \(described ?? "")", at: place)
        case .custom:
            let engine = map.requiredString("engine", of: "a custom quality rule") ?? "?"
            if map.value("implementation") == nil {
                map.report("contract.missing-key", "a custom quality rule needs the key \"implementation\"")
            }
            if engine.lowercased() == "weir" {
                if let map = map.map("implementation"),
                    let (rule, paths) = CustomRuleReader(columns: tableColumns, path: path).read(map)
                {
                    if case .distribution(let distribution) = rule {
                        if limit == nil, own.error == nil { reportNoOperator(map, "a distribution") }
                        if distribution.measure == .psi, limit?.unit == .percent {
                            map.report(
                                "contract.bad-unit", "an index has no whole that it could be a percentage of",
                                key: "unit")
                        }
                    }
                    add(.custom(rule), paths)
                }
            } else {
                collector.cannotCheck(name ?? "custom", "a rule for the engine \"\(engine)\"", at: place)
            }
        case nil: break
        }
        if kind != nil {
            finish(map, kind)
        }
    }

    private func finish(_ map: YAMLMap, _ kind: Kind?) {
        // Keys of the other kinds are mistakes here, and still worth naming as such.
        let foreign: [(String, Kind)] = [
            ("query", .sql), ("engine", .custom), ("implementation", .custom), ("metric", .library),
        ]
        for (key, owner) in foreign where map.has(key) && owner != kind && map.value(key) != nil {
            map.report(
                "contract.misplaced-key", "\"\(key)\" belongs to a rule of type \(owner.rawValue)",
                hint: "this one is of type \(kind?.rawValue ?? "library")", key: key)
        }
        map.finish("a quality rule")
    }

    private func readKind(_ map: YAMLMap) -> Kind? {
        if map.value("type") != nil { return map.choice("type", Kind.self) }
        if map.has("metric") || map.has("rule") { return .library }
        // The standard's default is library; a query without a type can only be meant as SQL.
        return map.has("query") ? .sql : .library
    }

    private func readDimension(_ map: YAMLMap) -> String? {
        guard let text = map.string("dimension") else { return nil }
        if Self.dimensions.contains(text.lowercased()) { return text }
        map.report(
            "contract.unknown-value", "\"\(text)\" is not a dimension of quality",
            hint: DidYouMean.hint(for: text, among: Array(Self.dimensions.prefix(7))), key: "dimension")
        return nil
    }

    // MARK: Library metrics

    private func readMetric(_ map: YAMLMap, _ limit: Limit?, add: (RuleKind, [ColumnPath]) -> Void) {
        let key = map.value("metric") != nil ? "metric" : "rule"
        guard map.value(key) != nil else {
            map.report(
                "contract.missing-key", "a quality rule needs the key \"metric\"",
                hint: DidYouMean.hint(for: "", among: Metric.allCases.map(\.rawValue)))
            return
        }
        let word = map.value("rule")?.plain().text
        guard let metric = key == "rule" ? oldMetric(word, map) : map.choice(key, Metric.self) else { return }
        if let limit {
            LimitReader.checkCount(limit, map)
        } else if word != "nullCheck" {
            // The standard has no default: a rule that asks for nothing would pass whatever comes.
            reportNoOperator(map, metric.rawValue)
        }
        let arguments = map.map("arguments")
        defer { arguments?.finish("the arguments of \(metric.rawValue)") }
        switch (metric, path) {
        case (.rowCount, nil):
            if limit?.unit == .percent {
                map.report(
                    "contract.bad-unit", "rowCount has no whole that it could be a percentage of",
                    hint: "for a share of another table's rows, write a rule of engine weir with rowsOf", key: "unit")
            }
            add(.rowCount, [])
        case (.duplicateValues, nil):
            let columns = listedColumns(arguments, map)
            if !columns.isEmpty { add(.unique, columns) }
        case (.duplicateValues, let path?): add(.unique, [path])
        case (.nullValues, let path?): add(.notNull, [path])
        case (.missingValues, let path?):
            guard let list = arguments?.value("missingValues") else {
                map.report("contract.missing-key", "missingValues needs arguments: { missingValues: [null, \"\", …] }")
                return
            }
            add(.notMissing(values(list, "missingValues")), [path])
        case (.invalidValues, let path?): readInvalid(map, arguments, path, add: add)
        case (.rowCount, _?):
            map.report(
                "contract.misplaced-metric", "rowCount is about a table: move it to the object's quality", key: key)
        case (_, nil):
            map.report(
                "contract.misplaced-metric", "\(metric.rawValue) is about a column: move it to the property's quality",
                key: key)
        }
    }

    private func readInvalid(
        _ map: YAMLMap, _ arguments: YAMLMap?, _ path: ColumnPath, add: (RuleKind, [ColumnPath]) -> Void
    ) {
        let valid = arguments?.value("validValues") ?? map.value("validValues")
        let pattern = arguments?.value("pattern")
        if valid == nil, pattern == nil {
            map.report("contract.missing-key", "invalidValues needs arguments: { validValues: […] } or { pattern: … }")
        }
        if valid != nil, pattern != nil {
            map.report(
                "contract.contradiction", "validValues and pattern stand together",
                hint: "make two rules of them, so that each has its own count", key: "arguments")
            return
        }
        if let valid { add(.acceptedValues(values(valid, "validValues")), [path]) }
        if let pattern, let read = PatternReader.read(pattern) { add(.pattern(read), [path]) }
    }

    private func values(_ list: YAMLValue, _ key: String) -> [PlainValue] {
        let values = list.list().map { $0.plain() }
        if values.isEmpty, list.isList {
            list.report(
                "contract.contradiction",
                "\(key) is empty: \(key == "validValues" ? "no value can pass" : "the rule says nothing")")
        }
        return values
    }

    /// Metrics of v3.0 stand under the key `rule`, with names of their own.
    private func oldMetric(_ word: String?, _ map: YAMLMap) -> Metric? {
        if let word, let name = OldMetrics.names[word], let metric = Metric(rawValue: name) { return metric }
        return map.choice("rule", Metric.self)
    }

    private func listedColumns(_ arguments: YAMLMap?, _ map: YAMLMap) -> [ColumnPath] {
        guard let list = arguments?.value("properties") else {
            map.report("contract.missing-key", "duplicateValues of a table needs arguments: { properties: [a, b] }")
            return []
        }
        let known = columns.map(\.name)
        return list.list().compactMap { item in
            guard let name = item.string() else { return nil }
            if let column = columns.first(where: { $0.name == name || $0.columnName == name }) {
                return ColumnPath(column.columnName)
            }
            item.report(
                "contract.unknown-column", "the object has no property \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: known))
            return nil
        }
    }

    // MARK: SQL

    private func readQuery(_ map: YAMLMap, hasLimit: Bool, add: (RuleKind, [ColumnPath]) -> Void) {
        guard let value = map.value("query") else {
            map.report("contract.missing-key", "an SQL rule needs the key \"query\"")
            return
        }
        guard let text = value.plain().text, !text.allSatisfy(\.isWhitespace) else {
            value.report("contract.empty-query", "the query is empty")
            return
        }
        if !hasLimit { reportNoOperator(map, "an SQL rule") }
        add(.sql(text), path.map { [$0] } ?? [])
    }

    private func reportNoOperator(_ map: YAMLMap, _ what: String) {
        // A misspelt operator is told as such, and that is enough.
        if map.keys.contains(where: { $0.hasPrefix("must") }) { return }
        map.report(
            "contract.no-operator", "\(what) needs an operator",
            hint: "one of \(LimitReader.operators.joined(separator: ", "))")
    }
}
