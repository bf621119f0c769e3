import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine
import WeirStore

extension Runner {
    /// A plan with what its AI steps would ask and cost. Nothing is sent and nothing is written.
    func forecasting(_ planned: Planned) async throws -> Plan {
        var plan = planned.plan
        let asking = plan.nodes.indices.filter { index in
            let action = plan.nodes[index].action
            return project.model(plan.nodes[index].name)?.ai != nil && (action == .build || action == .load)
        }
        guard !asking.isEmpty else { return plan }
        let client = try await AIClient(settings: StepDesk.settings(project), store: nil)
        // A plan makes no history, and one that cannot be read is no reason to have no plan.
        let path = "\(project.stateFolder)/state.db"
        let ledger =
            FileManager.default.fileExists(atPath: path)
            ? try? await StateStore.open(path, secrets: project.secrets) : nil
        for index in asking where plan.nodes[index].problem == nil {
            do { plan.nodes[index].ai = try await forecast(plan.nodes[index], in: plan, planned, client, ledger) } catch
            {
                plan.nodes[index].problem = .wrapping(error)
            }
        }
        return plan
    }

    /// Nil where an input is not built yet, so that there are no rows to count.
    private func forecast(
        _ entry: PlannedNode, in plan: Plan, _ planned: Planned, _ client: AIClient, _ ledger: StateStore?
    ) async throws -> AIForecast? {
        guard let model = project.model(entry.name), let step = model.ai, let node = planned.graph[entry.name],
            entry.inputs.allSatisfy({ planned.relations.contains(environment.physical($0).key) }),
            let warehouse = try await existingWarehouse(toleratesLock: true)
        else { return nil }
        let isRough = entry.inputs.contains { plan[$0]?.isChanging == true }
        let context = NodeContext(
            project: project, graph: planned.graph, environment: environment, node: node, runID: "", now: "",
            fullRefresh: false, inputVersions: [:])
        let sql = try context.environmentSQL(of: model)
        let earlier = await earlier(step.settled(by: project.ai), of: model.name, client, ledger)
        return try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                let columns = try OutputColumns.of(sql, source: model.text, on: connection)
                let resolved = try ResolvedStep(step, of: model, in: project, columns: columns)
                return try StepForecast(
                    resolved: resolved, client: step.task == .predict || step.task == .chunk ? nil : client,
                    earlier: earlier
                )
                .forecast(sql, isRough: isRough, on: connection)
            }
        }
    }

    /// What the ledger knows of a step's calls.
    private func earlier(
        _ step: AIStep, of table: TableName, _ client: AIClient, _ ledger: StateStore?
    ) async -> Calibration? {
        guard let ledger, step.model != AIStep.builtin, step.task != .predict, step.task != .chunk else { return nil }
        let tag = AICallTag(node: table.description, step: step.task.rawValue)
        // A model that nobody offers is told where it is asked.
        return try? await client.calibration(of: tag, model: step.model, unit: step.unit, from: ledger)
    }
}
