import WeirCore

/// One provider's language: pure translation both ways, with nothing sent.
protocol Wire: Sendable {
    var format: WireFormat { get }

    /// The request as the provider wants it. What the model forbids is left out and told in the warnings.
    func encode(_ request: AIRequest, to target: WireTarget, stream: Bool) throws -> EncodedRequest

    /// A whole answer.
    /// - Throws: an `AIFault` when it is not what the provider promises.
    func decode(_ body: JSONValue) throws -> AIResponse

    /// Reads one stream.
    func decoder() -> any StreamDecoder
}

/// Where a request goes and what is known of the model there.
struct WireTarget: Sendable {
    /// Without a slash at its end.
    var baseURL: String
    /// As the provider names it.
    var model: String
    var profile: ModelProfile
    var provider: ProviderSettings
}

struct EncodedRequest: Sendable {
    var url: String
    var body: JSONValue
    var headers: [String: String] = [:]
    var warnings: [AIWarning] = []
}

/// Turns the events of one stream into ours. It is told the end, and decides whether the answer was whole.
protocol StreamDecoder {
    mutating func take(_ event: SSEEvent) throws -> [AIEvent]

    /// The answer, once the stream is over.
    /// - Throws: an `AIFault` of kind `cut` when the provider's last event is missing.
    mutating func end() throws -> AIResponse

    /// What had been used until now, for an answer that failed.
    var usageSoFar: AIUsage? { get }
}

extension StreamDecoder {
    /// The event's data, or a fault: inside a stream every datum is JSON.
    static func json(_ event: SSEEvent) throws -> JSONValue {
        guard let value = JSONValue(parsing: event.data) else {
            throw AIFault(.garbled, "an event of the stream is not JSON: \(event.data.prefix(200))")
        }
        return value
    }
}

/// Arguments that a model wrote: an object, or the text itself when it is no JSON. An empty text is an empty object.
enum ToolArguments {
    static func read(_ text: String) -> JSONValue {
        if text.allSatisfy(\.isWhitespace) { return .object([:]) }
        return JSONValue(parsing: text) ?? .string(text)
    }

    static func write(_ arguments: JSONValue) -> String {
        if case .string(let text) = arguments { text } else { arguments.line }
    }
}

/// Base64 and the small texts that several wires share.
enum Media {
    static func base64(_ bytes: [UInt8]) -> String { Base64.encode(bytes) }

    static func dataURL(_ bytes: [UInt8], _ type: String) -> String { "data:\(type);base64,\(base64(bytes))" }

    static func unsupported(_ what: String, _ format: WireFormat) -> WeirError {
        WeirError(
            "ai.unsupported", "\(what) cannot be sent in the format \(format.rawValue)",
            hint: "send its bytes, or use another provider")
    }
}
