import Foundation
import WeirCore
import WeirStore

extension AIClient {
    /// The answers of a batch that is over, by the ids of their questions. They stand in the ledger once, however often
    /// they are fetched.
    ///
    /// - Throws: `ai.batch-pending` while it is not over, `ai.batch-failed`.
    public func batchResults(
        _ ticket: AIBatchTicket, options: AICallOptions = AICallOptions()
    ) async throws -> [String: AIBatchResult] {
        try await batchOutcome(ticket, options: options).results
    }

    /// The answers of a batch that is over, and whether what it left in Cloud Storage may be deleted then.
    ///
    /// - Throws: `ai.batch-pending` while it is not over, `ai.batch-failed`.
    public func batchOutcome(
        _ ticket: AIBatchTicket, options: AICallOptions = AICallOptions()
    ) async throws -> AIBatchOutcome {
        let options = ticket.tagged(options)
        let status = try await batchStatus(ticket)
        guard status.isOver else {
            throw WeirError("ai.batch-pending", "the batch \(ticket.id) is not answered yet", isTransient: true)
        }
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        let lines = try await lines(of: status, ticket, endpoint)
        var results: [String: AIBatchResult] = [:]
        for line in lines {
            guard let (id, result) = BatchWire.result(line, ticket.kind ?? .conversations, endpoint.target) else {
                continue
            }
            // A line that was tried again stands there twice; the answer counts.
            if let known = results[id], known.isSuccess, !result.isSuccess { continue }
            results[id] = result
        }
        if results.isEmpty { return try await nothing(status, ticket, endpoint, options) }
        for (id, result) in results { results[id] = try await record(result, id, ticket, endpoint, options) }
        try await book?.release(ticket.reservation)
        let strays = results.keys.filter(VertexBatch.isStray)
        for id in strays { results[id] = nil }
        if !strays.isEmpty {
            let said = "\(Figures.count(Int64(strays.count), "answer")) of the batch \(ticket.id) belong to no question"
            if results.isEmpty { throw failure(said, ticket) }
            let place = ticket.folder.map { " and lie in \($0)" } ?? ""
            options.warn(AIWarning("ai.stray-answers", "\(said); they stand in the ledger\(place)"))
        }
        return AIBatchOutcome(results: results, mayClear: strays.isEmpty)
    }

    /// What a batch without a single answer means. Where there are files of any kind they are left: an answer that is
    /// not found may have been paid.
    private func nothing(
        _ status: AIBatchStatus, _ ticket: AIBatchTicket, _ endpoint: Endpoint, _ options: AICallOptions
    ) async throws -> AIBatchOutcome {
        let output = ticket.folder.flatMap(CloudFolder.init)?.inside(VertexBatch.output)
        var isEmpty = true
        if let output { isEmpty = try await objects(in: output, endpoint).isEmpty }
        try await book?.release(ticket.reservation)
        // Of one that is said to be answered there must be something.
        guard status.state == .failed || status.state == .ended else {
            return AIBatchOutcome(results: [:], mayClear: isEmpty)
        }
        if status.state == .ended { throw failure("the batch \(ticket.id) ended without a single answer", ticket) }
        let reason = Redaction.clean(status.message ?? "it told no reason", secrets: settings.secrets)
        if isEmpty { await clearBatch(ticket, options: options) }
        throw failure("the provider refused the batch: \(reason)", ticket, isCleared: isEmpty)
    }

    private func failure(_ said: String, _ ticket: AIBatchTicket, isCleared: Bool = false) -> WeirError {
        WeirError(
            "ai.batch-failed", said,
            hint: isCleared ? nil : ticket.folder.map { "look at what it left in \($0), and delete it then" },
            outcome: .systemFailed)
    }

    private func lines(
        of status: AIBatchStatus, _ ticket: AIBatchTicket, _ endpoint: Endpoint
    ) async throws -> [JSONValue] {
        if let folder = ticket.folder.flatMap(CloudFolder.init) { return try await lines(in: folder, endpoint) }
        var lines: [JSONValue] = status.inline?["inlinedResponses"]?.items ?? status.inline?.items ?? []
        for url in status.answers {
            lines += try await retrying(endpoint, AICallOptions()) { _ in
                let request = WireRequest("GET", url: url, headers: BatchWire.versioned(endpoint.target))
                return try BatchLines.read(try await fetch(request, endpoint))
            }
        }
        return lines
    }

    /// Also of a batch that was stopped: what is done is written down as it goes.
    private func lines(in folder: CloudFolder, _ endpoint: Endpoint) async throws -> [JSONValue] {
        var lines: [JSONValue] = []
        for object in try await objects(in: folder.inside(VertexBatch.output), endpoint)
        where VertexBatch.holdsAnswers(object) {
            lines += try await download(object, endpoint)
        }
        guard lines.contains(where: { VertexBatch.key($0) == nil }) else { return lines }
        return VertexBatch.keyed(lines, by: try await download(folder.inside(VertexBatch.input), endpoint))
    }

    /// Deletes what a batch left in the bucket of the configuration, once its answers are stored. What cannot be deleted
    /// is told and harms nobody.
    public func clearBatch(_ ticket: AIBatchTicket, options: AICallOptions = AICallOptions()) async {
        guard let folder = ticket.folder.flatMap(CloudFolder.init) else { return }
        do {
            let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
            for object in try await objects(in: folder, endpoint) {
                let request = CloudStorage.delete(object, at: endpoint.provider.storageURL)
                try await retrying(endpoint, AICallOptions()) { _ in
                    do { _ = try await fetch(request, endpoint) } catch let fault as AIFault
                        where fault.kind == .notFound
                    {
                        // Somebody was faster.
                    }
                }
            }
        } catch {
            options.warn(
                AIWarning(
                    "ai.leftovers",
                    "what the batch left in \(folder.uri) could not be deleted: \(WeirError.wrapping(error).message)"))
        }
    }

    private func record(
        _ result: AIBatchResult, _ id: String, _ ticket: AIBatchTicket, _ endpoint: Endpoint, _ options: AICallOptions
    ) async throws -> AIBatchResult {
        var meter = Meter(
            callID: "\(ticket.id)/\(id)", endpoint: endpoint, endpointName: "batch", options: options)
        meter.isBatch = true
        meter.inputTokens = ticket.inputTokensEach
        var row = row(meter, attempt: 1, status: .done)
        var result = result
        switch result {
        case .answered(var answer):
            if answer.usage.isMissing { answer.usage = Self.guess(ticket.inputTokensEach, answer.text) }
            let cost = endpoint.price?.cost(of: answer.usage, isBatch: true)
            answer.cost = cost
            answer.provider = endpoint.provider.name
            row.take(Reading(usage: answer.usage, served: answer.model, requestID: answer.id, status: 200))
            row.cost = cost?.pico
            result = .answered(answer)
        case .embedded(var found):
            if found.usage.isMissing { found.usage.inputUncached = ticket.inputTokensEach }
            let cost = endpoint.price?.cost(of: found.usage, isBatch: true)
            found.cost = cost
            found.provider = endpoint.provider.name
            if found.model.isEmpty { found.model = endpoint.model }
            row.take(Reading(usage: found.usage, served: found.model, status: 200))
            row.cost = cost?.pico
            result = .embedded(found)
        case .failed(var fault):
            row.status = .failed
            row.cost = 0
            if var usage = fault.usage {
                if usage.isMissing { usage.inputUncached = ticket.inputTokensEach }
                row.take(Reading(usage: usage, status: 200))
                row.cost = endpoint.price?.cost(of: usage, isBatch: true)?.pico
                fault.usage = usage
            }
            row.error = "ai.\(fault.kind.rawValue)"
            result = .failed(fault)
        case .skipped:
            return result
        }
        let budgets = settings.budgets.filter { $0.applies(model: endpoint.model, tag: options.tag) }
        let accounts = budgets.map { $0.account(at: clock.date(), runID: options.tag.runID) }
        try await book?.recordOnce(row, accounts: accounts)
        return result
    }
}

extension AIBatchResult {
    fileprivate var isSuccess: Bool {
        switch self {
        case .answered, .embedded: true
        case .failed, .skipped: false
        }
    }
}
