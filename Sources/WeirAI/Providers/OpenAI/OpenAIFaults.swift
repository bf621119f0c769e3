import WeirCore

/// Errors of OpenAI and of the many servers that resemble it: `error` may be an object or a text, its code a word or a
/// number.
enum OpenAIFaults {
    static func fault(status: Int?, _ body: JSONValue) -> AIFault {
        let error = body["error"] ?? body
        let code = error["code"]?.text ?? error["code"]?.integer.map(String.init)
        let type = error["type"]?.text
        var kind = status.map(StatusKind.of) ?? .server
        switch code {
        case "context_length_exceeded": kind = .contextOverflow
        case "insufficient_quota": kind = .quotaExhausted
        case "rate_limit_exceeded": kind = .rateLimited
        case "invalid_api_key": kind = .unauthorized
        case "model_not_found": kind = .notFound
        case "server_error" where status == nil: kind = .server
        default: break
        }
        if type == "insufficient_quota" { kind = .quotaExhausted }
        if type == "exceed_context_size_error" { kind = .contextOverflow }
        if status == nil, type == "invalid_request_error", kind == .server { kind = .badRequest }
        let message = error["message"]?.text ?? error.text ?? "the provider told no reason"
        var fault = AIFault(kind, message, status: status)
        fault.providerCode = code ?? type
        return fault
    }
}
