import WeirCore

/// Reads `slaProperties` and turns latency into freshness rules of the tables they name.
struct SLAReader {
    /// `slaDefaultElement`, deprecated and still read.
    let defaultElement: String?
    let tables: [TableContract]

    private static let seconds: [String: Double] = {
        let units: [(Double, [String])] = [
            (1, ["s", "sec", "second", "seconds"]), (60, ["m", "min", "minute", "minutes"]),
            (3600, ["h", "hr", "hour", "hours"]), (86_400, ["d", "day", "days"]),
            (604_800, ["w", "wk", "week", "weeks"]), (2_592_000, ["mo", "month", "months"]),
            (31_536_000, ["y", "yr", "year", "years"]),
        ]
        var seconds: [String: Double] = [:]
        for (length, words) in units { for word in words { seconds[word] = length } }
        return seconds
    }()

    /// The tables with their freshness rules, and the properties that nothing enforces.
    func apply(_ maps: [YAMLMap]) -> (tables: [TableContract], notChecked: [NotChecked]) {
        var tables = self.tables
        var unchecked: [NotChecked] = []
        for map in maps {
            Vocabulary.sla.read(map)
            let settings = WeirSettings.read(map)
            let property = map.requiredString("property", of: "an SLA property") ?? ""
            let element = map.string("element") ?? defaultElement
            let unit = map.string("unit")
            let described = map.string("description")
            if map.value("value") == nil {
                map.report("contract.missing-key", "an SLA property needs the key \"value\"")
            }
            if ["latency", "ly", "freshness"].contains(property.lowercased()) {
                if let age = age(map, unit: unit) {
                    unchecked += addFreshness(age, element, settings, described, map, to: &tables)
                }
            } else if let value = map.value("value") {
                Shape.scalar.check(value)
                unchecked.append(
                    NotChecked(place: map.place(), key: property, why: "this service level cannot be seen in a table"))
            }
            map.finish("an SLA property")
        }
        return (tables, unchecked)
    }

    private func age(_ map: YAMLMap, unit: String?) -> Double? {
        guard let value = map.value("value") else { return nil }
        if unit == nil, let text = value.plain().text, let span = Span(text) { return Double(span.seconds) }
        guard let amount = value.double() else { return nil }
        guard amount >= 0, amount.isFinite else {
            value.report("contract.bad-bound", "a latency cannot be negative")
            return nil
        }
        let word = (unit ?? "d").lowercased()
        guard let scale = Self.seconds[word] else {
            map.report(
                "contract.unknown-value", "\"\(word)\" is not a unit of time",
                hint: "write s, m (minutes), h, d, w, mo (30 days) or y (365 days)", key: "unit")
            return nil
        }
        return amount * scale
    }

    private func addFreshness(
        _ age: Double, _ element: String?, _ settings: WeirSettings, _ described: String?, _ map: YAMLMap,
        to tables: inout [TableContract]
    ) -> [NotChecked] {
        guard let element else {
            return [
                NotChecked(
                    place: map.place(), key: "latency", why: "it names no element, as in element: orders.updated_at")
            ]
        }
        for name in element.split(separator: ",").map({ $0.trimmingPrefix(while: \.isWhitespace) }) {
            let text = String(name).split(whereSeparator: \.isWhitespace).joined()
            guard let (table, column) = find(text, map) else { continue }
            var rule = Rule(
                .freshness(seconds: age), columns: [ColumnPath(column)], tolerance: nil, onFail: settings.onFail,
                description: described, place: map.place())
            rule.limit = Limit([.lessOrEqual(age)])
            let count = tables[table].rules.filter { $0.id == rule.id || $0.id.hasPrefix(rule.id + "#") }.count
            if count > 0 { rule.id += "#\(count + 1)" }
            tables[table].rules.append(rule)
        }
        return []
    }

    /// `object.property`, or the property alone when the contract has one object.
    private func find(_ element: String, _ map: YAMLMap) -> (table: Int, column: String)? {
        for (index, table) in tables.enumerated() where element.lowercased().hasPrefix(table.name.lowercased() + ".") {
            let name = String(element.dropFirst(table.name.count + 1))
            if let column = table.column(name) { return (index, column.columnName) }
            map.report(
                "contract.unknown-column", "\(table.name) has no property \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: table.columns.map(\.name)), key: "element")
            return nil
        }
        if tables.count == 1, let column = tables[0].column(element) { return (0, column.columnName) }
        let known = tables.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } }
        map.report(
            "contract.unknown-column", "\"\(element)\" is no element of this contract",
            hint: DidYouMean.hint(for: element, among: known), key: map.has("element") ? "element" : nil)
        return nil
    }
}
