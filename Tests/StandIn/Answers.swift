import Foundation
import NIOConcurrencyHelpers
import WeirCore

/// Chooses the answer to a request by its address.
enum Answers {
    typealias Box = NIOLockedValueBox<StandIn.State>

    static func answer(_ received: Received, _ box: Box) -> Reply {
        let path = received.path
        if path == "/token" { return GoogleAnswers.token(received, box) }
        if path == "/health" { return Reply(json: #"{"status":"ok"}"#) }
        if PredictionAnswers.isOne(received) { return PredictionAnswers.answer(received) }
        if let refusal = refusal(received, box) { return refusal }
        let rate = box.withLockedValue { Self.rate(received, &$0) }
        if let refused = rate.refusal { return refused }
        // A batch is taken whole; what is wrong with one of its rows is told with the answers.
        let isBatch = ["batches", "batchGenerateContent", "/files", "/storage/v1/"].contains(where: path.contains)
        if let refused = RowAnswers.refusal(received), !isBatch { return refused }
        var reply = route(received, box)
        reply.headers.merge(rate.headers) { old, _ in old }
        return reply
    }

    private static func route(_ received: Received, _ box: Box) -> Reply {
        let path = received.path
        let body = JSONValue(parsing: received.body) ?? .null
        if let recorded = RecordedAnswers.answer(received, body, box) { return recorded }
        if StorageAnswers.isOne(received) { return StorageAnswers.answer(received, box) }
        if VertexBatchAnswers.isOne(received) { return VertexBatchAnswers.answer(received, body, box) }
        if path.hasPrefix("/v1/messages/batches") { return BatchAnswers.anthropic(received, body, box) }
        if path.hasSuffix("/files") || path.contains("/files/") { return BatchAnswers.file(received, box) }
        if path.contains("/batches") && !path.contains("models") {
            return path.hasPrefix("/v1beta")
                ? BatchAnswers.gemini(received, body, box) : BatchAnswers.openAI(received, body, box)
        }
        if path.hasSuffix("batchGenerateContent") || path.hasSuffix("asyncBatchEmbedContent") {
            return BatchAnswers.gemini(received, body, box)
        }
        if path == "/v1/messages/count_tokens" { return Reply(json: #"{"input_tokens":\#(tokens(received))}"#) }
        if path == "/v1/messages" { return AnthropicAnswers.message(received, body, box) }
        if path.hasSuffix("/chat/completions") { return OpenAIAnswers.chat(received, body, box) }
        if path.hasSuffix("/responses") { return OpenAIAnswers.response(received, body, box) }
        if path.hasSuffix("/embeddings") { return OpenAIAnswers.embeddings(body) }
        if path.hasSuffix("/models") {
            return Reply(
                json: #"{"object":"list","data":[{"id":"stand-in-1","object":"model","max_input_tokens":8000}]}"#)
        }
        if path.contains(":") { return GoogleAnswers.call(received, body, box) }
        return Reply(404, json: #"{"error":{"type":"not_found_error","message":"no such address"}}"#)
    }

    // MARK: Keys

    private static func refusal(_ received: Received, _ box: Box) -> Reply? {
        let headers = received.headers
        let bearer = headers["authorization"].map { String($0.dropFirst(7)) }
        if received.path.contains("/projects/") || StorageAnswers.isOne(received) {
            let isGood = bearer.map { token in box.withLockedValue { $0.tokens.contains(token) } } ?? false
            return isGood
                ? nil : Reply(401, json: #"{"error":{"code":401,"message":"expired","status":"UNAUTHENTICATED"}}"#)
        }
        // Where both are sent the first one counts, as at Anthropic.
        let key = headers["x-api-key"] ?? headers["x-goog-api-key"] ?? bearer
        if key == StandIn.key { return nil }
        return Reply(
            401,
            json:
                #"{"type":"error","error":{"type":"authentication_error","code":"invalid_api_key","status":"UNAUTHENTICATED","message":"invalid x-api-key"},"request_id":"req_401"}"#,
            headers: ["request-id": "req_401"])
    }

    // MARK: Limits

    static func tokens(_ received: Received) -> Int { max(1, received.body.count / 4) }

    private static func rate(
        _ received: Received, _ state: inout StandIn.State
    ) -> (headers: [String: String], refusal: Reply?) {
        guard let limits = state.limits else { return ([:], nil) }
        let now = ContinuousClock.now
        while state.firstUse < state.uses.count, state.uses[state.firstUse].at + limits.window <= now {
            state.usedTokens -= state.uses[state.firstUse].tokens
            state.firstUse += 1
        }
        let need = tokens(received)
        let used = state.uses.count - state.firstUse
        if used + 1 > limits.requests || state.usedTokens + need > limits.tokens {
            state.refused += 1
            return (
                [:],
                Reply(
                    429,
                    json:
                        #"{"type":"error","error":{"type":"rate_limit_error","code":"rate_limit_exceeded","message":"too many"}}"#,
                    headers: ["retry-after": "1"])
            )
        }
        state.uses.append((now, need))
        state.usedTokens += need
        let left = (limits.requests - used - 1, limits.tokens - state.usedTokens)
        return (
            [
                "x-ratelimit-limit-requests": "\(limits.requests)", "x-ratelimit-remaining-requests": "\(left.0)",
                "x-ratelimit-reset-requests": "1m0s", "x-ratelimit-limit-tokens": "\(limits.tokens)",
                "x-ratelimit-remaining-tokens": "\(left.1)", "x-ratelimit-reset-tokens": "1m0s",
            ], nil
        )
    }

    // MARK: Texts

    /// The last text of the question, in whichever wire it stands.
    static func lastText(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): return text
        case .array(let items): return items.last.map { lastText($0) } ?? ""
        case .object(let fields):
            return lastText(
                fields["text"] ?? fields["content"] ?? fields["parts"] ?? fields["output"] ?? fields["functionResponse"]
                    ?? fields["response"] ?? fields["result"] ?? .null)
        default: return ""
        }
    }

    /// What is answered to a question: JSON where a schema is asked for.
    static func text(_ received: Received, _ last: JSONValue?) -> String {
        if RowAnswers.isRow(received), let body = JSONValue(parsing: received.body) { return RowAnswers.text(body) }
        return plainText(received, last)
    }

    private static func plainText(_ received: Received, _ last: JSONValue?) -> String {
        received.text.contains("json_schema") || received.text.contains("responseJsonSchema")
            ? #"{"name":"Ada","amount":12.5}"# : "echo: \(lastText(last))"
    }

    /// Tools are called once: two at a time, the first with arguments in two languages and the second with none.
    static func wantsTools(_ received: Received) -> Bool {
        let text = received.text
        return text.contains("\"tools\":[")
            && !["tool_result", "tool_call_id", "function_call_output", "functionResponse"].contains(
                where: text.contains)
    }

    static let arguments = #"{"city":"Zürich \"West\" 東京","days":3}"#

    /// Pieces that split characters of several bytes where a text can be split at all, and escapes.
    static let fragments = [#"{"city":"Zür"#, #"ich \"#, #""West\" 東"#, #"京","da"#, #"ys":3}"#]
}
