import WeirCore

/// OpenAI chat completions (`POST /chat/completions`), which most other servers speak too.
struct ChatWire: Wire {
    let format = WireFormat.openAIChat

    func encode(_ request: AIRequest, to target: WireTarget, stream: Bool) throws -> EncodedRequest {
        let server = target.profile.server
        let (request, fitted) = Fitting.fit(request, to: target)
        var warnings = fitted
        var body: [String: JSONValue] = ["model": .string(target.model)]
        var messages: [JSONValue] = []
        if let system = request.system { messages.append(["role": "system", "content": .string(system)]) }
        for message in request.messages { messages += try Self.messages(message) }
        body["messages"] = .array(messages)
        body[server.maxTokensName] = .int(Int64(request.maxTokens))
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map { tool in
                    var function: [String: JSONValue] = [
                        "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.schema,
                    ]
                    if tool.isStrict, server.sendsStrict { function["strict"] = true }
                    return ["type": "function", "function": .object(function)]
                })
            switch request.toolChoice {
            case .auto: break
            case .required: body["tool_choice"] = "required"
            case .none: body["tool_choice"] = "none"
            case .tool(let name):
                body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
            }
            switch request.toolChoice {
            case .required, .tool:
                if !server.enforcesToolChoice {
                    warnings.append(
                        AIWarning("ai.not-enforced", "this server may not obey the forced choice of a tool"))
                }
            case .auto, .none: break
            }
            if !request.allowsParallelTools { body["parallel_tool_calls"] = false }
        }
        if let output = request.output {
            var schema: [String: JSONValue] = ["name": .string(output.name), "schema": output.schema]
            if server.sendsStrict { schema["strict"] = true }
            body["response_format"] = ["type": "json_schema", "json_schema": .object(schema)]
        }
        if let effort = request.effort { body["reasoning_effort"] = .string(effort.rawValue) }
        if let value = request.temperature { body["temperature"] = .double(value) }
        if let value = request.topP { body["top_p"] = .double(value) }
        if request.topK != nil {
            warnings.append(AIWarning("ai.dropped-parameter", "top_k was left out: this format has none"))
        }
        if let value = request.seed { body["seed"] = .int(Int64(value)) }
        if !request.stop.isEmpty { body["stop"] = .array(request.stop.prefix(4).map { .string($0) }) }
        if stream {
            body["stream"] = true
            if server.sendsStreamOptions { body["stream_options"] = ["include_usage": true] }
        }
        body.merge(request.extra) { _, new in new }
        return EncodedRequest(url: "\(target.baseURL)/chat/completions", body: .object(body), warnings: warnings)
    }

    /// One message of ours may be several here: each tool's answer is a message of its own.
    private static func messages(_ message: AIMessage) throws -> [JSONValue] {
        var out: [JSONValue] = []
        var parts: [JSONValue] = []
        var calls: [JSONValue] = []
        for content in message.content {
            switch content {
            case .text(let text, _): parts.append(["type": "text", "text": .string(text)])
            case .image(let media): parts.append(["type": "image_url", "image_url": ["url": .string(try url(media))]])
            case .document(let media): parts.append(["type": "file", "file": try file(media)])
            case .toolCall(let call):
                calls.append([
                    "type": "function", "id": .string(call.id),
                    "function": [
                        "name": .string(call.name), "arguments": .string(ToolArguments.write(call.arguments)),
                    ],
                ])
            case .toolResult(let result):
                out.append([
                    "role": "tool", "tool_call_id": .string(result.id), "content": .string(result.text),
                ])
            case .opaque: break
            }
        }
        if parts.isEmpty, calls.isEmpty { return out }
        var turn: [String: JSONValue] = ["role": .string(message.role.rawValue)]
        if message.role == .assistant {
            let text = parts.compactMap { $0["text"]?.text }.joined()
            turn["content"] = parts.isEmpty ? .null : .string(text)
            if !calls.isEmpty { turn["tool_calls"] = .array(calls) }
        } else {
            let only = parts.count == 1 ? parts[0]["text"]?.text : nil
            turn["content"] = only.map { .string($0) } ?? .array(parts)
        }
        return out + [.object(turn)]
    }

    private static func url(_ media: AIMedia) throws -> String {
        switch media.source {
        case .url(let url): return url
        case .bytes(let bytes): return Media.dataURL(bytes, media.mediaType)
        case .fileID: throw Media.unsupported("an image by its file id", .openAIChat)
        }
    }

    private static func file(_ media: AIMedia) throws -> JSONValue {
        switch media.source {
        case .fileID(let id): return ["file_id": .string(id)]
        case .bytes(let bytes):
            return [
                "filename": .string(media.name ?? "document"),
                "file_data": .string(Media.dataURL(bytes, media.mediaType)),
            ]
        case .url: throw Media.unsupported("a document by its address", .openAIChat)
        }
    }
}
