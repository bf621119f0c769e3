import WeirCore

/// Guesses tokens without a tokenizer: four bytes of English or two of anything denser a token, and a margin on top.
enum TokenEstimate {
    private static let margin = 1.15

    static func tokens(_ text: String) -> Int64 {
        var bytes = 0
        var dense = 0
        for byte in text.utf8 {
            bytes += 1
            switch byte {
            case 0x80..., UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: "\""), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "="),
                UInt8(ascii: ";"):
                dense += 1
            default: break
            }
        }
        // A text with a quarter of such bytes is JSON, code, figures, or no Latin script.
        let share = dense * 4 >= bytes ? 2.0 : 4.0
        return Int64((Double(bytes) / share * margin).rounded(.up))
    }

    /// The whole question, tools and schema included.
    static func tokens(_ request: AIRequest) -> Int64 {
        var sum = request.system.map(tokens) ?? 0
        for message in request.messages {
            sum += 8
            for content in message.content { sum += tokens(content) }
        }
        for tool in request.tools { sum += tokens(tool.name + tool.description + tool.schema.line) + 16 }
        if let schema = request.output?.schema { sum += tokens(schema.line) + 16 }
        return sum + 16
    }

    static func tokens(_ request: AIEmbeddingRequest) -> Int64 { request.texts.reduce(0) { $0 + tokens($1) } }

    private static func tokens(_ content: AIContent) -> Int64 {
        switch content {
        case .text(let text, _): tokens(text)
        // About what a picture of a million pixels counts as.
        case .image: 1_600
        case .document(let media):
            switch media.source {
            // A page of PDF is about 30 kB and counts up to 3,000 tokens.
            case .bytes(let bytes):
                media.mediaType.hasPrefix("text/")
                    ? Int64(bytes.count / 3) : max(3_000, Int64(bytes.count / 30_000) * 3_000)
            case .url, .fileID: 30_000
            }
        case .toolCall(let call): tokens(call.name + call.arguments.line) + 16
        case .toolResult(let result): tokens(result.text) + 16
        case .opaque(let echo): tokens(echo.block.line)
        }
    }
}
