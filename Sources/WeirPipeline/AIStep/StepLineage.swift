import WeirCore
import WeirEngine

extension QueryLineage {
    /// The lineage with the columns that an AI step adds: each is made of all that the model is given.
    func answered(by step: AIStep, of model: ModelDefinition, in project: Project) throws -> QueryLineage {
        let resolved = try ResolvedStep(
            step, of: model, in: project, columns: columns.map { Column(name: $0.name, type: $0.type) })
        let given = Set((resolved.inputs + resolved.images).map { $0.name.lowercased() })
        return adding(resolved.shape.columns, madeOf: given)
    }
}
