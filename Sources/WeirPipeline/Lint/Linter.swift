import WeirCore
import WeirQuality

extension Runner {
    /// Looks for what the project leaves unsaid.
    ///
    /// - Throws: `plan.invalid` with every mistake in the models: those come first.
    public func lint() async throws -> LintReport {
        let planned = try await survey(toleratesLock: true)
        let columns = Dictionary(
            planned.plan.nodes.map { ($0.name.key, $0.columns) }, uniquingKeysWith: { first, _ in first })
        return Linter(project: project, tests: TestIndex(project), columns: columns).report()
    }
}

/// The rules, as a pure function of the project.
struct Linter {
    let project: Project
    let tests: TestIndex
    /// What the tables look like, by key; a table that is missing here is judged by its contract.
    let columns: [String: [Column]]

    func report() -> LintReport {
        let findings = project.sources.flatMap(lint) + project.models.flatMap(lint)
        return LintReport(findings: findings, tables: project.sources.count + project.models.count)
    }

    private func lint(_ source: SourceDefinition) -> [LintReport.Finding] {
        var found = Findings(table: source.name, place: source.place)
        if source.contract == nil {
            found.add(
                .sourceWithoutContract, "what comes in is not checked against any contract",
                hint: "name a contract with `contract:`; `weir init --from` writes one from the data")
        }
        common(source.notes, &found)
        return found.all
    }

    private func lint(_ model: ModelDefinition) -> [LintReport.Finding] {
        var found = Findings(table: model.name, place: model.place)
        if model.notes.why?.isEmpty ?? true {
            found.add(.modelWithoutWhy, "nobody has said why it is there", hint: "add `why:` to the header")
        }
        if model.contract == nil {
            found.add(
                .modelWithoutContract, "no contract says what its rows must keep",
                hint: "name one with `contract:` in the header")
        }
        if tests.tests(of: model.name).isEmpty {
            found.add(
                .modelWithoutTest, "no test shows what its SQL does",
                hint: "`weir test --new \(model.name)` writes a first one")
        }
        common(model.notes, &found)
        return found.all
    }

    private func common(_ notes: TableNotes, _ found: inout Findings) {
        if notes.owner?.isEmpty ?? true {
            found.add(
                .tableWithoutOwner, "nobody owns it",
                hint: "add `owner:`, here or for all under `defaults:` in weir.yaml")
        }
        let missing = undescribed(found.table, notes)
        if !missing.isEmpty {
            let names =
                missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? " and \(missing.count - 5) more" : "")
            found.add(
                .columnWithoutDescription, "some columns are described and these are not: \(names)",
                hint: "add them under `columns:` in the header, or `description:` in the contract")
        }
    }

    /// Columns without a description in a table that describes others; scd2's own explain themselves.
    private func undescribed(_ table: TableName, _ notes: TableNotes) -> [String] {
        let contract = project.tableContract(for: table)
        var names = (columns[table.key] ?? []).map(\.name)
        if names.isEmpty { names = (contract?.columns ?? []).map(\.columnName) }
        if project.model(table)?.load.strategy == .scd2 {
            names.removeAll { SCD2Columns.all.contains($0.lowercased()) }
        }
        let missing = names.filter { name in
            (notes.description(of: name) ?? contract?.column(name)?.description ?? "").isEmpty
        }
        return missing.count == names.count ? [] : missing
    }

    private struct Findings {
        let table: TableName
        let place: Place
        var all: [LintReport.Finding] = []

        mutating func add(_ rule: LintReport.Rule, _ message: String, hint: String) {
            all.append(LintReport.Finding(rule: rule, table: table, message: message, hint: hint, place: place))
        }
    }
}
