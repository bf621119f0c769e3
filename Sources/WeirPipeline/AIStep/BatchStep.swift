import Foundation
import WeirAI
import WeirCore
import WeirEngine

/// Questions that go to the provider's batch service, and come back within a day: in this run or in a later one.
struct BatchStep: Sendable {
    let store: AnswerStore
    let answering: any BatchAnswering
    let claims: BatchClaims
    /// How long to wait before asking how far a batch is: at first, and at most.
    var patience: (first: Duration, most: Duration) = (.milliseconds(500), .seconds(60))

    var client: AIClient { answering.client }
    private var step: AIStep { answering.step }

    /// Waits for batches of earlier runs, then hands over what is open where it is worth it.
    ///
    /// - Returns: how many questions are open still; they are asked one by one.
    func run(open: Int, staged: TableName, _ tally: AskingTally, on connection: Connection) async throws -> Int {
        let asking = UUID().uuidString
        defer { claims.release(of: asking) }
        var open = open
        let batches = try await takeOver(as: asking, on: connection)
        for batch in batches where batch.recipe != store.resolved.recipe { try await retire(batch, on: connection) }
        let pending = batches.filter { $0.recipe == store.resolved.recipe }
        if !pending.isEmpty {
            let found = try await questions(open, of: staged, on: connection)
            tally.waiting(found.count)
            for batch in pending {
                guard let known = try await known(batch, on: connection) else { continue }
                try await collect(known, found, tally, on: connection)
            }
            open = try await connection.perform { try store.findOpen(on: $0) }
        }
        guard open > 0, step.batching != .never else { return open }
        let found = try await questions(open, of: staged, on: connection)
        guard try await isWorthIt(open, found) else { return open }
        // A row whose picture cannot be read is told when it is asked alone.
        let items = found.values.compactMap(answering.batched)
        var submitted: [AnswerStore.Pending] = []
        for portion in try client.batchPortions(items) {
            let ticket = try await client.submitBatch(
                portion, options: answering.options,
                willSubmit: { draft in
                    _ = claims.claim(draft, for: asking)
                    try await connection.perform { try store.remember(own(draft), on: $0) }
                },
                besides: { try await connection.perform { try store.taken(on: $0) } })
            try await connection.perform { try store.remember(own(ticket), on: $0) }
            submitted.append(own(ticket))
        }
        tally.waiting(items.count)
        for batch in submitted { try await collect(batch, found, tally, on: connection) }
        return try await connection.perform { try store.findOpen(on: $0) }
    }

    /// - Throws: why there is no batch service, where the step wants nothing else.
    private func isWorthIt(_ open: Int, _ found: [String: Question]) async throws -> Bool {
        if step.batching == .auto {
            let earlier = try await client.calibration(
                of: answering.options.tag, model: step.model, unit: step.unit)
            let expected = try answering.expectedCost(
                of: open, sample: Array(found.values.prefix(50)), earlier: earlier)
            guard let expected, expected >= step.batchAbove else { return false }
        }
        guard let obstacle = try answering.obstacle else { return true }
        guard step.batching == .auto else { throw obstacle }
        let hint = obstacle.hint.map { " (\($0))" } ?? ""
        answering.options.warn(
            AIWarning(
                obstacle.code, "\(obstacle.message); its questions are asked now, at the full price\(hint)"))
        return false
    }

    private func own(_ ticket: AIBatchTicket) -> AnswerStore.Pending {
        AnswerStore.Pending(ticket: ticket, runID: store.runID, recipe: store.resolved.recipe)
    }

    /// The table's batches that nobody looks after.
    private func takeOver(as asking: String, on connection: Connection) async throws -> [AnswerStore.Pending] {
        try await connection.perform { connection in
            let listed = try store.pending(on: connection).filter { claims.claim($0.ticket, for: asking) }
            if listed.isEmpty { return [] }
            // Whoever had one may have ended between the look and the claim.
            return try store.pending(on: connection).filter { batch in
                listed.contains { $0.ticket.reservation == batch.ticket.reservation }
            }
        }
    }

    /// A batch with the provider's id. Of one whose hand-over nobody lived to see, the provider knows whether it has it.
    func known(_ batch: AnswerStore.Pending, on connection: Connection) async throws -> AnswerStore.Pending? {
        guard batch.ticket.id.isEmpty else { return batch }
        let taken = try await connection.perform { try store.taken(on: $0) }
        guard
            let ticket = try await client.findBatch(batch.ticket, besides: taken, options: answering.options)
        else {
            try await connection.perform { try store.forget(batch.ticket, on: $0) }
            return nil
        }
        var found = batch
        found.ticket = ticket
        let kept = found
        try await connection.perform { try store.remember(kept, on: $0) }
        return found
    }

    private func questions(
        _ open: Int, of staged: TableName, on connection: Connection
    ) async throws -> [String: Question] {
        let all = try await connection.perform { try store.page(of: staged, from: 1, count: open, on: $0) }
        return Dictionary(all.map { ($0.hash, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
