import WeirCore

extension ChatWire {
    func decode(_ body: JSONValue) throws -> AIResponse {
        if body["error"]?.fields != nil { throw OpenAIFaults.fault(status: nil, body) }
        guard let choice = body["choices"]?[0], let message = choice["message"] else {
            throw AIFault(.garbled, "the answer is no chat completion")
        }
        let calls = message["tool_calls"]?.items ?? []
        let content = Self.content(
            text: message["content"]?.text ?? "", calls: calls.map(Self.call))
        return AIResponse(
            id: body["id"]?.text ?? "", model: body["model"]?.text ?? "", content: content,
            finish: Self.finish(choice["finish_reason"]?.text, refusal: message["refusal"]?.text),
            usage: Self.usage(body["usage"], tier: body["service_tier"]?.text))
    }

    func decoder() -> any StreamDecoder { ChatStream() }

    static func content(text: String, calls: [AIToolCall]) -> [AIContent] {
        (text.isEmpty ? [] : [.text(text)]) + calls.map { .toolCall($0) }
    }

    private static func call(_ value: JSONValue) -> AIToolCall {
        AIToolCall(
            id: value["id"]?.text ?? "", name: value["function"]?["name"]?.text ?? "",
            arguments: ToolArguments.read(value["function"]?["arguments"]?.text ?? ""))
    }

    static func finish(_ reason: String?, refusal: String?) -> AIFinish {
        let kind: AIFinish.Kind =
            switch reason {
            case "stop": refusal == nil ? .stop : .refused
            case "length": .length
            case "tool_calls", "function_call": .toolCalls
            case "content_filter": .refused
            default: .other
            }
        return AIFinish(kind, raw: reason ?? "", detail: refusal)
    }

    /// Input here includes what came from the cache; ours does not.
    static func usage(_ value: JSONValue?, tier: String?) -> AIUsage {
        var usage = AIUsage()
        usage.serviceTier = tier
        guard let value, value.fields != nil else {
            usage.isMissing = true
            return usage
        }
        let input = value["prompt_tokens_details"] ?? value["input_tokens_details"]
        let output = value["completion_tokens_details"] ?? value["output_tokens_details"]
        let total = value["prompt_tokens"]?.integer ?? value["input_tokens"]?.integer ?? 0
        usage.cacheRead = input?["cached_tokens"]?.integer ?? 0
        usage.cacheWrite5m = input?["cache_write_tokens"]?.integer ?? 0
        usage.inputUncached = max(0, total - usage.cacheRead - usage.cacheWrite5m)
        usage.audioIn = input?["audio_tokens"]?.integer ?? 0
        usage.outputTotal = value["completion_tokens"]?.integer ?? value["output_tokens"]?.integer ?? 0
        usage.outputReasoning = output?["reasoning_tokens"]?.integer ?? 0
        return usage
    }
}

/// Reads the unnamed chunks of a chat completion.
struct ChatStream: StreamDecoder {
    private var id = ""
    private var model = ""
    private var text = ""
    private var refusal: String?
    private var calls: [Int: (id: String, name: String, arguments: String)] = [:]
    private var reason: String?
    private var usage: AIUsage?
    private var isOver = false
    private var hasStarted = false

    var usageSoFar: AIUsage? { usage }

    mutating func take(_ event: SSEEvent) throws -> [AIEvent] {
        if event.data.trimmingPrefix(while: \.isWhitespace).hasPrefix("[DONE]") {
            isOver = true
            return []
        }
        let chunk = try Self.json(event)
        if let error = chunk["error"], error != .null { throw OpenAIFaults.fault(status: nil, chunk) }
        var events: [AIEvent] = []
        if !hasStarted {
            hasStarted = true
            id = chunk["id"]?.text ?? ""
            model = chunk["model"]?.text ?? ""
            events.append(.started(model: model))
        }
        if let counted = chunk["usage"], counted.fields != nil {
            let now = ChatWire.usage(counted, tier: chunk["service_tier"]?.text)
            usage = now
            events.append(.usage(now))
        }
        guard let choice = chunk["choices"]?[0] else { return events }
        if let delta = choice["delta"] { events += self.delta(delta) }
        if let found = choice["finish_reason"]?.text {
            reason = found
            for (_, call) in calls.sorted(by: { $0.key < $1.key }) { events.append(.toolCall(Self.call(call))) }
        }
        return events
    }

    private mutating func delta(_ delta: JSONValue) -> [AIEvent] {
        var events: [AIEvent] = []
        if let piece = delta["content"]?.text, !piece.isEmpty {
            text += piece
            events.append(.textDelta(piece))
        }
        // vLLM and its like show thinking under either name.
        if let piece = delta["reasoning_content"]?.text ?? delta["reasoning"]?.text, !piece.isEmpty {
            events.append(.thinkingDelta(piece))
        }
        if let piece = delta["refusal"]?.text { refusal = (refusal ?? "") + piece }
        for piece in delta["tool_calls"]?.items ?? [] {
            let index = Int(piece["index"]?.integer ?? 0)
            if calls[index] == nil {
                calls[index] = (piece["id"]?.text ?? "", piece["function"]?["name"]?.text ?? "", "")
                events.append(
                    .toolCallStarted(index: index, id: calls[index]?.id ?? "", name: calls[index]?.name ?? ""))
            }
            if let text = piece["function"]?["arguments"]?.text, !text.isEmpty {
                calls[index]?.arguments += text
                events.append(.toolArgumentsDelta(index: index, text))
            }
        }
        return events
    }

    private static func call(_ call: (id: String, name: String, arguments: String)) -> AIToolCall {
        AIToolCall(id: call.id, name: call.name, arguments: ToolArguments.read(call.arguments))
    }

    mutating func end() throws -> AIResponse {
        guard isOver, reason != nil else { throw AIFault(.cut, "the stream ended before the answer did") }
        return AIResponse(
            id: id, model: model,
            content: ChatWire.content(
                text: text, calls: calls.sorted { $0.key < $1.key }.map { Self.call($0.value) }),
            finish: ChatWire.finish(reason, refusal: refusal), usage: usage ?? AnthropicWire.missing)
    }
}
