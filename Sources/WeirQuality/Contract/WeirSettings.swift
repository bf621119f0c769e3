import WeirCore

/// Weir's own settings inside a contract: `customProperties` named `weir.…`, or named without the prefix and
/// with `vendor: weir` (v3.2.0).
struct WeirSettings {
    var onFail: OnFail?
    var tolerance: Tolerance?
    /// How closely the table is watched; only tables have it.
    var anomaly: WatchSettings?

    private static let names = ["onFail", "tolerance", "anomaly"]

    /// Reads the `customProperties` of a table, a column or a rule. Properties of others are left alone.
    static func read(_ map: YAMLMap, ofTable: Bool = false) -> WeirSettings {
        var settings = WeirSettings()
        for property in map.maps("customProperties") {
            Vocabulary.customProperty.readAll(property)
            guard let name = property.value("property")?.plain().text else { continue }
            let vendor = property.value("vendor")?.plain().text?.lowercased()
            if name.lowercased().hasPrefix("weir.") {
                settings.set(String(name.dropFirst(5)), property, ofTable)
            } else if vendor == "weir" {
                settings.set(name, property, ofTable)
            }
        }
        return settings
    }

    private mutating func set(_ name: String, _ property: YAMLMap, _ ofTable: Bool) {
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
        case "anomaly" where ofTable: anomaly = WatchSettings.read(value)
        case "anomaly":
            property.report(
                "contract.unknown-setting", "\"weir.anomaly\" is a setting of a table",
                hint: "write it in the customProperties of the schema object, with `columns:` to name some",
                key: "property")
        default:
            property.report(
                "contract.unknown-setting", "Weir has no setting \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: Self.names), key: "property")
        }
    }
}
