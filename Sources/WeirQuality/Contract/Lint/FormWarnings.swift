import WeirCore

/// Finds what in a contract's form is older or newer than the version of the standard that it names.
///
/// Weir reads the keys of every version in every contract, so that nothing is lost; other tools may not. That is worth
/// a warning and no error.
struct FormWarnings {
    let source: SourceText
    let tree: YAMLTree

    private static let statuses = ["proposed", "draft", "active", "deprecated", "retired"]

    func find() -> [WeirError] {
        guard let text = tree["apiVersion"]?.string, let version = StandardVersion(text) else { return [] }
        var found: [WeirError] = []
        StandardWalk.each(in: tree) { step in
            // What is inside of a later key is later too; it is told once.
            if step.since > version, step.floor <= version { found.append(later(step, than: version)) }
            if let old = Self.deprecated(step, version) {
                found.append(warning("contract.deprecated-form", old.message, hint: old.hint, step.entry))
            }
            if step.entry.key == "severity", let word = step.entry.value.string, !Self.knows(severity: word) {
                found.append(
                    warning(
                        "contract.unknown-severity", "the severity \"\(word)\" is taken as error",
                        hint: "Weir knows info, warning and error", step.entry))
            }
        }
        if tree["status"] == nil, version < .v320 {
            found.append(
                source.error(
                    "contract.missing-status", "up to v3.1 a contract has a status",
                    hint: "one of \(Self.statuses.joined(separator: ", "))", line: 1, column: 1))
        }
        if let entry = tree.entry("status"), let word = entry.value.string, !Self.statuses.contains(word.lowercased()) {
            found.append(
                warning(
                    "contract.unknown-status", "\"\(word)\" is no status that the standard names",
                    hint: DidYouMean.hint(for: word, among: Self.statuses), entry))
        }
        return found
    }

    private func warning(_ code: String, _ message: String, hint: String?, _ entry: YAMLTree.Entry) -> WeirError {
        source.error(
            code, message, hint: hint, line: max(1, entry.line), column: max(1, entry.column), length: entry.key.count)
    }

    private func later(_ step: StandardWalk.Step, than version: StandardVersion) -> WeirError {
        let isKey = step.key.since == step.since
        let what = isKey ? "\"\(step.entry.key)\"" : "\(step.entry.key): \(step.entry.value.string ?? "…")"
        return warning(
            "contract.later-key", "\(what) came with \(step.since), and this contract says \(version)",
            hint: "Weir reads it all the same; for other tools write apiVersion: \(step.since)", step.entry)
    }

    private static func deprecated(
        _ step: StandardWalk.Step, _ version: StandardVersion
    ) -> (message: String, hint: String)? {
        guard version >= .v310 else { return nil }
        switch step.entry.key {
        case "team" where step.entry.value.isList && step.path.isEmpty:
            return ("a list of team members is the form of v3.0", "write team: { members: […] }")
        case "slaDefaultElement":
            return ("slaDefaultElement is deprecated", "name the element in each SLA property")
        case "rule" where step.parent["query"] == nil && step.path.last == "quality":
            return (
                "\"rule\" is the old name of \"metric\"",
                "write metric: \(OldMetrics.names[step.entry.value.string ?? ""] ?? "…")"
            )
        case "exclusiveMinimum", "exclusiveMaximum":
            guard case .bool = step.entry.value.plain else { return nil }
            return ("since v3.1 \(step.entry.key) is a bound of its own", "write the bound itself")
        case "scheduleCronExpression":
            return ("scheduleCronExpression is no key of v3", "write schedule: … and scheduler: cron")
        default: return nil
        }
    }

    private static func knows(severity word: String) -> Bool {
        ["error", "critical", "high", "fatal"].contains(word.lowercased()) || Severity(contract: word) != .error
    }
}
