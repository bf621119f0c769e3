import WeirAI
import WeirCore
import WeirEngine

/// What became of a unit of questions.
struct Answered: Sendable {
    var answers: [KeptAnswer] = []
    /// Questions that the provider refused before it had ever answered one: perhaps it is not their fault.
    var undecided: [(question: Question, error: WeirError)] = []
}

/// Has questions answered, whoever it is that answers.
protocol Answering: Sendable {
    /// Questions that are put in one call.
    var unit: Int { get }
    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered
}

extension Answering {
    /// Faults that may be a single row's: they do not stop the others.
    static var rowFaults: Set<String> {
        [
            "ai.bad-request", "ai.too-large", "ai.context-overflow", "ai.not-an-image", "ai.unreadable-file",
            "ai.onnx-value", "ai.onnx-run",
        ]
    }

    /// Runs a call of several questions; where it is refused, each is asked alone, to find the one that is wrong.
    func dividing(
        _ questions: [Question], _ tally: AskingTally, _ call: ([Question]) async throws -> Answered
    ) async throws -> Answered {
        do { return try await call(questions) } catch let error as WeirError where Self.rowFaults.contains(error.code) {
            guard questions.count > 1 else { return refused(questions, error, tally) }
            var sum = Answered()
            for question in questions {
                let one = try await dividing([question], tally, call)
                sum.answers += one.answers
                sum.undecided += one.undecided
            }
            return sum
        }
    }

    /// What a fault says of its questions.
    func refused(_ questions: [Question], _ error: WeirError, _ tally: AskingTally) -> Answered {
        // A picture that is none, or a number too large, needs no provider to tell.
        let isCertain =
            ["ai.not-an-image", "ai.unreadable-file", "ai.onnx-value"].contains(error.code) || tally.hasAnswers
        if isCertain { return Answered(answers: questions.map { .refused($0, error) }) }
        return Answered(undecided: questions.map { ($0, error) })
    }
}

extension KeptAnswer {
    static func refused(_ question: Question, _ error: WeirError) -> KeptAnswer {
        KeptAnswer(hash: question.hash, status: .refused, reason: error.message)
    }
}

/// Answers by a language model.
struct ModelAnswering: Answering {
    let asker: Asker
    let client: AIClient
    let check: AnswerCheck
    let options: AICallOptions

    var unit: Int { asker.resolved.step.unit }

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        try await dividing(questions, tally) { questions in
            let prepared = try questions.map(asker.prepare)
            var options = options
            options.usesCache = !questions.contains(where: \.isAgain)
            let response = try await client.complete(asker.request(prepared), options: options)
            tally.took(response.usage, cost: response.cost)
            return Answered(answers: try await judge(response, prepared, tally))
        }
    }

    /// Holds an answer against what was asked for; what is no good is asked for once more.
    func judge(
        _ response: AIResponse, _ questions: [Asker.Prepared], _ tally: AskingTally
    ) async throws -> [KeptAnswer] {
        var answers: [KeptAnswer] = []
        for (index, reading) in asker.read(response, count: questions.count).enumerated() {
            let question = questions[index]
            var (kept, faults) = try await verdict(reading, question.question.hash, response)
            if !faults.isEmpty, response.finish.kind != .refused {
                let raw = kept.raw ?? response.text
                var options = options
                options.usesCache = !question.question.isAgain
                let second = try await client.complete(
                    asker.repair(question, answer: raw, faults: faults), options: options)
                tally.took(second.usage, cost: second.cost)
                let again = asker.read(second, count: 1)[0]
                (kept, _) = try await verdict(again, question.question.hash, second)
                kept.add(second)
            }
            if response.finish.kind == .refused { kept.status = .refused }
            if index == 0 { kept.add(response) }
            answers.append(kept)
        }
        return answers
    }

    /// What an answer is worth, and what is wrong with it.
    func verdict(
        _ reading: Asker.Reading, _ hash: String, _ response: AIResponse
    ) async throws -> (KeptAnswer, [String]) {
        var kept = KeptAnswer(hash: hash, status: .answered, served: response.model)
        switch reading {
        case .answer(let json):
            let faults = try await check.faults(of: json)
            kept.take(json, faults: faults)
            return (kept, faults)
        case .invalid(let why):
            kept.status = .invalid
            kept.raw = response.text
            kept.reason = why
            return (kept, [why])
        }
    }
}

extension KeptAnswer {
    mutating func add(_ response: AIResponse) {
        inputTokens += response.usage.inputTotal
        outputTokens += response.usage.outputTotal
        cost = response.cost.map { $0.pico + (cost ?? 0) } ?? cost
    }
}

/// Vectors of an AI service.
struct EmbeddingAnswering: Answering {
    let client: AIClient
    let step: AIStep
    let options: AICallOptions

    var unit: Int { step.unit }

    func request(_ questions: [Question]) -> AIEmbeddingRequest {
        AIEmbeddingRequest(
            model: step.model, texts: questions.map { $0.values[0].display }, dimensions: step.dimensions,
            purpose: .document)
    }

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        try await dividing(questions, tally) { questions in
            let found = try await client.embed(request(questions), options: options)
            guard found.vectors.count == questions.count, found.vectors.allSatisfy({ !$0.isEmpty }) else {
                throw WeirError(
                    "ai.garbled", "\(questions.count) texts were sent and \(found.vectors.count) vectors came back",
                    outcome: .systemFailed)
            }
            tally.took(found.usage, cost: found.cost)
            var answers = zip(questions, found.vectors).map { question, vector in
                KeptAnswer(hash: question.hash, status: .answered, vector: vector, served: found.model)
            }
            answers[0].inputTokens = found.usage.inputTotal
            answers[0].cost = found.cost?.pico
            return Answered(answers: answers)
        }
    }
}
