import CryptoExtras
import Foundation
import WeirCore

enum GoogleAnswers {
    static func call(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        switch received.path.split(separator: ":").last {
        case "generateContent", "streamGenerateContent": return content(received, body, box)
        case "countTokens": return Reply(json: #"{"totalTokens":\#(Answers.tokens(received))}"#)
        case "batchEmbedContents":
            let vectors = (body["requests"]?.items ?? []).map {
                #"{"values":[\#(numbers($0["content"]?["parts"]?[0]?["text"]?.text ?? ""))]}"#
            }
            return Reply(json: #"{"embeddings":[\#(vectors.joined(separator: ","))]}"#)
        case "predict":
            let found = (body["instances"]?.items ?? []).map {
                #"{"embeddings":{"values":[\#(numbers($0["content"]?.text ?? ""))],"statistics":{"token_count":3,"truncated":false}}}"#
            }
            return Reply(json: #"{"predictions":[\#(found.joined(separator: ","))]}"#)
        default: return Reply(404, json: #"{"error":{"code":404,"status":"NOT_FOUND","message":"no such method"}}"#)
        }
    }

    static func numbers(_ text: String) -> String {
        OpenAIAnswers.vector(text).map { "\($0)" }.joined(separator: ",")
    }

    private static func content(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let (style, told) = box.withLockedValue { ($0.style, $0.usage) }
        let text = Answers.text(received, body["contents"])
        let calls = Answers.wantsTools(received)
        let usage =
            told
            ?? #"{"promptTokenCount":\#(Answers.tokens(received)),"candidatesTokenCount":\#(text.utf8.count / 4 + 1),"totalTokenCount":0}"#
        let tail = #""modelVersion":"stand-in","responseId":"resp_1""#
        func answer(_ parts: String, last: Bool) -> String {
            let usage = last && style.tellsUsage ? #","usageMetadata":\#(usage)"# : ""
            let reason = last ? #","finishReason":"STOP""# : ""
            return
                #"{"candidates":[{"content":{"role":"model","parts":[\#(parts)]},"index":0\#(reason)}],\#(tail)\#(usage)}"#
        }
        let toolParts = [
            #"{"functionCall":{"name":"weather","args":\#(Answers.arguments)},"thoughtSignature":"c2ln"}"#,
            #"{"functionCall":{"name":"now","args":{}}}"#,
        ]
        if received.path.hasSuffix("streamGenerateContent"), received.query == "alt=sse" {
            let events =
                calls
                ? [answer(toolParts[0], last: false), answer(toolParts[1], last: true)]
                : AnthropicAnswers.halves(text).enumerated().map { index, piece in
                    answer(#"{"text":\#(JSONValue.string(piece).line)}"#, last: index == 1)
                }
            return style.reply(events, named: false, headers: [:])
        }
        return Reply(
            json: answer(
                calls ? toolParts.joined(separator: ",") : #"{"text":\#(JSONValue.string(text).line)}"#, last: true))
    }

    // MARK: Tokens

    /// Gives a token for a statement that is signed with the right key and says the right things.
    static func token(_ received: Received, _ box: Answers.Box) -> Reply {
        guard let pem = box.withLockedValue({ $0.publicKey }) else { return refused("no key is known") }
        guard let assertion = received.text.split(separator: "&").first(where: { $0.hasPrefix("assertion=") }) else {
            return refused("no assertion")
        }
        let parts = assertion.dropFirst(10).split(separator: ".").map(String.init)
        guard parts.count == 3, let header = json(parts[0]), let claims = json(parts[1]), let signature = data(parts[2])
        else { return refused("no JWT") }
        guard header["alg"]?.text == "RS256", header["kid"]?.text == "key-1" else { return refused("wrong header") }
        guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem),
            key.isValidSignature(
                .init(rawRepresentation: signature), for: Data("\(parts[0]).\(parts[1])".utf8),
                padding: .insecurePKCS1v1_5)
        else { return refused("wrong signature") }
        guard claims["scope"]?.text == "https://www.googleapis.com/auth/cloud-platform",
            claims["aud"]?.text?.hasSuffix("/token") == true, let issued = claims["iat"]?.integer,
            let ends = claims["exp"]?.integer, ends - issued <= 3600
        else { return refused("wrong claims") }
        if abs(Double(issued) - Date().timeIntervalSince1970) > 300 {
            return Reply(
                400,
                json:
                    #"{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token and in a reasonable timeframe"}"#
            )
        }
        let token = box.withLockedValue { state in
            state.issued += 1
            state.tokens.insert("token-\(state.issued)")
            return "token-\(state.issued)"
        }
        return Reply(json: #"{"access_token":"\#(token)","expires_in":3599,"token_type":"Bearer"}"#)
    }

    private static func refused(_ why: String) -> Reply {
        Reply(400, json: #"{"error":"invalid_request","error_description":"\#(why)"}"#)
    }

    private static func data(_ text: String) -> Data? {
        var text = text.replacing("-", with: "+").replacing("_", with: "/")
        while !text.count.isMultiple(of: 4) { text += "=" }
        return Data(base64Encoded: text)
    }

    private static func json(_ text: String) -> JSONValue? { data(text).flatMap { JSONValue(parsing: Array($0)) } }
}
