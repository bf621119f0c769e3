import WeirAI
import WeirCore
import WeirEngine

/// Answers by a trained model: a server's, or a file that is run here.
struct PredictionAnswering: Answering {
    let predictor: any Predictor
    let resolved: ResolvedStep
    let check: AnswerCheck

    var unit: Int { resolved.step.unit }

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        let fit = PredictionFit(resolved)
        let lacking = questions.map(fit.lacking)
        let whole = zip(questions, lacking).compactMap { $1 == nil ? $0 : nil }
        var answered = Answered(answers: lacking.compactMap(\.self))
        guard !whole.isEmpty else { return answered }
        let found = try await dividing(whole, tally) { questions in
            let features = resolved.inputs.enumerated().map { index, column in
                PredictionFeature(
                    name: column.name, datatype: Self.datatype(column.type),
                    values: questions.map { Self.json($0.values[index]) })
            }
            let predictions = try await predictions(features, rows: questions.count)
            // Nobody is called where the model is run here.
            if resolved.step.modelFile == nil { tally.took(AIUsage(), cost: .zero) }
            let documents = try predictions.values.map(fit.document)
            let faults = try await check.faults(of: documents)
            return Answered(
                answers: zip(questions, zip(documents, faults)).enumerated().map { row, pair in
                    var kept = KeptAnswer(
                        hash: pair.0.hash, status: .answered, served: predictions.served,
                        features: JSONValue.object(
                            Dictionary(features.map { ($0.name, $0.values[row]) }, uniquingKeysWith: { a, _ in a })
                        ).line, cost: 0)
                    kept.take(pair.1.0, faults: pair.1.1)
                    return kept
                })
        }
        answered.answers += found.answers
        answered.undecided += found.undecided
        return answered
    }

    /// - Throws: `ai.onnx-…`, placed in the header, where a file does not fit the step.
    private func predictions(_ features: [PredictionFeature], rows: Int) async throws -> Predictions {
        let step = resolved.step
        do { return try await predictor.predict(features, rows: rows, output: step.column) } catch var error
            as WeirError
        {
            if step.modelFile != nil { error.place = error.place ?? step.places["model"] ?? step.place }
            throw error
        }
    }

    static func datatype(_ type: String) -> PredictionFeature.Datatype {
        if type.hasSuffix("INT") || type == "INTEGER" { return .integer }
        if type == "BOOLEAN" { return .truth }
        return type == "FLOAT" || type == "DOUBLE" || type.hasPrefix("DECIMAL") ? .number : .text
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case .bool(let truth): .bool(truth)
        default: value.int.map { .int($0) } ?? value.double.map { .double($0) } ?? .string(value.display)
        }
    }
}
