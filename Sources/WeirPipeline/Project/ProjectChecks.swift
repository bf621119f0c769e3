import WeirCore
import WeirQuality

/// Mistakes that show only when the files of a project are seen together.
struct ProjectChecks {
    let project: Project
    let problems: Problems

    func run() {
        checkNamesAreUnique()
        checkContractsFit()
        for source in project.sources { checkLoad(source) }
        for model in project.models where model.load.strategy == .view && model.onFail == .quarantine {
            problems.add(
                WeirError(
                    "project.view-quarantine", "\(model.name) is a view, and a view cannot hold rows back",
                    hint: "use strategy table, or on_fail stop or warn", at: model.place))
        }
    }

    /// Settings of a load that would have no effect, or a wrong one, on what it reads.
    private func checkLoad(_ source: SourceDefinition) {
        let load = source.load
        func report(_ message: String, hint: String) {
            problems.add(WeirError("project.useless-key", "\(source.name): \(message)", hint: hint, at: source.place))
        }
        if let batch = load.batch {
            if batch < 1 { report("`batch:` must be at least 1", hint: "leave it out to load everything at once") }
            if load.strategy == .replace {
                report("`batch:` has no effect with strategy replace", hint: "a table is replaced as a whole")
            }
        }
        guard case .database = source.origin, load.watermark == nil else { return }
        if load.batch != nil, load.strategy != .replace {
            report(
                "`batch:` needs a `watermark:` to divide a database's rows by", hint: "name a column that only grows")
        }
        if load.strategy == .append {
            report(
                "strategy append needs a `watermark:`, or each run would publish the same rows again",
                hint: "name a column that only grows, like updated_at, or use strategy merge with a key")
        }
    }

    private func checkNamesAreUnique() {
        var seen: [String: Place] = [:]
        let all = project.sources.map { ($0.name, $0.place) } + project.models.map { ($0.name, $0.place) }
        for (name, place) in all {
            if let first = seen[name.key] {
                problems.add(
                    WeirError(
                        "project.duplicate-name", "\(name) is defined twice; the first is in \(first)",
                        hint: "rename one of them", at: place))
            } else {
                seen[name.key] = place
            }
            for reserved in ["weir_meta", "weir_quarantine", "weir_search"] where name.schema.lowercased() == reserved {
                problems.add(WeirError("project.reserved-name", "the schema \(reserved) is Weir's own", at: place))
            }
        }
    }

    private func checkContractsFit() {
        let all =
            project.sources.map { ($0.name, $0.contract, $0.place) }
            + project.models.map { ($0.name, $0.contract, $0.place) }
        for case (let name, let path?, let place) in all {
            guard let contract = project.contracts[path] else { continue }
            if project.tableContract(path, for: name) == nil {
                problems.add(
                    WeirError(
                        "project.contract-object", "the contract \(path) has no object for \(name)",
                        hint: "it describes: \(contract.tables.map(\.name).joined(separator: ", "))", at: place))
            }
        }
    }
}
