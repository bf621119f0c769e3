import WeirCore

/// Why one attempt failed, in words that all providers share.
public struct AIFault: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case unreachable
        case timedOut = "timed-out"
        /// The connection ended before the answer did.
        case cut
        case badRequest = "bad-request"
        case unauthorized
        case billing
        case forbidden
        case notFound = "not-found"
        case conflict
        case tooLarge = "too-large"
        case contextOverflow = "context-overflow"
        case rateLimited = "rate-limited"
        /// Waiting does not help: a quota of a day, a limit of spending.
        case quotaExhausted = "quota-exhausted"
        case overloaded
        case server
        /// The answer is not what the provider promises: HTML, broken JSON.
        case garbled
    }

    public var kind: Kind
    public var message: String
    public var status: Int?
    /// The provider's own word for it.
    public var providerCode: String?
    /// What the provider asked to wait.
    public var retryAfter: Duration?
    /// `x-should-retry`: the provider's own decision.
    public var shouldRetry: Bool?
    public var requestID: String?
    /// Something of the answer already reached the caller, so that it cannot be begun again.
    public var isDelivered = false
    /// What had been used when it failed.
    public var usage: AIUsage?

    public init(_ kind: Kind, _ message: String, status: Int? = nil) {
        self.kind = kind
        self.message = message
        self.status = status
    }

    /// The table of what may go better at another try.
    public var isTransient: Bool {
        if isDelivered { return false }
        if let shouldRetry { return shouldRetry && kind != .quotaExhausted }
        switch kind {
        case .unreachable, .timedOut, .cut, .conflict, .rateLimited, .overloaded, .server: return true
        case .badRequest, .unauthorized, .billing, .forbidden, .notFound, .tooLarge, .contextOverflow, .quotaExhausted,
            .garbled:
            return false
        }
    }

    /// Another model may be asked instead: never when the question or the key is wrong.
    public var allowsFallback: Bool {
        if isDelivered { return false }
        switch kind {
        case .unreachable, .timedOut, .cut, .conflict, .rateLimited, .quotaExhausted, .overloaded, .server,
            .contextOverflow:
            return true
        case .badRequest, .unauthorized, .billing, .forbidden, .notFound, .tooLarge, .garbled: return false
        }
    }

    /// The fault as the user reads it.
    public func error(provider: String, model: String, attempts: Int, secrets: [Secret] = []) -> WeirError {
        let status = status.map { " (\($0)\(providerCode.map { ", \($0)" } ?? ""))" } ?? ""
        let tries = attempts > 1 ? " after \(attempts) tries" : ""
        let id = requestID.map { ", request \($0)" } ?? ""
        let text = Redaction.clean(message, secrets: secrets)
        return WeirError(
            "ai.\(kind.rawValue)", "\(provider), model \(model): \(text)\(status)\(tries)\(id)",
            hint: hint(provider), isTransient: isTransient,
            outcome: [.badRequest, .notFound, .tooLarge, .contextOverflow].contains(kind) ? .wrongUsage : .systemFailed)
    }

    private func hint(_ provider: String) -> String? {
        switch kind {
        case .unreachable: "check base_url of `ai: providers: \(provider)` and that the server is running"
        case .timedOut: "ask for a shorter answer, or stream it"
        case .cut: "what had arrived is not used; try again"
        case .badRequest: "the provider refuses the question as it is; its message tells why"
        case .unauthorized: "check the key of `ai: providers: \(provider)`; `weir ai doctor` tries it"
        case .billing, .quotaExhausted: "the account has nothing left to spend; raise its limit at the provider"
        case .forbidden: "the key may not use this model; check the account's permissions"
        case .notFound: "`weir ai models` lists the models that are known"
        case .conflict, .overloaded, .server: "the provider has a fault of its own; try again later"
        case .tooLarge: "send fewer or smaller images and documents"
        case .contextOverflow: "send less text, or choose a model with a larger window"
        case .rateLimited: "set `limits:` of the provider, so that calls wait before they are refused"
        case .garbled: "something between here and the provider answers in its place; check base_url and proxies"
        }
    }
}
