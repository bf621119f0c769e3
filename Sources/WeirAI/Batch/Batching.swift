import Foundation
import WeirCore
import WeirStore

extension AIClient {
    /// Hands questions over to be answered within a day, at half the price.
    ///
    /// All questions must be for one model. What they may cost at most is set aside until ``batchResults(_:options:)``
    /// has brought the answers, also across processes: keep the ticket.
    ///
    /// - Parameter willSubmit: is given the ticket, without an id, before anything is sent: who keeps it can find out
    ///   with ``findBatch(_:)`` what became of a batch whose process died, or whose answer got lost.
    public func submitBatch(
        _ items: [AIBatchItem], options: AICallOptions = AICallOptions(),
        willSubmit: (AIBatchTicket) async throws -> Void = { _ in }
    ) async throws -> AIBatchTicket {
        guard let first = items.first else { throw WeirError("ai.empty-batch", "a batch needs a question") }
        let endpoint = try router.endpoint(first.request.model)
        if endpoint.provider.type == .vertex {
            throw WeirError(
                "ai.unsupported", "batches of Vertex AI go through Cloud Storage, which is not supported",
                hint: "use the Gemini API (`type: gemini`) for batches")
        }
        guard Set(items.map(\.id)).count == items.count, items.allSatisfy({ $0.request.model == first.request.model })
        else {
            throw WeirError("ai.bad-batch", "the questions of a batch need ids that differ and one model")
        }
        let id = UUID().uuidString.lowercased()
        var meter = Meter(callID: id, endpoint: endpoint, endpointName: "batch", options: options)
        meter.isBatch = true
        meter.inputTokens = items.reduce(0) { $0 + TokenEstimate.tokens($1.request) }
        meter.outputTokens = items.reduce(0) { $0 + Int64($1.request.maxTokens) }
        let held = try await hold(meter, attempt: 0, outlivesProcess: true)
        var ticket = AIBatchTicket(
            provider: endpoint.provider.name, model: endpoint.model, id: "", reservation: held.id ?? id, name: id,
            questions: items.count, at: UTC.milliseconds(clock.date()))
        do {
            try await willSubmit(ticket)
            let draft = ticket
            ticket.id = try await retrying(endpoint, options) { attempt in
                // The answer to an earlier try may have got lost on its way, and the batch not.
                if attempt > 1, let known = try await find(draft, endpoint) { return known }
                return try await create(items, named: id, at: endpoint)
            }
            return ticket
        } catch {
            // Nobody knows whether the provider has it. Its money stays set aside until somebody has looked.
            if (error as? WeirError).map({ ["ai.cut", "ai.timed-out"].contains($0.code) }) != true, let id = held.id {
                try? await book?.release(id)
            }
            throw error
        }
    }

    private func create(_ items: [AIBatchItem], named name: String, at endpoint: Endpoint) async throws -> String {
        let limiter = await registry.limiter(endpoint)
        var fileID: String?
        if let upload = try BatchWire.upload(items, to: endpoint.target) {
            fileID = try await ask(upload, endpoint, limiter).value["id"]?.text
        }
        let request = try BatchWire.create(items, named: name, fileID: fileID, to: endpoint.target)
        guard let found = BatchWire.id(try await ask(request, endpoint, limiter).value) else {
            throw AIFault(.garbled, "the provider took the batch and told no id")
        }
        return found
    }

    /// The ticket of a batch whose id nobody heard, from the provider's own list; nil where the provider never got it.
    /// Then what was set aside for it is given back.
    public func findBatch(_ ticket: AIBatchTicket) async throws -> AIBatchTicket? {
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        guard let id = try await retrying(endpoint, AICallOptions(), { _ in try await find(ticket, endpoint) }) else {
            try await book?.release(ticket.reservation)
            return nil
        }
        var found = ticket
        found.id = id
        return found
    }

    private func find(_ ticket: AIBatchTicket, _ endpoint: Endpoint) async throws -> String? {
        let limiter = await registry.limiter(endpoint)
        var page: String?
        for _ in 0..<BatchList.mostPages {
            let body = try await ask(BatchList.request(after: page, endpoint.target), endpoint, limiter).value
            let list = BatchList(body, endpoint.target)
            if let id = list.id(of: ticket) { return id }
            guard let next = list.next, !list.isOlder(than: ticket) else { return nil }
            page = next
        }
        return nil
    }

    /// How far a batch is.
    public func batchStatus(_ ticket: AIBatchTicket) async throws -> AIBatchStatus {
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        let limiter = await registry.limiter(endpoint)
        return try await retrying(endpoint, AICallOptions()) { _ in
            let found = try await ask(BatchWire.poll(ticket.id, endpoint.target), endpoint, limiter).value
            return BatchWire.status(found, endpoint.target)
        }
    }

    /// Asks the provider to stop; what it has answered by then can still be fetched, and is paid.
    public func cancelBatch(_ ticket: AIBatchTicket) async throws {
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        let limiter = await registry.limiter(endpoint)
        _ = try await retrying(endpoint, AICallOptions()) { _ in
            try await ask(BatchWire.cancel(ticket.id, endpoint.target), endpoint, limiter).value
        }
    }

    /// The answers of a batch that is over, by the ids of their questions. They stand in the ledger once, however often
    /// they are fetched.
    ///
    /// - Throws: `ai.batch-pending` while it is not over, `ai.batch-failed`.
    public func batchResults(
        _ ticket: AIBatchTicket, options: AICallOptions = AICallOptions()
    ) async throws -> [String: AIBatchResult] {
        let status = try await batchStatus(ticket)
        guard status.isOver else {
            throw WeirError("ai.batch-pending", "the batch \(ticket.id) is not answered yet", isTransient: true)
        }
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        var lines: [JSONValue] = status.inline?["inlinedResponses"]?.items ?? status.inline?.items ?? []
        for url in status.answers { lines += try await fetchLines(url, endpoint) }
        if lines.isEmpty, status.state == .failed {
            try await book?.release(ticket.reservation)
            throw WeirError(
                "ai.batch-failed", "the provider refused the batch: \(status.message ?? "it told no reason")",
                outcome: .systemFailed)
        }
        var results: [String: AIBatchResult] = [:]
        for line in lines {
            guard let (id, result) = BatchWire.result(line, endpoint.target) else { continue }
            results[id] = try await record(result, id, ticket, endpoint, options)
        }
        try await book?.release(ticket.reservation)
        return results
    }

    private func fetchLines(_ url: String, _ endpoint: Endpoint) async throws -> [JSONValue] {
        try await retrying(endpoint, AICallOptions()) { _ in
            let request = WireRequest("GET", url: url, headers: BatchWire.versioned(endpoint.target))
            let signed = try await sign(request, endpoint.provider)
            let reply = try await exchanger.reply(to: signed, timeout: endpoint.provider.timeout)
            guard reply.head.status == 200 else {
                throw FaultReading.fault(reply, format: endpoint.provider.format, now: clock.date())
            }
            return try reply.body.split(separator: 0x0A).filter { !$0.allSatisfy { $0 == 0x0D || $0 == 0x20 } }
                .map { line in
                    guard let value = JSONValue(parsing: Array(line)) else {
                        throw AIFault(.garbled, "a line of the batch's answers is not JSON")
                    }
                    return value
                }
        }
    }

    private func record(
        _ result: AIBatchResult, _ id: String, _ ticket: AIBatchTicket, _ endpoint: Endpoint, _ options: AICallOptions
    ) async throws -> AIBatchResult {
        var meter = Meter(
            callID: "\(ticket.id)/\(id)", endpoint: endpoint, endpointName: "batch", options: options)
        meter.isBatch = true
        var row = row(meter, attempt: 1, status: .done)
        var result = result
        switch result {
        case .answered(var answer):
            let cost = endpoint.price?.cost(of: answer.usage, isBatch: true)
            answer.cost = cost
            answer.provider = endpoint.provider.name
            row.take(Reading(usage: answer.usage, served: answer.model, requestID: answer.id, status: 200))
            row.cost = cost?.pico
            result = .answered(answer)
        case .failed(let fault):
            row.status = .failed
            row.error = "ai.\(fault.kind.rawValue)"
            row.cost = 0
        case .skipped:
            return result
        }
        let budgets = settings.budgets.filter { $0.applies(model: endpoint.model, tag: options.tag) }
        let accounts = budgets.map { $0.account(at: clock.date(), runID: options.tag.runID) }
        try await book?.recordOnce(row, accounts: accounts)
        return result
    }
}
