import WeirCore

/// Google's errors, which may come wrapped in a list of one, with or without details.
enum GeminiFaults {
    static func fault(status: Int?, _ body: JSONValue) -> AIFault {
        let error = (body[0] ?? body)["error"]
        let word = error?["status"]?.text
        let code = status ?? error?["code"]?.integer.map { Int($0) }
        var kind: AIFault.Kind =
            switch word {
            case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": .badRequest
            case "UNAUTHENTICATED": .unauthorized
            case "PERMISSION_DENIED": .forbidden
            case "NOT_FOUND": .notFound
            case "RESOURCE_EXHAUSTED": .rateLimited
            case "UNAVAILABLE": .overloaded
            case "DEADLINE_EXCEEDED": .timedOut
            case "INTERNAL": .server
            default: code.map(StatusKind.of) ?? .server
            }
        let message = error?["message"]?.text ?? "the provider told no reason"
        var fault = AIFault(kind, message, status: code)
        for detail in error?["details"]?.items ?? [] {
            let type = detail["@type"]?.text ?? ""
            if type.hasSuffix("RetryInfo"), let text = detail["retryDelay"]?.text {
                fault.retryAfter = RetryAfter.span(text)
            }
            if type.hasSuffix("QuotaFailure") {
                // A quota of a day comes back at its boundary only.
                let ids = (detail["violations"]?.items ?? []).compactMap { $0["quotaId"]?.text }
                if ids.contains(where: { $0.localizedCaseInsensitiveContains("PerDay") }) { kind = .quotaExhausted }
            }
            if detail["reason"]?.text == "API_KEY_INVALID" { kind = .unauthorized }
        }
        if kind == .rateLimited, message.contains("exceeded your current quota"), fault.retryAfter == nil {
            kind = .quotaExhausted
        }
        if kind == .badRequest, message.contains("token count"), message.contains("exceeds the maximum") {
            kind = .contextOverflow
        }
        fault.kind = kind
        fault.providerCode = word
        return fault
    }
}
