import WeirCore

extension AnthropicWire {
    /// Sorts an error of Anthropic's: by status, then by its type, then by the code in its details. Texts are for people.
    static func fault(status: Int?, _ body: JSONValue, headers: [String: String]) -> AIFault {
        let error = body["error"]
        let type = error?["type"]?.text ?? ""
        let code = error?["details"]?["error_code"]?.text
        var kind: AIFault.Kind =
            switch type {
            case "invalid_request_error": .badRequest
            case "authentication_error": .unauthorized
            case "billing_error": .billing
            case "permission_error": .forbidden
            case "not_found_error": .notFound
            case "conflict_error": .conflict
            case "request_too_large": .tooLarge
            case "rate_limit_error": .rateLimited
            case "overloaded_error": .overloaded
            case "timeout_error", "api_error": .server
            default: status.map(StatusKind.of) ?? .server
            }
        if let code {
            if code.contains("context") || code.contains("prompt_too_long") { kind = .contextOverflow }
            if code.contains("spend_limit") || code.contains("credit") { kind = .quotaExhausted }
        }
        var fault = AIFault(kind, error?["message"]?.text ?? "the provider told no reason", status: status)
        fault.providerCode = code ?? (type.isEmpty ? nil : type)
        fault.requestID = body["request_id"]?.text ?? headers["request-id"]
        return fault
    }
}
