import WeirConnect
import WeirCore
import WeirEngine

/// Has rows without a valid answer asked once more, when their table is built again.
public struct AnswerRetry: Sendable, Encodable {
    public var table: TableName
    /// Questions that will be asked again.
    public var questions: Int

    /// Forgets the answers of a table that were no good. Good ones stay.
    ///
    /// - Throws: `table.unknown`, `ai.no-step`, and what the warehouse throws.
    public static func prepare(_ name: TableName, in project: Project, environment: String? = nil) async throws
        -> AnswerRetry
    {
        guard let model = project.model(name) else {
            throw WeirError(
                "table.unknown", "the project has no model \(name)",
                hint: DidYouMean.hint(for: name.description, among: project.models.map(\.name.description)))
        }
        guard model.ai != nil else {
            throw WeirError("ai.no-step", "\(name) has no AI step", at: model.place)
        }
        let questions = try await ProjectLock(project: project).hold(wait: nil) {
            let warehouse = try await Warehouse.open(project.warehouse(in: environment))
            return try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    try AnswerStore.prepare(on: connection)
                    return try connection.execute(
                        "UPDATE \(AnswerStore.table.sql) SET status = 'again' WHERE lower(name) = lower(?) AND status NOT IN ('answered', 'again')",
                        [.text(name.description)])
                }
            }
        }
        return AnswerRetry(table: model.name, questions: questions)
    }
}
