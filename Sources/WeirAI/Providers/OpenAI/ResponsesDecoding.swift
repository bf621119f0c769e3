import WeirCore

extension ResponsesWire {
    func decode(_ body: JSONValue) throws -> AIResponse {
        if let error = body["error"], error.fields != nil { throw OpenAIFaults.fault(status: nil, body) }
        guard let output = body["output"], case .array(let items) = output else {
            throw AIFault(.garbled, "the answer is no response of OpenAI's format")
        }
        let content = items.flatMap(Self.content)
        return AIResponse(
            id: body["id"]?.text ?? "", model: body["model"]?.text ?? "", content: content,
            finish: Self.finish(body, content),
            usage: ChatWire.usage(body["usage"], tier: body["service_tier"]?.text))
    }

    func decoder() -> any StreamDecoder { ResponsesStream() }

    private static func content(_ item: JSONValue) -> [AIContent] {
        let echo = AIEcho(wire: .openAIResponses, block: item)
        switch item["type"]?.text {
        case "message":
            return (item["content"]?.items ?? []).compactMap { part in
                part["type"]?.text == "output_text" ? .text(part["text"]?.text ?? "") : nil
            }
        case "function_call":
            // The answer to a call names its `call_id`, not its `id`.
            return [
                .toolCall(
                    AIToolCall(
                        id: item["call_id"]?.text ?? "", name: item["name"]?.text ?? "",
                        arguments: ToolArguments.read(item["arguments"]?.text ?? ""), echo: echo))
            ]
        default:
            return [.opaque(echo)]
        }
    }

    private static func finish(_ body: JSONValue, _ content: [AIContent]) -> AIFinish {
        let status = body["status"]?.text ?? ""
        let refusal = (body["output"]?.items ?? []).flatMap { $0["content"]?.items ?? [] }
            .first { $0["type"]?.text == "refusal" }?["refusal"]?.text
        if status == "incomplete" {
            let reason = body["incomplete_details"]?["reason"]?.text ?? "incomplete"
            return AIFinish(
                reason == "max_output_tokens" ? .length : reason == "content_filter" ? .refused : .other, raw: reason)
        }
        if let refusal { return AIFinish(.refused, raw: "refusal", detail: refusal) }
        let calls = content.contains { if case .toolCall = $0 { true } else { false } }
        return AIFinish(status == "completed" ? (calls ? .toolCalls : .stop) : .other, raw: status)
    }
}

/// Reads the named events of a response. The last one carries the whole, so that nothing need be put together.
struct ResponsesStream: StreamDecoder {
    private var last: JSONValue?
    private var usage: AIUsage?

    var usageSoFar: AIUsage? { usage }

    mutating func take(_ event: SSEEvent) throws -> [AIEvent] {
        if event.data.hasPrefix("[DONE]") { return [] }
        let data = try Self.json(event)
        let index = Int(data["output_index"]?.integer ?? 0)
        switch data["type"]?.text ?? event.name {
        case "response.created":
            return [.started(model: data["response"]?["model"]?.text ?? "")]
        case "response.output_text.delta":
            return [.textDelta(data["delta"]?.text ?? "")]
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            return [.thinkingDelta(data["delta"]?.text ?? "")]
        case "response.output_item.added":
            guard let item = data["item"], item["type"]?.text == "function_call" else { return [] }
            return [
                .toolCallStarted(index: index, id: item["call_id"]?.text ?? "", name: item["name"]?.text ?? "")
            ]
        case "response.function_call_arguments.delta":
            return [.toolArgumentsDelta(index: index, data["delta"]?.text ?? "")]
        case "response.output_item.done":
            guard let item = data["item"], item["type"]?.text == "function_call" else { return [] }
            return [
                .toolCall(
                    AIToolCall(
                        id: item["call_id"]?.text ?? "", name: item["name"]?.text ?? "",
                        arguments: ToolArguments.read(item["arguments"]?.text ?? ""),
                        echo: AIEcho(wire: .openAIResponses, block: item)))
            ]
        case "response.completed", "response.incomplete":
            last = data["response"]
            let now = ChatWire.usage(data["response"]?["usage"], tier: nil)
            usage = now.isMissing ? nil : now
            return usage.map { [.usage($0)] } ?? []
        case "response.failed":
            let now = ChatWire.usage(data["response"]?["usage"], tier: nil)
            usage = now.isMissing ? nil : now
            throw OpenAIFaults.fault(status: nil, data["response"] ?? data)
        case "error":
            throw OpenAIFaults.fault(status: nil, data)
        default:
            return []
        }
    }

    mutating func end() throws -> AIResponse {
        guard let last else { throw AIFault(.cut, "the stream ended before the answer did") }
        return try ResponsesWire().decode(last)
    }
}
