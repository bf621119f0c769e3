import WeirCore

/// Google's `generateContent`, of the Gemini API and of Vertex AI.
struct GeminiWire: Wire {
    let format = WireFormat.gemini

    func encode(_ request: AIRequest, to target: WireTarget, stream: Bool) throws -> EncodedRequest {
        let (request, warnings) = Fitting.fit(request, to: target)
        var body = try Self.body(of: request)
        body.merge(request.extra) { _, new in new }
        let method = stream ? "streamGenerateContent?alt=sse" : "generateContent"
        return EncodedRequest(
            url: "\(Self.path(target.model, target))\(method)", body: .object(body), warnings: warnings)
    }

    /// `…/models/MODEL:`, to be followed by a method.
    static func path(_ model: String, _ target: WireTarget) -> String {
        let provider = target.provider
        guard provider.type == .vertex else { return "\(target.baseURL)/models/\(model):" }
        let location = provider.location ?? "global"
        return
            "\(target.baseURL)/projects/\(provider.project ?? "")/locations/\(location)/publishers/google/models/\(model):"
    }

    static func body(of request: AIRequest) throws -> [String: JSONValue] {
        var body: [String: JSONValue] = ["contents": .array(try request.messages.map(content))]
        if let system = request.system { body["systemInstruction"] = ["parts": [["text": .string(system)]]] }
        if !request.tools.isEmpty {
            body["tools"] = [
                [
                    "functionDeclarations": .array(
                        request.tools.map { tool in
                            [
                                "name": .string(tool.name), "description": .string(tool.description),
                                "parametersJsonSchema": tool.schema,
                            ]
                        })
                ]
            ]
            var calling: [String: JSONValue]
            switch request.toolChoice {
            case .auto: calling = ["mode": "AUTO"]
            case .required: calling = ["mode": "ANY"]
            case .none: calling = ["mode": "NONE"]
            case .tool(let name): calling = ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
            }
            body["toolConfig"] = ["functionCallingConfig": .object(calling)]
        }
        var generation: [String: JSONValue] = ["maxOutputTokens": .int(Int64(request.maxTokens))]
        if let value = request.temperature { generation["temperature"] = .double(value) }
        if let value = request.topP { generation["topP"] = .double(value) }
        if let value = request.topK { generation["topK"] = .int(Int64(value)) }
        if let value = request.seed { generation["seed"] = .int(Int64(value)) }
        if !request.stop.isEmpty { generation["stopSequences"] = .array(request.stop.map { .string($0) }) }
        if let output = request.output {
            generation["responseMimeType"] = "application/json"
            generation["responseJsonSchema"] = output.schema
        }
        switch request.effort {
        case nil: break
        case .some(.none): generation["thinkingConfig"] = ["thinkingBudget": 0]
        case .minimal, .low: generation["thinkingConfig"] = ["thinkingLevel": "low"]
        case .medium: generation["thinkingConfig"] = ["thinkingLevel": "medium"]
        case .high, .xhigh, .max: generation["thinkingConfig"] = ["thinkingLevel": "high"]
        }
        body["generationConfig"] = .object(generation)
        return body
    }

    private static func content(_ message: AIMessage) throws -> JSONValue {
        // Answers of tools come from the user here too.
        let role = message.role == .assistant ? "model" : "user"
        return ["role": .string(role), "parts": .array(try message.content.compactMap(part))]
    }

    private static func part(_ content: AIContent) throws -> JSONValue? {
        switch content {
        case .text(let text, let echo):
            if let echo, echo.wire == .gemini { return echo.block }
            return ["text": .string(text)]
        case .image(let media), .document(let media):
            switch media.source {
            case .bytes(let bytes):
                return ["inlineData": ["mimeType": .string(media.mediaType), "data": .string(Media.base64(bytes))]]
            case .url(let uri), .fileID(let uri):
                return ["fileData": ["mimeType": .string(media.mediaType), "fileUri": .string(uri)]]
            }
        case .toolCall(let call):
            if let echo = call.echo, echo.wire == .gemini { return echo.block }
            let arguments = call.arguments.text.map { ["text": .string($0)] } ?? call.arguments
            return ["functionCall": ["name": .string(call.name), "args": arguments]]
        case .toolResult(let result):
            let key = result.isError ? "error" : "result"
            var response: [String: JSONValue] = [
                "name": .string(result.name), "response": .object([key: .string(result.text)]),
            ]
            // Ids that we made up because the model gave none are not sent.
            if !result.id.hasPrefix(madeUpID) { response["id"] = .string(result.id) }
            return ["functionResponse": .object(response)]
        case .opaque(let echo):
            return echo.wire == .gemini ? echo.block : nil
        }
    }

    static let madeUpID = "weir-call-"
}
