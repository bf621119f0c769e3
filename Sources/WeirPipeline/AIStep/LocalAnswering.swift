import WeirAI
import WeirCore

/// Vectors of the built-in embedder: without a server, a key and a price.
struct BuiltinEmbedding: Answering {
    let embedder: BuiltinEmbedder
    let unit: Int

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        let vectors = try await embedder.embed(questions.map { $0.values[0].display })
        return Answered(
            answers: zip(questions, vectors).map { question, vector in
                KeptAnswer(hash: question.hash, status: .answered, vector: vector, served: embedder.space, cost: 0)
            })
    }
}

/// Long texts in parts.
struct ChunkAnswering: Answering {
    let step: AIStep
    let tokenizer: BPETokenizer

    var unit: Int { step.unit }

    func answer(_ questions: [Question], _ tally: AskingTally) async throws -> Answered {
        Answered(answers: questions.map(kept))
    }

    func kept(_ question: Question) -> KeptAnswer {
        let chunks = step.chunking.chunks(of: question.values[0].display, by: tokenizer).map { chunk in
            JSONValue.object([
                "chunk": .int(Int64(chunk.number)), "text": .string(chunk.text),
                "headings": .array(chunk.headings.map { .string($0) }), "tokens": .int(Int64(chunk.tokens)),
            ])
        }
        let answer = JSONValue.object([step.column: .array(chunks)]).line
        return KeptAnswer(hash: question.hash, status: .answered, answer: answer, served: "builtin", cost: 0)
    }
}
