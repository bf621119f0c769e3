import Crypto
import Foundation
import Synchronization
import WeirCore

/// Asks a person before something dangerous, through a client that keeps no connection: what was asked travels with
/// the client and comes back signed.
final class Confirmation: Sendable {
    /// How long a person may think about it.
    static let lifetime: TimeInterval = 10 * 60

    enum Verdict: Sendable, Hashable {
        case approved
        case refused
        /// Nothing was said; ask again.
        case unanswered
    }

    private let key = SymmetricKey(size: .bits256)
    /// States that were answered, with the time after which they are void anyway.
    private let used = Mutex<[String: Date]>([:])
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) { self.now = now }

    /// The name of the one question.
    static let question = "confirm"

    /// The parameters of `elicitation/create`.
    static func form(_ text: String) -> JSONValue {
        [
            "mode": "form", "message": .string(text),
            "requestedSchema": [
                "type": "object",
                "properties": [
                    "confirm": [
                        "type": "boolean", "title": "Go ahead",
                        "description": "Do it. Anything else leaves all as it is.",
                    ]
                ], "required": ["confirm"],
            ],
        ]
    }

    /// The result that asks; the client calls again with what was said.
    func ask(_ text: String, tool: String, arguments: JSONValue) -> JSONValue {
        [
            "resultType": "input_required",
            "inputRequests": [Self.question: ["method": "elicitation/create", "params": Self.form(text)]],
            "requestState": .string(state(tool, arguments)),
        ]
    }

    /// What a person said to a form.
    static func verdict(_ response: JSONValue?) -> Verdict {
        guard let action = response?["action"]?.text else { return .unanswered }
        return action == "accept" && response?["content"]?["confirm"]?.truth == true ? .approved : .refused
    }

    /// - Throws: ``RPCFault`` for a state that is not ours, of another call, too old, or answered already.
    func verdict(
        _ responses: JSONValue?, state: String, tool: String, arguments: JSONValue
    ) throws(RPCFault) -> Verdict {
        let parts = state.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let payload = Data(base64Encoded: parts[0]), let code = Data(base64Encoded: parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: payload, using: key),
            let fields = JSONValue(parsing: Array(payload))
        else { throw Self.invalid("it is not one that this server gave") }
        guard fields["tool"]?.text == tool, fields["arguments"]?.text == Self.mark(arguments) else {
            throw Self.invalid("it belongs to another call")
        }
        let expires = Date(timeIntervalSince1970: fields["expires"]?.number ?? 0)
        guard now() < expires else { throw Self.invalid("it is too old; call again without it") }
        let verdict = Self.verdict(responses?[Self.question])
        if verdict == .unanswered { return verdict }
        let date = now()
        let isFirst = used.withLock { used in
            used = used.filter { $0.value > date }
            return used.updateValue(expires, forKey: fields["nonce"]?.text ?? "") == nil
        }
        guard isFirst else { throw Self.invalid("it was answered already; call again without it") }
        return verdict
    }

    private func state(_ tool: String, _ arguments: JSONValue) -> String {
        let payload: JSONValue = [
            "tool": .string(tool), "arguments": .string(Self.mark(arguments)),
            "expires": .double(now().timeIntervalSince1970 + Self.lifetime), "nonce": .string(UUID().uuidString),
        ]
        let bytes = Data(payload.bytes)
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: key)
        return "\(bytes.base64EncodedString()).\(Data(code).base64EncodedString())"
    }

    private static func mark(_ arguments: JSONValue) -> String { Fingerprint.of([arguments.line]) }

    private static func invalid(_ why: String) -> RPCFault {
        RPCFault(.invalidParams, "\"requestState\" is not valid: \(why)", data: ["code": "mcp.bad-request-state"])
    }
}
