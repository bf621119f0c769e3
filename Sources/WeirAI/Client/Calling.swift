import Foundation
import WeirCore
import WeirStore

extension AIClient {
    /// Asks the models of a chain until one answers: each as often as the policy allows, all within its time.
    ///
    /// - Parameter key: what the answer is kept by; nil keeps none.
    func call(
        _ request: AIRequest, _ chain: [Endpoint], _ options: AICallOptions, keptAs key: String?,
        deliver: (@Sendable (AIEvent) -> Void)?
    ) async throws -> AIResponse {
        let policy = options.retry ?? settings.retry
        let began = clock.now()
        let callID = CallID.new()
        var attempts = 0
        for (position, named) in chain.enumerated() {
            let endpoint = await detected(named)
            let isLast = position == chain.count - 1
            var tries = 0
            var hasRenewed = false
            while true {
                attempts += 1
                tries += 1
                do {
                    var answer = try await attempt(
                        request, endpoint, options, callID: callID, number: attempts, keptAs: key, deliver: deliver)
                    answer.attempts = attempts
                    return answer
                } catch let fault as AIFault {
                    if fault.kind == .unauthorized, endpoint.provider.type == .vertex, !hasRenewed {
                        hasRenewed = true
                        continue
                    }
                    // A model that stands in for another gets one try: the others had theirs.
                    let limit = position == 0 ? policy : RetryPolicy(attempts: 1, limit: policy.limit)
                    let decision = limit.decide(fault, attempt: tries, elapsed: clock.now() - began)
                    if case .again(let wait) = decision {
                        if fault.kind == .rateLimited {
                            // Everybody waits, and then they go in their order again.
                            await registry.limiter(endpoint).pause(for: wait)
                        } else {
                            try await clock.sleep(wait)
                        }
                        continue
                    }
                    if isLast || !fault.allowsFallback || clock.now() - began > policy.limit {
                        throw fault.error(
                            provider: endpoint.provider.name, model: endpoint.model, attempts: attempts,
                            secrets: settings.secrets)
                    }
                    options.warn(
                        AIWarning(
                            "ai.fallback",
                            "\(endpoint.model) does not answer (\(fault.kind.rawValue)); \(chain[position + 1].model) is asked"
                        ))
                    break
                }
            }
        }
        throw CancellationError()
    }

    private func attempt(
        _ request: AIRequest, _ endpoint: Endpoint, _ options: AICallOptions, callID: String, number: Int,
        keptAs key: String?, deliver: (@Sendable (AIEvent) -> Void)?
    ) async throws -> AIResponse {
        let wire = endpoint.provider.wire
        let encoded = try wire.encode(request, to: endpoint.target, stream: deliver != nil)
        var outgoing = WireRequest.json(encoded.body, to: encoded.url, isStream: deliver != nil)
        outgoing.headers.merge(encoded.headers) { $1 }
        let meter = Meter(
            callID: callID, endpoint: endpoint, endpointName: wire.format.rawValue, options: options,
            inputTokens: TokenEstimate.tokens(request), outputTokens: Int64(request.maxTokens))
        let sent = outgoing
        let (answer, cost) = try await metered(meter, attempt: number) { limiter in
            let signed = try await sign(sent, endpoint.provider)
            var (answer, reading) =
                if let deliver {
                    try await read(stream: signed, endpoint, wire, limiter, meter, deliver)
                } else {
                    try await read(whole: signed, endpoint, wire, limiter, meter)
                }
            answer.warnings = encoded.warnings + Self.truncation(answer.usage, meter, endpoint)
            answer.provider = endpoint.provider.name
            answer.requestID = reading.requestID
            reading.served = answer.model
            reading.keepsake = keepsake(answer, key)
            return (answer, reading)
        }
        var priced = answer
        priced.cost = cost
        return priced
    }

    /// Estimates are rough, but not by half.
    private static func truncation(_ usage: AIUsage, _ meter: Meter, _ endpoint: Endpoint) -> [AIWarning] {
        guard endpoint.profile.server.truncatesSilently, !usage.isMissing, meter.inputTokens > 1000,
            usage.inputTotal * 2 < meter.inputTokens
        else { return [] }
        return [
            AIWarning(
                "ai.truncated-prompt",
                "the server read \(usage.inputTotal) tokens of a prompt of about \(meter.inputTokens): its context is too small (OLLAMA_CONTEXT_LENGTH)"
            )
        ]
    }

    // MARK: Answers

    private func read(
        whole request: WireRequest, _ endpoint: Endpoint, _ wire: any Wire, _ limiter: Limiter, _ meter: Meter
    ) async throws -> (AIResponse, Reading) {
        let reply = try await exchanger.reply(to: request, timeout: endpoint.provider.timeout)
        await learn(reply.head, endpoint, limiter)
        let body = try await success(reply, endpoint, request)
        var answer: AIResponse
        do { answer = try wire.decode(body) } catch var fault as AIFault {
            fault.requestID = fault.requestID ?? reply.head.requestID
            throw fault
        }
        if answer.usage.isMissing { answer.usage = Self.guess(meter.inputTokens, answer.text) }
        return (answer, Self.reading(answer, reply.head))
    }

    private func read(
        stream request: WireRequest, _ endpoint: Endpoint, _ wire: any Wire, _ limiter: Limiter, _ meter: Meter,
        _ deliver: @Sendable (AIEvent) -> Void
    ) async throws -> (AIResponse, Reading) {
        var parser = SSEParser()
        var decoder = wire.decoder()
        var reply = WireReply(head: WireHead(status: 0), body: [])
        var isStream = false
        var isDelivered = false
        var firstToken: Duration?
        var text = ""
        let began = clock.now()
        do {
            try await exchanger.exchange(request, timeout: endpoint.provider.timeout) { head, bytes in
                if reply.head.status == 0 {
                    reply.head = head
                    await learn(head, endpoint, limiter)
                    let type = head.headers["content-type"] ?? ""
                    isStream = (200..<300).contains(head.status) && type.contains("event-stream")
                }
                guard isStream else {
                    // An error, or something that answers in the provider's place.
                    if reply.body.count < 1 << 20 { reply.body += bytes }
                    return
                }
                for event in parser.take(bytes) {
                    for found in try decoder.take(event) {
                        if firstToken == nil, found.isContent { firstToken = clock.now() - began }
                        if found.isContent { isDelivered = true }
                        if case .textDelta(let piece) = found { text += piece }
                        deliver(found)
                    }
                }
            }
            if !isStream {
                let body = try await success(reply, endpoint, request)
                // Some servers answer whole although a stream was asked for.
                let answer = try wire.decode(body)
                if !answer.text.isEmpty { deliver(.textDelta(answer.text)) }
                return (answer, Self.reading(answer, reply.head))
            }
            var answer = try decoder.end()
            if answer.usage.isMissing { answer.usage = Self.guess(meter.inputTokens, text) }
            var reading = Self.reading(answer, reply.head)
            reading.firstToken = firstToken
            return (answer, reading)
        } catch var fault as AIFault {
            fault.isDelivered = isDelivered
            fault.requestID = fault.requestID ?? reply.head.requestID
            if isStream {
                let guess = Self.guess(meter.inputTokens, text)
                var usage = decoder.usageSoFar ?? guess
                // A stream that broke off never told its last count.
                usage.outputTotal = max(usage.outputTotal, guess.outputTotal)
                fault.usage = usage
            }
            throw fault
        }
    }

    /// The body of an answer that is a success.
    func success(_ reply: WireReply, _ endpoint: Endpoint, _ request: WireRequest) async throws -> JSONValue {
        if (200..<300).contains(reply.head.status), let body = JSONValue(parsing: reply.body) { return body }
        throw await refusal(reply, endpoint, request)
    }

    /// What an answer that is no success says. A token that was refused is not used again.
    func refusal(_ reply: WireReply, _ endpoint: Endpoint, _ request: WireRequest) async -> AIFault {
        let fault = FaultReading.fault(reply, format: endpoint.provider.format, now: clock.date())
        if fault.kind == .unauthorized, endpoint.provider.type == .vertex {
            let token = request.headers["authorization"].map { String($0.dropFirst(7)) }
            if let token { try? await registry.account(endpoint.provider).forget(Secret(token)) }
        }
        return fault
    }

    func learn(_ head: WireHead, _ endpoint: Endpoint, _ limiter: Limiter) async {
        let headers = RateHeaders(head.headers, now: clock.date())
        if headers.requests != nil || headers.inputTokens != nil || headers.outputTokens != nil || headers.tokens != nil
        {
            await limiter.learn(headers)
        }
    }

    static func guess(_ inputTokens: Int64, _ text: String) -> AIUsage {
        var usage = AIUsage()
        usage.inputUncached = inputTokens
        usage.outputTotal = TokenEstimate.tokens(text)
        usage.isMissing = true
        return usage
    }

    private static func reading(_ answer: AIResponse, _ head: WireHead) -> Reading {
        Reading(
            usage: answer.usage, served: answer.model, requestID: head.requestID ?? answer.id, status: head.status)
    }
}

extension AIEvent {
    /// Something of the answer, that cannot be taken back.
    var isContent: Bool {
        switch self {
        case .textDelta, .thinkingDelta, .toolCallStarted, .toolArgumentsDelta, .toolCall: true
        case .started, .usage, .finish: false
        }
    }
}
