import WeirCore
import WeirEngine

/// Holds what a trained model is asked, and the kind of what it says, against what it can be: a whole table of texts
/// where numbers are wanted is a mistake of the step. Single values are for ``AnswerCheck``.
struct PredictionFit: Sendable {
    private let column: Column
    private let inputs: [Column]
    private let place: Place

    init(_ resolved: ResolvedStep) {
        column = Column(name: resolved.step.column, type: resolved.shape.fields.first?.type.uppercased() ?? "DOUBLE")
        inputs = resolved.inputs
        place = resolved.step.places["type"] ?? resolved.step.place
    }

    /// Why a question gets no answer, where it has a NULL: tensors have none, and no model could be asked.
    func lacking(_ question: Question) -> KeptAnswer? {
        guard let (_, input) = zip(question.values, inputs).first(where: { $0.0.isNull }) else { return nil }
        return KeptAnswer(
            hash: question.hash, status: .refused, reason: "\(input.name) is NULL, and a model takes none")
    }

    /// What a model says of a row, as the answer that is checked and kept.
    ///
    /// - Throws: `ai.prediction-type` where the column is of a type for something else.
    func document(_ said: JSONValue) throws -> JSONValue { .object([column.name: try value(said)]) }

    /// The value as the column takes it: one value is a list of one, where lists are wanted.
    ///
    /// - Throws: `ai.prediction-type` where the column is of a type for something else.
    private func value(_ value: JSONValue) throws -> JSONValue {
        switch value {
        case .array(let items):
            if column.isNested { return value }
            throw misfit("\(items.count) values a row, and the column takes one", wanted: "DOUBLE[]")
        case .object:
            if column.isNested || column.type == "VARCHAR" || column.type == "JSON" { return value }
            throw misfit("an object a row", wanted: "JSON")
        case .string(let text):
            if column.type.hasSuffix("[]") { return .array([value]) }
            if [.integer, .number].contains(PredictionAnswering.datatype(column.type)), Double(text) == nil {
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
