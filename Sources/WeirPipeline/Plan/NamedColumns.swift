import WeirCore

/// Columns that the settings of a table name must be among those that it has.
struct NamedColumns {
    let table: TableName
    let load: LoadSettings
    /// Where a name stands of which nothing better is known.
    let place: Place
    /// The file, where the settings are a part of it.
    var text: SourceText?

    func check(_ names: [String], described: [String] = [], _ problems: Problems) {
        func look(for wanted: String?, as role: String, under key: String? = nil) {
            guard let wanted, !names.contains(where: { $0.lowercased() == wanted.lowercased() }) else { return }
            problems.add(
                mistake(
                    "project.unknown-column", "\(table) has no column \"\(wanted)\", which is named as \(role)",
                    hint: DidYouMean.hint(for: wanted, among: names), at: load.places[key ?? role]))
        }
        for key in load.key { look(for: key, as: "key") }
        look(for: load.watermark, as: "watermark")
        look(for: load.interval?.column, as: "interval column")
        if load.strategy == .scd2 {
            look(for: load.scd2.updatedAt, as: "updated_at")
            for reserved in SCD2Columns.all where names.contains(where: { $0.lowercased() == reserved }) {
                problems.add(
                    mistake(
                        "project.reserved-column", "\(table) returns a column \"\(reserved)\", which scd2 adds itself",
                        hint: "rename it in the SELECT", at: nil))
            }
        }
        for name in described { look(for: name, as: "a described column", under: "a described column \(name)") }
    }

    private func mistake(_ code: String, _ message: String, hint: String?, at found: Place?) -> WeirError {
        guard let text, let line = found?.line else { return WeirError(code, message, hint: hint, at: found ?? place) }
        return text.error(code, message, hint: hint, line: line, column: found?.column)
    }
}
