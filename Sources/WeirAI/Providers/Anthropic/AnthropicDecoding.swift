import WeirCore

extension AnthropicWire {
    func decode(_ body: JSONValue) throws -> AIResponse {
        guard body["type"]?.text == "message" || body["content"] != nil else {
            throw AIFault(.garbled, "the answer is no message of Anthropic's format")
        }
        return AIResponse(
            id: body["id"]?.text ?? "", model: body["model"]?.text ?? "",
            content: (body["content"]?.items ?? []).compactMap(Self.content),
            finish: Self.finish(body["stop_reason"]?.text, body["stop_details"]),
            usage: Self.usage(body["usage"], over: nil) ?? Self.missing)
    }

    func decoder() -> any StreamDecoder { AnthropicStream() }

    static var missing: AIUsage {
        var usage = AIUsage()
        usage.isMissing = true
        return usage
    }

    /// One block of an answer; kinds that are not known are kept to be sent back.
    static func content(_ block: JSONValue) -> AIContent? {
        let echo = AIEcho(wire: .anthropic, block: block)
        switch block["type"]?.text {
        case "text":
            let isPlain = (block["citations"]?.items ?? []).isEmpty
            return .text(block["text"]?.text ?? "", echo: isPlain ? nil : echo)
        case "tool_use":
            return .toolCall(
                AIToolCall(
                    id: block["id"]?.text ?? "", name: block["name"]?.text ?? "",
                    arguments: block["input"] ?? .object([:]), echo: echo))
        case nil: return nil
        default: return .opaque(echo)
        }
    }

    static func finish(_ reason: String?, _ details: JSONValue?) -> AIFinish {
        let kind: AIFinish.Kind =
            switch reason {
            case "end_turn", "stop_sequence": .stop
            case "max_tokens": .length
            case "tool_use": .toolCalls
            case "pause_turn": .paused
            case "refusal": .refused
            case "model_context_window_exceeded": .contextOverflow
            default: .other
            }
        return AIFinish(kind, raw: reason ?? "", detail: details?["explanation"]?.text ?? details?["category"]?.text)
    }

    /// Later figures of a stream are totals and overwrite earlier ones, where they are told at all.
    static func usage(_ value: JSONValue?, over earlier: AIUsage?) -> AIUsage? {
        guard let value, value.fields != nil else { return earlier }
        var usage = earlier ?? AIUsage()
        usage.isMissing = false
        if let count = value["input_tokens"]?.integer { usage.inputUncached = count }
        if let count = value["cache_read_input_tokens"]?.integer { usage.cacheRead = count }
        if let parts = value["cache_creation"], parts.fields != nil {
            usage.cacheWrite5m = parts["ephemeral_5m_input_tokens"]?.integer ?? 0
            usage.cacheWrite1h = parts["ephemeral_1h_input_tokens"]?.integer ?? 0
        } else if let count = value["cache_creation_input_tokens"]?.integer, usage.cacheWrite1h == 0 {
            usage.cacheWrite5m = count
        }
        if let count = value["output_tokens"]?.integer { usage.outputTotal = count }
        if let count = value["output_tokens_details"]?["thinking_tokens"]?.integer { usage.outputReasoning = count }
        if let tier = value["service_tier"]?.text { usage.serviceTier = tier }
        return usage
    }
}

/// Reads the named events of Anthropic's stream.
struct AnthropicStream: StreamDecoder {
    private var id = ""
    private var model = ""
    private var blocks: [Int: Block] = [:]
    private var usage: AIUsage?
    private var finish: AIFinish?
    private var isOver = false

    private struct Block {
        var start: [String: JSONValue]
        var text = ""
        var arguments = ""
        var signature = ""
        var citations: [JSONValue] = []
    }

    var usageSoFar: AIUsage? { usage }

    mutating func take(_ event: SSEEvent) throws -> [AIEvent] {
        let data = try Self.json(event)
        switch data["type"]?.text ?? event.name {
        case "message_start":
            id = data["message"]?["id"]?.text ?? ""
            model = data["message"]?["model"]?.text ?? ""
            usage = AnthropicWire.usage(data["message"]?["usage"], over: usage)
            return [.started(model: model)]
        case "content_block_start":
            return start(Int(data["index"]?.integer ?? 0), data["content_block"])
        case "content_block_delta":
            return delta(Int(data["index"]?.integer ?? 0), data["delta"])
        case "content_block_stop":
            let index = Int(data["index"]?.integer ?? 0)
            guard let block = blocks[index], case .toolCall(let call)? = Self.content(block) else { return [] }
            return [.toolCall(call)]
        case "message_delta":
            if let reason = data["delta"]?["stop_reason"]?.text {
                finish = AnthropicWire.finish(reason, data["delta"]?["stop_details"])
            }
            usage = AnthropicWire.usage(data["usage"], over: usage)
            return usage.map { [.usage($0)] } ?? []
        case "message_stop":
            isOver = true
            return []
        case "error":
            throw AnthropicWire.fault(status: nil, data, headers: [:])
        default:
            return []
        }
    }

    private mutating func start(_ index: Int, _ block: JSONValue?) -> [AIEvent] {
        let fields = block?.fields ?? [:]
        blocks[index] = Block(start: fields, text: fields["text"]?.text ?? fields["thinking"]?.text ?? "")
        if fields["type"]?.text == "tool_use" {
            return [.toolCallStarted(index: index, id: fields["id"]?.text ?? "", name: fields["name"]?.text ?? "")]
        }
        if fields["type"]?.text == "text", let text = fields["text"]?.text, !text.isEmpty { return [.textDelta(text)] }
        return []
    }

    private mutating func delta(_ index: Int, _ delta: JSONValue?) -> [AIEvent] {
        switch delta?["type"]?.text {
        case "text_delta":
            let text = delta?["text"]?.text ?? ""
            blocks[index]?.text += text
            return [.textDelta(text)]
        case "input_json_delta":
            let text = delta?["partial_json"]?.text ?? ""
            blocks[index]?.arguments += text
            return text.isEmpty ? [] : [.toolArgumentsDelta(index: index, text)]
        case "thinking_delta":
            let text = delta?["thinking"]?.text ?? ""
            blocks[index]?.text += text
            return [.thinkingDelta(text)]
        case "signature_delta":
            blocks[index]?.signature += delta?["signature"]?.text ?? ""
            return []
        case "citations_delta":
            if let citation = delta?["citation"] { blocks[index]?.citations.append(citation) }
            return []
        default:
            return []
        }
    }

    /// A block as it would stand in an answer that is no stream.
    private static func content(_ block: Block) -> AIContent? {
        var fields = block.start
        switch fields["type"]?.text {
        case "text":
            fields["text"] = .string(block.text)
            if !block.citations.isEmpty { fields["citations"] = .array(block.citations) }
        case "thinking":
            fields["thinking"] = .string(block.text)
            if !block.signature.isEmpty { fields["signature"] = .string(block.signature) }
        case "tool_use":
            if !block.arguments.isEmpty || fields["input"] == nil {
                let arguments = ToolArguments.read(block.arguments)
                // What is no JSON must not be sent back as the block's own input.
                if arguments.fields == nil {
                    return .toolCall(
                        AIToolCall(
                            id: fields["id"]?.text ?? "", name: fields["name"]?.text ?? "", arguments: arguments))
                }
                fields["input"] = arguments
            }
        default: break
        }
        return AnthropicWire.content(.object(fields))
    }

    mutating func end() throws -> AIResponse {
        guard isOver, let finish else {
            throw AIFault(.cut, "the stream ended before the answer did")
        }
        return AIResponse(
            id: id, model: model, content: blocks.sorted { $0.key < $1.key }.compactMap { Self.content($0.value) },
            finish: finish, usage: usage ?? AnthropicWire.missing)
    }
}
