import WeirCore
import WeirEngine

extension NodeContext {
    /// The model's SQL with the names that its tables have in this environment.
    func environmentSQL(of model: ModelDefinition) throws -> String {
        guard environment.isPrefixed else { return model.sql }
        guard let query = node.query else {
            throw WeirError(
                "environment.not-rewritable", "\(model.name) cannot be built in an environment of its own",
                hint: "DuckDB cannot take its SQL apart; give the environment a warehouse of its own", at: model.place)
        }
        return try query.rewritten { reference in
            guard let name = reference.name, graph[name] != nil else { return nil }
            let physical = environment.physical(name)
            return (physical.schema, physical.table)
        }
    }
}
