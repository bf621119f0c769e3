import WeirCore

/// An answer as it is kept in the state store.
enum AnswerCodec {
    static func write(_ answer: AIResponse) -> String {
        let content: [JSONValue] = answer.content.compactMap { content in
            switch content {
            case .text(let text, let echo): ["t": .string(text), "e": block(echo)]
            case .toolCall(let call):
                ["c": .string(call.name), "id": .string(call.id), "a": call.arguments, "e": block(call.echo)]
            case .opaque(let echo): ["e": block(echo)]
            case .image, .document, .toolResult: nil
            }
        }
        let usage = answer.usage
        return JSONValue.object([
            "id": .string(answer.id), "model": .string(answer.model), "content": .array(content),
            "finish": [
                "kind": .string(answer.finish.kind.rawValue), "raw": .string(answer.finish.raw),
                "detail": answer.finish.detail.map { .string($0) } ?? .null,
            ],
            "usage": [
                .int(usage.inputUncached), .int(usage.cacheRead), .int(usage.cacheWrite5m), .int(usage.cacheWrite1h),
                .int(usage.outputTotal), .int(usage.outputReasoning),
            ],
        ]).line
    }

    static func read(_ text: String) -> AIResponse? {
        guard let value = JSONValue(parsing: text), let id = value["id"]?.text, let model = value["model"]?.text,
            let kind = value["finish"]?["kind"]?.text.flatMap({ AIFinish.Kind(rawValue: $0) })
        else { return nil }
        let content: [AIContent] = (value["content"]?.items ?? []).compactMap { item in
            let echo = echo(item["e"])
            if let text = item["t"]?.text { return .text(text, echo: echo) }
            if let name = item["c"]?.text {
                return .toolCall(
                    AIToolCall(
                        id: item["id"]?.text ?? "", name: name, arguments: item["a"] ?? .object([:]), echo: echo))
            }
            return echo.map { .opaque($0) }
        }
        var usage = AIUsage()
        let figures = (value["usage"]?.items ?? []).map { $0.integer ?? 0 }
        if figures.count == 6 {
            usage.inputUncached = figures[0]
            usage.cacheRead = figures[1]
            usage.cacheWrite5m = figures[2]
            usage.cacheWrite1h = figures[3]
            usage.outputTotal = figures[4]
            usage.outputReasoning = figures[5]
        }
        return AIResponse(
            id: id, model: model, content: content,
            finish: AIFinish(
                kind, raw: value["finish"]?["raw"]?.text ?? "", detail: value["finish"]?["detail"]?.text),
            usage: usage)
    }

    private static func block(_ echo: AIEcho?) -> JSONValue {
        echo.map { ["w": .string($0.wire.rawValue), "b": $0.block] } ?? .null
    }

    private static func echo(_ value: JSONValue?) -> AIEcho? {
        guard let wire = value?["w"]?.text.flatMap({ WireFormat(rawValue: $0) }), let block = value?["b"] else {
            return nil
        }
        return AIEcho(wire: wire, block: block)
    }

    /// Only an answer that ended by itself is worth keeping.
    static func isKept(_ answer: AIResponse) -> Bool {
        !answer.isCached && (answer.finish.kind == .stop || answer.finish.kind == .toolCalls)
    }
}
