import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

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
        for index in asking where plan.nodes[index].problem == nil {
            do { plan.nodes[index].ai = try await forecast(plan.nodes[index], in: plan, planned, client) } catch {
                plan.nodes[index].problem = .wrapping(error)
            }
        }
        return plan
    }

    /// Nil where an input is not built yet, so that there are no rows to count.
    private func forecast(
        _ entry: PlannedNode, in plan: Plan, _ planned: Planned, _ client: AIClient
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
        return try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                let columns = try OutputColumns.of(sql, source: model.text, on: connection)
                let resolved = try ResolvedStep(step, of: model, in: project, columns: columns)
                return try StepForecast(
                    resolved: resolved, client: step.task == .predict || step.task == .chunk ? nil : client
                )
                .forecast(sql, isRough: isRough, on: connection)
            }
        }
    }
}
