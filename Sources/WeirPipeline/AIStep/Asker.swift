import WeirAI
import WeirCore
import WeirEngine

/// Makes requests of questions and reads what comes back. Nothing that a model answers is ever run.
struct Asker: Sendable {
    let resolved: ResolvedStep

    private var step: AIStep { resolved.step }

    /// A question as the model gets it.
    struct Prepared: Sendable {
        let question: Question
        let content: [AIContent]
    }

    /// - Throws: what is wrong with a row's picture.
    func prepare(_ question: Question) throws -> Prepared {
        let texts = zip(resolved.inputs, question.values).map { ($0.name, $1) }
        // Of the row, and so the same whenever it is asked; unknown to whoever wrote it.
        let mark = String(Fingerprint.of(["mark", question.hash]).prefix(12))
        func block(_ name: String) -> String {
            let value = texts.first { $0.0.lowercased() == name.lowercased() }?.1 ?? .null
            return DataBlock.text(value.isNull ? "" : value.display, column: name, mark: mark)
        }
        var content: [AIContent] = []
        for value in question.values.dropFirst(resolved.inputs.count) {
            if let media = try Picture.media(value, root: resolved.root) { content.append(.image(media)) }
        }
        let prompt = step.prompt.flatMap { $0.columns.isEmpty ? nil : $0 }
        let text = prompt?.filled(block) ?? texts.map { block($0.0) }.joined(separator: "\n")
        if !text.isEmpty || content.isEmpty { content.append(.text(text)) }
        return Prepared(question: question, content: content)
    }

    // MARK: Requests

    /// - Parameter questions: one, or several that are answered together.
    func request(_ questions: [Prepared]) -> AIRequest {
        var content = questions.first?.content ?? []
        if questions.count > 1 {
            content = []
            for (index, question) in questions.enumerated() {
                content.append(.text("Item \(index + 1):"))
                content += question.content
            }
        }
        return request(messages: [AIMessage(.user, content)], count: questions.count)
    }

    /// The same question once more, with the answer that was no good and why.
    func repair(_ question: Prepared, answer: String, faults: [String]) -> AIRequest {
        let said =
            "That is not valid: \(faults.prefix(10).joined(separator: "; ")). Answer again, with all of it put right."
        return request(
            messages: [
                AIMessage(.user, question.content), .assistant(answer.isEmpty ? "(nothing)" : answer), .user(said),
            ], count: 1)
    }

    private func request(messages: [AIMessage], count: Int) -> AIRequest {
        var request = AIRequest(
            model: step.model, system: system(count), messages: messages, maxTokens: tokens * max(1, count))
        request.systemCache = .fiveMinutes
        request.temperature = step.temperature
        request.effort = step.effort
        if let schema = schema(count) { request.output = AIOutputSchema(name: "answer", schema: schema) }
        return request
    }

    /// Room for one answer.
    private var tokens: Int {
        step.maxTokens ?? (resolved.shape.isText ? 1024 : 256 + 64 * resolved.shape.fields.count)
    }

    private func schema(_ count: Int) -> JSONValue? {
        let shape = resolved.shape
        if count == 1 { return shape.isText ? nil : shape.schema }
        let item = AnswerShape.object([("item", ["type": "integer"])] + shape.fields.map { ($0.name, $0.schema) })
        return AnswerShape.object([("items", .object(["type": "array", "items": item]))])
    }

    private func system(_ count: Int) -> String {
        var parts = [DataBlock.rule]
        if let prompt = step.prompt, prompt.columns.isEmpty { parts.append(prompt.text) }
        if step.task == .classify { parts.append(step.prompt == nil ? "Say which label fits the material best." : "") }
        let shape = resolved.shape
        if count > 1 {
            let fields = shape.fields.map { "- \($0.name): \($0.words.isEmpty ? "the answer, a text" : $0.words)" }
            parts.append(
                """
                There are \(count) items. Answer with one JSON object and nothing else: {"items": [ … ]}, with one object \
                for each item, in their order. Its fields:
                - item: the item's number
                \(fields.joined(separator: "\n"))
                """)
        } else if !shape.isText {
            parts.append(shape.words)
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    // MARK: Answers

    /// What an answer says of each of the questions that were asked together.
    enum Reading: Sendable {
        case answer(JSONValue)
        case invalid(String)
    }

    func read(_ answer: AIResponse, count: Int) -> [Reading] {
        switch answer.finish.kind {
        case .length:
            return Array(repeating: .invalid("the answer was cut at max_tokens"), count: count)
        case .refused:
            return Array(repeating: .invalid("the model refused: \(answer.finish.detail ?? answer.text)"), count: count)
        default: break
        }
        let shape = resolved.shape
        if shape.isText, count == 1 {
            let text = answer.text
            guard text.contains(where: { !$0.isWhitespace }) else { return [.invalid("the answer is empty")] }
            return [.answer(.object([shape.fields[0].name: .string(text)]))]
        }
        guard let json = AnswerText.json(in: answer.text) else {
            return Array(repeating: .invalid("the answer is not JSON"), count: count)
        }
        if count == 1 { return [.answer(json)] }
        let items = json["items"]?.items ?? json.items
        let numbers = Dictionary(
            items.compactMap { item in item["item"]?.integer.map { (Int($0), item) } },
            uniquingKeysWith: { first, _ in first })
        // A number that comes twice says that the model lost count: none of the answers can be trusted.
        let isCounted = numbers.count == items.count
        return (1...count).map { number in
            guard isCounted, let item = numbers[number] else { return .invalid("the answer has no item \(number)") }
            guard case .object(var members) = item else { return .invalid("item \(number) is no object") }
            members["item"] = nil
            return .answer(.object(members))
        }
    }
}
