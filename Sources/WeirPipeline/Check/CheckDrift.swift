import WeirCore
import WeirStore

extension CheckRun {
    /// Measures the watched tables among those that were checked as a whole, so that what was published has a point in
    /// their history. What is unusual warns; it never makes a table invalid.
    ///
    /// Rows that were measured already, by the run that published them or by a check since, are not measured again:
    /// several points of the same rows would make the history look steadier than it is.
    func measureWatched(_ results: inout [CheckedTable], _ project: Project) async throws {
        guard contract == nil, incremental == nil, choice.isEverything else { return }
        let scope = try EnvironmentScope(environment, in: project)
        let run = DriftMeasureRun(project: project, environment: environment, now: now)
        for index in results.indices {
            guard let name = results[index].table, results[index].error == nil, project.watch(name) != nil else {
                continue
            }
            do {
                if try await isMeasured(name, results[index].publication, scope, project) { continue }
                progress("measuring \(name)")
                results[index].drift = try await run.run([name]).first?.drift
            } catch let error as WeirError {
                warn(error)
            }
        }
    }

    private func isMeasured(
        _ name: TableName, _ publication: CheckedTable.Publication?, _ scope: EnvironmentScope, _ project: Project
    ) async throws -> Bool {
        guard let publication else { return false }
        let store = try await StateStore.openOrQuarantine("\(project.stateFolder)/state.db", secrets: project.secrets)
            .store
        let subject = DriftSubject(node: scope.recorded(name), scope: .table)
        guard let newest = try await store.driftBatches(of: subject, limit: 1).first else { return false }
        return newest.runID == publication.runID || UTC.date(publication.at).map { newest.at >= $0 } ?? false
    }
}
