import WeirCore

/// Anthropic Messages (`POST /v1/messages`).
struct AnthropicWire: Wire {
    let format = WireFormat.anthropic
    static let newestVersion = "2026-10-21"

    func encode(_ request: AIRequest, to target: WireTarget, stream: Bool) throws -> EncodedRequest {
        var target = target
        let version = target.provider.version ?? Self.newestVersion
        // From this version on the server refuses any sampling parameter, whatever the model.
        if version >= Self.newestVersion { target.profile.allowsSampling = false }
        let (request, warnings) = Fitting.fit(request, to: target)
        var body = try Self.content(of: request, model: target.model)
        body["max_tokens"] = .int(Int64(request.maxTokens))
        if stream { body["stream"] = true }
        body.merge(request.extra) { _, new in new }
        var headers = ["anthropic-version": version]
        if !target.provider.betas.isEmpty { headers["anthropic-beta"] = target.provider.betas.joined(separator: ",") }
        var all = warnings
        if request.seed != nil {
            all.append(AIWarning("ai.dropped-parameter", "seed was left out: Anthropic has none"))
        }
        return EncodedRequest(
            url: "\(target.baseURL)/v1/messages", body: .object(body), headers: headers, warnings: all)
    }

    /// What `/v1/messages` and `/v1/messages/count_tokens` have in common.
    static func content(of request: AIRequest, model: String) throws -> [String: JSONValue] {
        var body: [String: JSONValue] = ["model": .string(model)]
        body["messages"] = .array(try request.messages.map(message))
        if let system = request.system {
            let block = marked(["type": "text", "text": .string(system)], request.systemCache)
            body["system"] = request.systemCache == nil ? .string(system) : [.object(block)]
        }
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.enumerated().map { index, tool in
                    var block: [String: JSONValue] = [
                        "name": .string(tool.name), "description": .string(tool.description),
                        "input_schema": tool.schema,
                    ]
                    if tool.isStrict { block["strict"] = true }
                    let isLast = index == request.tools.count - 1
                    return .object(marked(block, isLast && request.system == nil ? request.systemCache : nil))
                })
            body["tool_choice"] = choice(request)
        }
        if let topK = request.topK { body["top_k"] = .int(Int64(topK)) }
        if let topP = request.topP { body["top_p"] = .double(topP) }
        if let temperature = request.temperature { body["temperature"] = .double(temperature) }
        if !request.stop.isEmpty { body["stop_sequences"] = .array(request.stop.map { .string($0) }) }
        var output: [String: JSONValue] = [:]
        if let effort = request.effort {
            switch effort {
            case .none, .minimal: output["effort"] = "low"
            default: output["effort"] = .string(effort.rawValue)
            }
        }
        if let schema = request.output?.schema { output["format"] = ["type": "json_schema", "schema": schema] }
        if !output.isEmpty { body["output_config"] = .object(output) }
        return body
    }

    private static func choice(_ request: AIRequest) -> JSONValue {
        var choice: [String: JSONValue]
        switch request.toolChoice {
        case .auto: choice = ["type": "auto"]
        case .required: choice = ["type": "any"]
        case .none: return ["type": "none"]
        case .tool(let name): choice = ["type": "tool", "name": .string(name)]
        }
        if !request.allowsParallelTools { choice["disable_parallel_tool_use"] = true }
        return .object(choice)
    }

    private static func marked(_ block: [String: JSONValue], _ hint: AICacheHint?) -> [String: JSONValue] {
        guard let hint else { return block }
        var block = block
        block["cache_control"] =
            hint == .oneHour ? ["type": "ephemeral", "ttl": "1h"] : ["type": "ephemeral"]
        return block
    }

    private static func message(_ message: AIMessage) throws -> JSONValue {
        // Results of tools come before any other text of their message.
        let results = message.content.filter { if case .toolResult = $0 { true } else { false } }
        let others = message.content.filter { if case .toolResult = $0 { false } else { true } }
        var blocks = try (results + others).compactMap { try block($0) }
        if let hint = message.cache, let last = blocks.last?.fields {
            blocks[blocks.count - 1] = .object(marked(last, hint))
        }
        return ["role": .string(message.role.rawValue), "content": .array(blocks)]
    }

    private static func block(_ content: AIContent) throws -> JSONValue? {
        switch content {
        case .text(let text, let echo):
            if let echo, echo.wire == .anthropic { return echo.block }
            return ["type": "text", "text": .string(text)]
        case .image(let media):
            return ["type": "image", "source": try source(media)]
        case .document(let media):
            var block: [String: JSONValue] = ["type": "document", "source": try source(media)]
            if let name = media.name { block["title"] = .string(name) }
            return .object(block)
        case .toolCall(let call):
            if let echo = call.echo, echo.wire == .anthropic { return echo.block }
            return [
                "type": "tool_use", "id": .string(call.id), "name": .string(call.name),
                // The server wants an object; a text that was none is told as one.
                "input": call.arguments.text.map { ["text": .string($0)] } ?? call.arguments,
            ]
        case .toolResult(let result):
            var block: [String: JSONValue] = [
                "type": "tool_result", "tool_use_id": .string(result.id), "content": .string(result.text),
            ]
            if result.isError { block["is_error"] = true }
            return .object(block)
        case .opaque(let echo):
            return echo.wire == .anthropic ? echo.block : nil
        }
    }

    private static func source(_ media: AIMedia) throws -> JSONValue {
        switch media.source {
        case .url(let url): return ["type": "url", "url": .string(url)]
        case .fileID(let id): return ["type": "file", "file_id": .string(id)]
        case .bytes(let bytes) where media.mediaType == "text/plain":
            return [
                "type": "text", "media_type": "text/plain", "data": .string(String(decoding: bytes, as: UTF8.self)),
            ]
        case .bytes(let bytes):
            return [
                "type": "base64", "media_type": .string(media.mediaType), "data": .string(Media.base64(bytes)),
            ]
        }
    }
}
