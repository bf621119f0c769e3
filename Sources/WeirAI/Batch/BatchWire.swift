import WeirCore

/// The batch endpoints of the providers: requests out, answers in. Pure.
enum BatchWire {
    /// The upload that must come before, where there is one (OpenAI).
    static func upload(_ items: [AIBatchItem], to target: WireTarget) throws -> WireRequest? {
        guard target.provider.format == .openAIChat || target.provider.format == .openAIResponses else { return nil }
        let lines = BatchLines.write(
            try items.map { item in
                [
                    "custom_id": .string(item.id), "method": "POST", "url": .string("/v1/\(path(item.kind, target))"),
                    "body": try encoded(item, target).body,
                ]
            })
        let mark = "weir-\(Fingerprint.of([items.first?.id ?? "", "\(lines.count)"]))"
        var body = Array(
            "--\(mark)\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n".utf8)
        body += Array(
            "--\(mark)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"batch.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n"
                .utf8)
        body += lines + Array("\r\n--\(mark)--\r\n".utf8)
        return WireRequest(
            url: "\(target.baseURL)/files", headers: ["content-type": "multipart/form-data; boundary=\(mark)"],
            body: body)
    }

    private static func path(_ kind: AIBatchTicket.Kind, _ target: WireTarget) -> String {
        if kind.isEmbeddings { return "embeddings" }
        return target.provider.format == .openAIResponses ? "responses" : "chat/completions"
    }

    /// A question as it would be sent alone.
    static func encoded(_ item: AIBatchItem, _ target: WireTarget) throws -> EncodedRequest {
        switch item.question {
        case .conversation(let request): try target.provider.wire.encode(request, to: target, stream: false)
        case .embedding(let request): try EmbeddingWire.encodeOne(request, to: target)
        }
    }

    /// - Parameters:
    ///   - name: our own, by which ``BatchList`` finds it again.
    ///   - fileID: of the upload, where there was one.
    static func create(
        _ items: [AIBatchItem], named name: String, fileID: String?, to target: WireTarget
    ) throws -> WireRequest {
        switch target.provider.format {
        case .anthropic:
            var headers: [String: String] = [:]
            let requests = try items.map { item in
                let encoded = try encoded(item, target)
                headers = encoded.headers
                return JSONValue.object(["custom_id": .string(item.id), "params": encoded.body])
            }
            var request = WireRequest.json(
                ["requests": .array(requests)], to: "\(target.baseURL)/v1/messages/batches")
            request.headers.merge(headers) { $1 }
            return request
        case .openAIChat, .openAIResponses:
            let kind = items.first?.kind ?? .conversations
            return .json(
                [
                    "input_file_id": .string(fileID ?? ""), "endpoint": .string("/v1/\(path(kind, target))"),
                    "completion_window": "24h", "metadata": [BatchList.mark: .string(name)],
                ], to: "\(target.baseURL)/batches")
        case .gemini:
            let requests = try items.map { item in
                let encoded = try encoded(item, target)
                return JSONValue.object(["request": encoded.body, "metadata": ["key": .string(item.id)]])
            }
            let isEmbeddings = items.first?.kind.isEmbeddings == true
            let method = isEmbeddings ? "asyncBatchEmbedContent" : "batchGenerateContent"
            return .json(
                [
                    "batch": [
                        "displayName": .string("\(BatchList.mark)-\(name)"),
                        "inputConfig": ["requests": ["requests": .array(requests)]],
                    ]
                ], to: "\(GeminiWire.path(target.model, target))\(method)")
        }
    }

    /// The batch's id in the answer to its creation.
    static func id(_ body: JSONValue) -> String? { body["id"]?.text ?? body["name"]?.text }

    static func poll(_ id: String, _ target: WireTarget) -> WireRequest {
        let url =
            switch target.provider.format {
            case .anthropic: "\(target.baseURL)/v1/messages/batches/\(id)"
            case .openAIChat, .openAIResponses: "\(target.baseURL)/batches/\(id)"
            case .gemini: "\(target.baseURL)/\(id)"
            }
        return WireRequest("GET", url: url, headers: versioned(target))
    }

    static func cancel(_ id: String, _ target: WireTarget) -> WireRequest {
        let mark = target.provider.format == .gemini ? ":cancel" : "/cancel"
        var request = poll(id, target)
        request.method = "POST"
        request.url += mark
        request.headers["content-type"] = "application/json"
        request.body = Array("{}".utf8)
        return request
    }

    static func versioned(_ target: WireTarget) -> [String: String] {
        target.provider.format == .anthropic
            ? ["anthropic-version": target.provider.version ?? AnthropicWire.newestVersion] : [:]
    }

    static func status(_ body: JSONValue, _ target: WireTarget) -> AIBatchStatus {
        if target.provider.type == .vertex { return VertexBatch.status(body) }
        switch target.provider.format {
        case .anthropic:
            let ended = body["processing_status"]?.text == "ended"
            var status = AIBatchStatus(state: ended ? .ended : .pending)
            if let url = body["results_url"]?.text { status.answers = [own(url, target)] }
            return status
        case .openAIChat, .openAIResponses:
            let state: AIBatchStatus.State =
                switch body["status"]?.text {
                case "completed": .ended
                case "failed": .failed
                case "expired": .expired
                case "cancelled": .cancelled
                default: .pending
                }
            var status = AIBatchStatus(state: state)
            // Lines that failed or expired are in the other file.
            status.answers = ["output_file_id", "error_file_id"].compactMap { body[$0]?.text }
                .map { "\(target.baseURL)/files/\($0)/content" }
            status.message = body["errors"]?["data"]?[0]?["message"]?.text
            return status
        case .gemini:
            let word = body["metadata"]?["state"]?.text ?? ""
            var status = AIBatchStatus(state: .pending)
            if word.hasSuffix("SUCCEEDED") || body["done"]?.truth == true { status.state = .ended }
            if word.hasSuffix("FAILED") { status.state = .failed }
            if word.hasSuffix("CANCELLED") { status.state = .cancelled }
            if word.hasSuffix("EXPIRED") { status.state = .expired }
            status.message = body["error"]?["message"]?.text
            // Vectors stand under the one name or the other.
            let found = body["response"] ?? body["metadata"]?["output"]
            status.inline = found?["inlinedResponses"] ?? found?["inlinedEmbedContentResponses"]
            return status
        }
    }

    /// The key is sent to the host of the configuration and to no other that an answer may name.
    private static func own(_ url: String, _ target: WireTarget) -> String {
        guard let slashes = url.range(of: "://"), let slash = url[slashes.upperBound...].firstIndex(of: "/") else {
            return "\(target.baseURL)\(url)"
        }
        return target.baseURL + url[slash...]
    }

    /// One line of a file of answers, or one inline answer.
    static func result(
        _ line: JSONValue, _ kind: AIBatchTicket.Kind, _ target: WireTarget
    ) -> (id: String, result: AIBatchResult)? {
        func answered(_ body: JSONValue?) -> AIBatchResult {
            guard let body else { return .failed(AIFault(.garbled, "a line of the batch has no answer")) }
            do {
                if kind.isEmbeddings {
                    return .embedded(
                        try EmbeddingWire.decodeOne(
                            body, type: target.provider.type, shortened: kind == .shortenedEmbeddings))
                }
                return .answered(try target.provider.wire.decode(body))
            } catch {
                var fault = error as? AIFault ?? AIFault(.garbled, "\(error)")
                // It was made and is paid, whether or not it can be read.
                if fault.kind == .garbled, fault.usage == nil {
                    fault.usage = AIUsage()
                    fault.usage?.isMissing = true
                }
                return .failed(fault)
            }
        }
        switch target.provider.format {
        case .anthropic:
            guard let id = line["custom_id"]?.text else { return nil }
            let result = line["result"]
            switch result?["type"]?.text {
            case "succeeded": return (id, answered(result?["message"]))
            case "errored":
                return (
                    id, .failed(AnthropicWire.fault(status: nil, result?["error"] ?? .null, headers: [:]))
                )
            default: return (id, .skipped)
            }
        case .openAIChat, .openAIResponses:
            guard let id = line["custom_id"]?.text else { return nil }
            let status = line["response"]?["status_code"]?.integer ?? 0
            if status == 200 { return (id, answered(line["response"]?["body"])) }
            if line["error"]?["code"]?.text == "batch_expired" { return (id, .skipped) }
            let body = line["response"]?["body"] ?? line
            return (id, .failed(OpenAIFaults.fault(status: status == 0 ? nil : Int(status), body)))
        case .gemini:
            guard let id = line["metadata"]?["key"]?.text ?? line["key"]?.text else { return nil }
            if let status = line["status"]?.text, !status.isEmpty { return (id, .failed(VertexBatch.fault(status))) }
            if line["response"] != nil { return (id, answered(line["response"])) }
            return (id, .failed(GeminiFaults.fault(status: nil, ["error": line["error"] ?? .null])))
        }
    }
}
