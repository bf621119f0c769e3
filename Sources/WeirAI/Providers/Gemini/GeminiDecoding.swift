import WeirCore

extension GeminiWire {
    func decode(_ body: JSONValue) throws -> AIResponse {
        var stream = GeminiStream()
        // Without `alt=sse` a stream is one list of what are its events.
        for piece in body.fields == nil ? body.items : [body] { _ = try stream.take(piece) }
        return try stream.end()
    }

    func decoder() -> any StreamDecoder { GeminiStream() }

    static func usage(_ value: JSONValue?) -> AIUsage? {
        guard let value, value.fields != nil else { return nil }
        var usage = AIUsage()
        usage.cacheRead = value["cachedContentTokenCount"]?.integer ?? 0
        usage.inputUncached = max(
            0,
            (value["promptTokenCount"]?.integer ?? 0) - usage.cacheRead
                + (value["toolUsePromptTokenCount"]?.integer ?? 0))
        usage.outputReasoning = value["thoughtsTokenCount"]?.integer ?? 0
        usage.outputTotal = (value["candidatesTokenCount"]?.integer ?? 0) + usage.outputReasoning
        for detail in value["promptTokensDetails"]?.items ?? [] where detail["modality"]?.text == "AUDIO" {
            usage.audioIn = detail["tokenCount"]?.integer ?? 0
        }
        return usage
    }
}

/// Reads Gemini's stream: each event is a whole answer with a part of the parts. Nothing marks the end; an answer is
/// whole when it tells why it ended.
struct GeminiStream: StreamDecoder {
    private var id = ""
    private var model = ""
    private var content: [AIContent] = []
    private var reason: String?
    private var detail: String?
    private var isBlocked = false
    private var usage: AIUsage?
    private var hasStarted = false
    private var calls = 0

    var usageSoFar: AIUsage? { usage }

    mutating func take(_ event: SSEEvent) throws -> [AIEvent] { try take(Self.json(event)) }

    mutating func take(_ data: JSONValue) throws -> [AIEvent] {
        if data["error"]?.fields != nil { throw GeminiFaults.fault(status: nil, data) }
        guard data["candidates"] != nil || data["promptFeedback"] != nil || data["usageMetadata"] != nil else {
            throw AIFault(.garbled, "the answer is none of generateContent")
        }
        var events: [AIEvent] = []
        if let found = data["responseId"]?.text { id = found }
        if let found = data["modelVersion"]?.text { model = found }
        if !hasStarted {
            hasStarted = true
            events.append(.started(model: model))
        }
        let candidate = data["candidates"]?[0]
        for part in candidate?["content"]?["parts"]?.items ?? [] { events += take(part: part) }
        if let found = candidate?["finishReason"]?.text {
            reason = found
            detail = candidate?["finishMessage"]?.text
        }
        if let found = data["promptFeedback"]?["blockReason"]?.text {
            reason = found
            isBlocked = true
        }
        if let found = GeminiWire.usage(data["usageMetadata"]) {
            usage = found
            events.append(.usage(found))
        }
        return events
    }

    private mutating func take(part: JSONValue) -> [AIEvent] {
        let echo = AIEcho(wire: .gemini, block: part)
        if let call = part["functionCall"] {
            calls += 1
            let found = AIToolCall(
                id: call["id"]?.text ?? "\(GeminiWire.madeUpID)\(calls)", name: call["name"]?.text ?? "",
                arguments: call["args"] ?? .object([:]), echo: echo)
            content.append(.toolCall(found))
            return [
                .toolCallStarted(index: calls - 1, id: found.id, name: found.name), .toolCall(found),
            ]
        }
        guard let text = part["text"]?.text else {
            content.append(.opaque(echo))
            return []
        }
        if part["thought"]?.truth == true {
            content.append(.opaque(echo))
            return [.thinkingDelta(text)]
        }
        if part["thoughtSignature"] != nil {
            // The signature belongs to this part alone; joined with another it would be refused.
            content.append(.text(text, echo: echo))
        } else if case .text(let before, nil)? = content.last {
            content[content.count - 1] = .text(before + text)
        } else {
            content.append(.text(text))
        }
        return text.isEmpty ? [] : [.textDelta(text)]
    }

    mutating func end() throws -> AIResponse {
        guard let reason else { throw AIFault(.cut, "the stream ended before the answer did") }
        let kind: AIFinish.Kind
        // A call of a function ends with STOP too: the parts decide.
        switch reason {
        case _ where isBlocked: kind = .refused
        case "STOP": kind = calls > 0 ? .toolCalls : .stop
        case "MAX_TOKENS": kind = .length
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE": kind = .refused
        default: kind = .other
        }
        return AIResponse(
            id: id, model: model, content: content, finish: AIFinish(kind, raw: reason, detail: detail),
            usage: usage ?? AnthropicWire.missing)
    }
}
