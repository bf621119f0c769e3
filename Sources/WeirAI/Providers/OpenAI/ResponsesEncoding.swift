import WeirCore

/// OpenAI responses (`POST /responses`). Nothing is stored at the provider.
struct ResponsesWire: Wire {
    let format = WireFormat.openAIResponses

    func encode(_ request: AIRequest, to target: WireTarget, stream: Bool) throws -> EncodedRequest {
        let (request, fitted) = Fitting.fit(request, to: target)
        var warnings = fitted
        var body: [String: JSONValue] = [
            "model": .string(target.model), "store": false, "max_output_tokens": .int(Int64(request.maxTokens)),
            "input": .array(try request.messages.flatMap(Self.items)),
        ]
        if let system = request.system { body["instructions"] = .string(system) }
        if !request.tools.isEmpty {
            body["tools"] = .array(
                request.tools.map { tool in
                    [
                        "type": "function", "name": .string(tool.name), "description": .string(tool.description),
                        "parameters": tool.schema, "strict": .bool(tool.isStrict),
                    ]
                })
            switch request.toolChoice {
            case .auto: break
            case .required: body["tool_choice"] = "required"
            case .none: body["tool_choice"] = "none"
            case .tool(let name): body["tool_choice"] = ["type": "function", "name": .string(name)]
            }
            if !request.allowsParallelTools { body["parallel_tool_calls"] = false }
        }
        if let output = request.output {
            body["text"] = [
                "format": [
                    "type": "json_schema", "name": .string(output.name), "schema": output.schema, "strict": true,
                ]
            ]
        }
        if let effort = request.effort { body["reasoning"] = ["effort": .string(effort.rawValue)] }
        // Without storage the reasoning can only come back to the model if we carry it.
        if request.effort != nil || !request.tools.isEmpty { body["include"] = ["reasoning.encrypted_content"] }
        if let value = request.temperature { body["temperature"] = .double(value) }
        if let value = request.topP { body["top_p"] = .double(value) }
        for (value, name) in [(request.topK, "top_k"), (request.seed, "seed")] where value != nil {
            warnings.append(AIWarning("ai.dropped-parameter", "\(name) was left out: this format has none"))
        }
        if !request.stop.isEmpty {
            warnings.append(AIWarning("ai.dropped-parameter", "stop was left out: this format has none"))
        }
        if stream { body["stream"] = true }
        body.merge(request.extra) { _, new in new }
        return EncodedRequest(url: "\(target.baseURL)/responses", body: .object(body), warnings: warnings)
    }

    private static func items(_ message: AIMessage) throws -> [JSONValue] {
        var items: [JSONValue] = []
        var parts: [JSONValue] = []
        func flush() {
            if parts.isEmpty { return }
            items.append(["role": .string(message.role.rawValue), "content": .array(parts)])
            parts = []
        }
        for content in message.content {
            switch content {
            case .text(let text, _):
                let type = message.role == .assistant ? "output_text" : "input_text"
                parts.append(["type": .string(type), "text": .string(text)])
            case .image(let media): parts.append(try image(media))
            case .document(let media): parts.append(try file(media))
            case .toolCall(let call):
                flush()
                if let echo = call.echo, echo.wire == .openAIResponses {
                    items.append(echo.block)
                } else {
                    items.append([
                        "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
                        "arguments": .string(ToolArguments.write(call.arguments)),
                    ])
                }
            case .toolResult(let result):
                flush()
                items.append([
                    "type": "function_call_output", "call_id": .string(result.id), "output": .string(result.text),
                ])
            case .opaque(let echo):
                flush()
                if echo.wire == .openAIResponses { items.append(echo.block) }
            }
        }
        flush()
        return items
    }

    private static func image(_ media: AIMedia) throws -> JSONValue {
        switch media.source {
        case .url(let url): ["type": "input_image", "image_url": .string(url)]
        case .fileID(let id): ["type": "input_image", "file_id": .string(id)]
        case .bytes(let bytes): ["type": "input_image", "image_url": .string(Media.dataURL(bytes, media.mediaType))]
        }
    }

    private static func file(_ media: AIMedia) throws -> JSONValue {
        switch media.source {
        case .fileID(let id): return ["type": "input_file", "file_id": .string(id)]
        case .bytes(let bytes):
            return [
                "type": "input_file", "filename": .string(media.name ?? "document"),
                "file_data": .string(Media.dataURL(bytes, media.mediaType)),
            ]
        case .url(let url): return ["type": "input_file", "file_url": .string(url)]
        }
    }
}
