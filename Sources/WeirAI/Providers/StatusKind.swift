import Foundation
import WeirCore

/// What a status alone says.
enum StatusKind {
    static func of(_ status: Int) -> AIFault.Kind {
        switch status {
        case 401: .unauthorized
        case 402: .billing
        case 403: .forbidden
        case 404: .notFound
        case 408, 504: .timedOut
        case 409: .conflict
        case 413: .tooLarge
        case 429: .rateLimited
        case 529, 503: .overloaded
        case 500...: .server
        default: .badRequest
        }
    }
}

/// Sorts any answer that is no success, in the words of the provider's own errors.
enum FaultReading {
    static func fault(_ reply: WireReply, format: WireFormat, now: Date) -> AIFault {
        let headers = reply.head.headers
        var fault: AIFault
        if let body = JSONValue(parsing: reply.body) {
            fault =
                switch format {
                case .anthropic: AnthropicWire.fault(status: reply.head.status, body, headers: headers)
                case .openAIChat, .openAIResponses: OpenAIFaults.fault(status: reply.head.status, body)
                case .gemini: GeminiFaults.fault(status: reply.head.status, body)
                }
        } else {
            let text = String(decoding: reply.body.prefix(200), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let isSuccess = (200..<300).contains(reply.head.status)
            fault = AIFault(
                isSuccess ? .garbled : StatusKind.of(reply.head.status),
                text.isEmpty ? "the answer is empty" : "the answer is not JSON: \(text)", status: reply.head.status)
        }
        if fault.status == nil { fault.status = reply.head.status }
        if let asked = RetryAfter.read(headers, now: now) { fault.retryAfter = asked }
        switch headers["x-should-retry"]?.lowercased() {
        case "true": fault.shouldRetry = true
        case "false": fault.shouldRetry = false
        default: break
        }
        if fault.requestID == nil { fault.requestID = reply.head.requestID }
        return fault
    }
}
