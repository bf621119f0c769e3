import WeirCore

/// Weir's own settings inside a contract: `customProperties` named `weir.…`, or named without the prefix and
/// with `vendor: weir` (v3.2.0).
struct WeirSettings {
    var onFail: OnFail?
    var tolerance: Tolerance?
    /// How closely the table is watched; only tables have it.
    var anomaly: WatchSettings?
    /// Limits of a rule beside its own; only rules have them.
    var warn: Limit?
    var error: Limit?

    /// What the settings stand at.
    enum Owner { case table, rule, other }

    private static let names = ["onFail", "tolerance", "anomaly", "warn", "error"]

    /// Reads the `customProperties` of a table, a column or a rule. Properties of others are left alone.
    static func read(_ map: YAMLMap, of owner: Owner = .other) -> WeirSettings {
        var settings = WeirSettings()
        for property in map.maps("customProperties") {
            Vocabulary.customProperty.readAll(property)
            guard let name = property.value("property")?.plain().text else { continue }
            let vendor = property.value("vendor")?.plain().text?.lowercased()
            if name.lowercased().hasPrefix("weir.") {
                settings.set(String(name.dropFirst(5)), property, owner)
            } else if vendor == "weir" {
                settings.set(name, property, owner)
            }
        }
        return settings
    }

    private mutating func set(_ name: String, _ property: YAMLMap, _ owner: Owner) {
        guard let value = property.value("value") else {
            property.report("contract.missing-key", "the custom property \"weir.\(name)\" needs a value")
            return
        }
        switch name {
        case "onFail":
            guard let text = value.string() else { return }
            onFail = OnFail(rawValue: text)
            if onFail == nil {
                value.report(
                    "contract.unknown-value", "\"\(text)\" is not a way to treat failing rows",
                    hint: DidYouMean.hint(for: text, among: OnFail.allCases.map(\.rawValue)))
            }
        case "tolerance":
            guard let text = value.string() else { return }
            tolerance = Tolerance(text)
            if tolerance == nil {
                value.report(
                    "contract.bad-tolerance", "\"\(text)\" is not a tolerance", hint: "write \"1%\" or \"100 rows\"")
            }
        case "anomaly" where owner == .table: anomaly = WatchSettings.read(value)
        case "anomaly":
            property.report(
                "contract.unknown-setting", "\"weir.anomaly\" is a setting of a table",
                hint: "write it in the customProperties of the schema object, with `columns:` to name some",
                key: "property")
        case "warn" where owner == .rule: warn = Self.limit(value)
        case "error" where owner == .rule: error = Self.limit(value)
        case "warn", "error":
            property.report(
                "contract.misplaced-key", "weir.\(name) is a limit of a rule", hint: "move it to a rule of quality",
                key: "property")
        default:
            property.report(
                "contract.unknown-setting", "Weir has no setting \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: Self.names), key: "property")
        }
    }

    /// A second limit: the standard's operators with a unit, or as many rows as may break the rule: `0.5%`, `100 rows`.
    private static func limit(_ value: YAMLValue) -> Limit? {
        if let text = value.plain().text {
            if let most = Tolerance(text) {
                return switch most {
                case .rows(let rows): Limit([.lessOrEqual(Double(rows))])
                case .percent(let share): Limit([.lessOrEqual(share)], unit: .percent)
                }
            }
            value.report(
                "contract.bad-limit", "\"\(text)\" is not a limit",
                hint:
                    "write the most rows that may break the rule, like 0.5% or 100 rows, or an operator: { mustBeLessThan: 5 }"
            )
            return nil
        }
        guard let map = value.map() else { return nil }
        let limit = LimitReader.read(map)
        if limit == nil, !map.keys.contains(where: { $0.hasPrefix("must") }) {
            map.report(
                "contract.no-operator", "a limit needs an operator",
                hint: "one of \(LimitReader.operators.joined(separator: ", "))")
        }
        map.finish("a limit")
        return limit
    }
}
