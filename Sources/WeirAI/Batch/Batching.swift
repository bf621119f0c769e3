import Foundation
import WeirCore
import WeirStore

extension AIClient {
    /// Hands questions over to be answered within a day, at half the price.
    ///
    /// All questions must be for one model. What they may cost at most is set aside until ``batchResults(_:options:)``
    /// has brought the answers, also across processes: keep the ticket.
    ///
    /// - Parameters:
    ///   - willSubmit: is given the ticket, without an id, before anything is sent: who keeps it can find out
    ///     with ``findBatch(_:besides:options:)`` what became of a batch whose process died, or whose answer got lost.
    ///   - taken: ids of batches that are others'.
    public func submitBatch(
        _ items: [AIBatchItem], options: AICallOptions = AICallOptions(),
        willSubmit: (AIBatchTicket) async throws -> Void = { _ in },
        besides taken: () async throws -> Set<String> = { [] }
    ) async throws -> AIBatchTicket {
        guard let first = items.first else { throw WeirError("ai.empty-batch", "a batch needs a question") }
        let endpoint = try router.endpoint(first.model)
        if let obstacle = try batchObstacle(first.model, embeddings: first.kind.isEmbeddings) { throw obstacle }
        guard Set(items.map(\.id)).count == items.count,
            items.allSatisfy({ $0.model == first.model && $0.kind == first.kind })
        else {
            throw WeirError("ai.bad-batch", "the questions of a batch need ids that differ, and one model and kind")
        }
        let id = UUID().uuidString.lowercased()
        var meter = Meter(callID: id, endpoint: endpoint, endpointName: "batch", options: options)
        meter.isBatch = true
        meter.inputTokens = items.reduce(0) { $0 + $1.inputTokens }
        meter.outputTokens = items.reduce(0) { $0 + $1.outputTokens }
        // Each is a request of its own: the largest one, and not their sum, says what a token may cost.
        meter.endpoint.price = endpoint.price?.ofRequests(inputTokens: items.reduce(0) { max($0, $1.inputTokens) })
        let held = try await hold(meter, attempt: 0, outlivesProcess: true)
        var ticket = AIBatchTicket(
            provider: endpoint.provider.name, model: endpoint.model, id: "", reservation: held.id ?? id, name: id,
            questions: items.count, at: UTC.milliseconds(clock.date()), kind: first.kind,
            inputTokens: meter.inputTokens)
        (ticket.runID, ticket.node, ticket.step) = (options.tag.runID, options.tag.node, options.tag.step)
        if endpoint.provider.type == .vertex {
            ticket.folder = endpoint.provider.batchFolder.map { VertexBatch.folder(id, in: $0).uri }
        }
        var mayExist = false
        do {
            try await willSubmit(ticket)
            let draft = ticket
            ticket.id = try await retrying(endpoint, options) { attempt in
                // The answer to an earlier try may have got lost on its way, and the batch not.
                if attempt > 1, let known = try await find(draft, besides: try await taken(), endpoint) { return known }
                let request = try await prepare(items, draft, at: endpoint)
                do { return try await create(request, at: endpoint) } catch {
                    if !Self.isRefusal(error) { mayExist = true }
                    throw error
                }
            }
            return ticket
        } catch {
            // Where the provider may have it, its money stays set aside until somebody has looked.
            if !mayExist, let id = held.id { try? await book?.release(id) }
            throw error
        }
    }

    /// Whether an error says for certain that a batch was not made.
    private static func isRefusal(_ error: any Error) -> Bool {
        // Ours, of before anything was sent; or of a task that was stopped at any time.
        guard let fault = error as? AIFault else { return error is WeirError }
        if fault.kind == .unreachable { return true }
        guard let status = fault.status, (400..<500).contains(status) else { return false }
        return ![408, 409, 429].contains(status)
    }

    /// Brings the questions to where the provider reads them, and makes the request that hands them over.
    private func prepare(
        _ items: [AIBatchItem], _ draft: AIBatchTicket, at endpoint: Endpoint
    ) async throws -> WireRequest {
        let name = draft.name ?? ""
        if let folder = draft.folder.flatMap(CloudFolder.init) {
            let lines = BatchLines.write(try VertexBatch.lines(items, to: endpoint.target))
            let upload = CloudStorage.upload(
                lines, to: folder.inside(VertexBatch.input), at: endpoint.provider.storageURL)
            _ = try await storing(folder, endpoint) { try await fetch(upload, endpoint) }
            return VertexBatch.create(named: name, in: folder, to: endpoint.target)
        }
        var fileID: String?
        if let upload = try BatchWire.upload(items, to: endpoint.target) {
            fileID = try await ask(upload, endpoint, await registry.limiter(endpoint)).value["id"]?.text
        }
        return try BatchWire.create(items, named: name, fileID: fileID, to: endpoint.target)
    }

    private func create(_ request: WireRequest, at endpoint: Endpoint) async throws -> String {
        let limiter = await registry.limiter(endpoint)
        guard let found = BatchWire.id(try await ask(request, endpoint, limiter).value) else {
            throw AIFault(.garbled, "the provider took the batch and told no id")
        }
        return found
    }

    /// The ticket of a batch whose id nobody heard, from the provider's own list; nil where the provider never got it.
    /// Then what was set aside for it is given back.
    ///
    /// - Parameter taken: ids of batches that are others': not every provider's have names.
    public func findBatch(
        _ ticket: AIBatchTicket, besides taken: Set<String> = [], options: AICallOptions = AICallOptions()
    ) async throws -> AIBatchTicket? {
        let endpoint = try router.endpoint("\(ticket.provider)/\(ticket.model)")
        let id = try await retrying(endpoint, AICallOptions()) { _ in
            try await find(ticket, besides: taken, endpoint)
        }
        guard let id else {
            try await book?.release(ticket.reservation)
            // Its questions may lie there all the same.
            await clearBatch(ticket, options: options)
            return nil
        }
        var found = ticket
        found.id = id
        return found
    }

    private func find(_ ticket: AIBatchTicket, besides taken: Set<String>, _ endpoint: Endpoint) async throws -> String?
    {
        let limiter = await registry.limiter(endpoint)
        var page: String?
        for _ in 0..<BatchList.mostPages {
            let request = BatchList.request(named: ticket.name, after: page, endpoint.target)
            let body = try await ask(request, endpoint, limiter).value
            let list = BatchList(body, endpoint.target)
            if let id = list.id(of: ticket, besides: taken) { return id }
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

    /// Gives up a batch that the provider knows no more. What was set aside for it counts as spent: its answers may
    /// have been made.
    ///
    /// - Returns: that amount; nil where nothing was set aside any more.
    public func loseBatch(_ ticket: AIBatchTicket) async throws -> Money? {
        try await book?.lose(ticket.reservation).map { Money(pico: $0) }
    }
}
