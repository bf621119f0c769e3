import WeirCore
import WeirEngine

/// Holds what a trained model says against the type of the column that it goes to: a cast that fails would leave NULL,
/// and nobody would know why.
struct PredictionFit: Sendable {
    private let column: Column
    private let place: Place

    init(_ resolved: ResolvedStep) {
        column = Column(name: resolved.step.column, type: resolved.shape.fields.first?.type.uppercased() ?? "DOUBLE")
        place = resolved.step.places["type"] ?? resolved.step.place
    }

    /// The value as the column takes it: one value is a list of one, where lists are wanted.
    ///
    /// - Throws: `ai.prediction-type` where the column is of a type for something else.
    func value(_ value: JSONValue) throws -> JSONValue {
        switch value {
        case .array(let items):
            if column.isNested { return value }
            throw misfit("\(items.count) values a row, and the column takes one", wanted: "DOUBLE[]")
        case .object:
            if column.isNested || column.type == "VARCHAR" || column.type == "JSON" { return value }
            throw misfit("an object a row", wanted: "JSON")
        case .string(let text):
            if column.type.hasSuffix("[]") { return .array([value]) }
            if ["DOUBLE", "FLOAT"].contains(column.type), Double(text) == nil {
                throw misfit("the text \(value.line)", wanted: "VARCHAR")
            }
            return value
        default: return column.type.hasSuffix("[]") && value != .null ? .array([value]) : value
        }
    }

    private func misfit(_ what: String, wanted: String) -> WeirError {
        WeirError(
            "ai.prediction-type", "the model says \(what), which a column of type \(column.type) cannot hold",
            hint: "say `type: \(wanted)`", at: place)
    }
}
