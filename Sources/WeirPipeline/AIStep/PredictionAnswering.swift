import WeirAI
import WeirCore
import WeirEngine

/// Answers by a prediction server.
struct PredictionAnswering: Answering {
    let client: PredictionClient
    let resolved: ResolvedStep

    var unit: Int { resolved.step.unit }

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        let (whole, lacking) = split(questions)
        var answered = Answered(answers: lacking)
        guard !whole.isEmpty else { return answered }
        let found = try await dividing(whole, tally) { questions in
            let features = resolved.inputs.enumerated().map { index, column in
                PredictionClient.Feature(
                    name: column.name, datatype: Self.datatype(column.type),
                    values: questions.map { Self.json($0.values[index]) })
            }
            let predictions = try await client.predict(
                features, rows: questions.count, output: resolved.step.column)
            tally.took(AIUsage(), cost: .zero)
            return Answered(
                answers: zip(questions, predictions.values).enumerated().map { row, pair in
                    KeptAnswer(
                        hash: pair.0.hash, status: .answered,
                        answer: JSONValue.object([resolved.step.column: pair.1]).line, served: predictions.served,
                        features: JSONValue.object(
                            Dictionary(features.map { ($0.name, $0.values[row]) }, uniquingKeysWith: { a, _ in a })
                        ).line, cost: 0)
                })
        }
        answered.answers += found.answers
        answered.undecided += found.undecided
        return answered
    }

    /// Tensors have no NULL: a row with one is no question that a server could answer.
    private func split(_ questions: [Question]) -> (whole: [Question], lacking: [KeptAnswer]) {
        var whole: [Question] = []
        var lacking: [KeptAnswer] = []
        for question in questions {
            guard let index = question.values.firstIndex(where: \.isNull) else {
                whole.append(question)
                continue
            }
            lacking.append(
                KeptAnswer(
                    hash: question.hash, status: .refused,
                    reason: "\(resolved.inputs[index].name) is NULL, and a prediction server takes none"))
        }
        return (whole, lacking)
    }

    private static func datatype(_ type: String) -> String {
        if type.hasSuffix("INT") || type == "INTEGER" { return "INT64" }
        if type == "BOOLEAN" { return "BOOL" }
        return type == "FLOAT" || type == "DOUBLE" || type.hasPrefix("DECIMAL") ? "FP64" : "BYTES"
    }

    private static func json(_ value: Value) -> JSONValue {
        switch value {
        case .bool(let truth): .bool(truth)
        default: value.int.map { .int($0) } ?? value.double.map { .double($0) } ?? .string(value.display)
        }
    }
}
