import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirStore

/// What a check leaves behind: metrics in the project's history, and events for whoever the project names.
extension CheckRun {
    /// What was found of the project's tables becomes part of their history. A check does not fail for want of it.
    func remember(_ report: CheckReport) async {
        guard let project, FileManager.default.fileExists(atPath: project.stateFolder),
            let scope = try? EnvironmentScope(environment, in: project)
        else { return }
        let metrics = report.tables.flatMap { table -> [Metric] in
            guard let name = table.table else { return [] }
            return table.checks.compactMap { check in
                (check.violating.map(Double.init) ?? check.measured).map {
                    Metric("check.\(check.rule)", node: scope.recorded(name), value: $0)
                }
            }
        }
        guard !metrics.isEmpty,
            let opened = try? await StateStore.openOrQuarantine(
                "\(project.stateFolder)/state.db", secrets: project.secrets)
        else { return }
        try? await opened.store.record(metrics: metrics)
    }

    /// Sends OpenLineage events of the project's tables that were checked, with the outcome of each rule.
    ///
    /// - Returns: what a person should be told about the sending; the check itself does not depend on it.
    func tell(_ report: CheckReport) async -> [WeirError] {
        let tables = report.tables.filter { $0.table != nil }
        guard let project, !tables.isEmpty, let scope = try? EnvironmentScope(environment, in: project) else {
            return []
        }
        let emitters = project.lineageEmitters
        if emitters.isEmpty { return [] }
        let datasets = ProjectDatasets(
            project: project, environment: scope, warehouse: project.warehouse(in: environment).path)
        let builder = OpenLineageBuilder(
            OpenLineageContext(
                namespace: project.lineage.namespace ?? project.name, project: project.name, runID: RunID.make(),
                weirVersion: Weir.version, engineVersion: report.engine))
        let events = tables.flatMap { table -> [OpenLineageEvent] in
            guard let name = table.table else { return [] }
            let dataset = datasets.table(name, columns: [])
            let end = table.startedAt.addingTimeInterval(Double(table.milliseconds) / 1000)
            let outcome: OpenLineageOutcome =
                table.error.map { .failed(Redaction.clean($0.message, secrets: project.secrets)) } ?? .complete
            let quality = OpenLineageQuality(
                rowsChecked: table.rows.map(Int64.init), assertions: OpenLineageQuality.assertions(table.checks))
            return [
                builder.checkStarted(dataset, of: name.description, at: table.startedAt),
                builder.checkFinished(dataset, of: name.description, outcome, quality, at: end),
            ]
        }
        var warnings: [WeirError] = []
        for emitter in emitters {
            await emitter.stop(after: .now + RunLineage.patience)
            warnings += await emitter.emit(events)
        }
        return warnings
    }
}
