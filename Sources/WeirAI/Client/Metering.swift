import Foundation
import WeirCore
import WeirStore

/// What the ledger, the budgets and the limits need to know of a call.
struct Meter: Sendable {
    var callID = CallID.new()
    var endpoint: Endpoint
    /// `messages`, `chat`, `embeddings` …
    var endpointName: String
    var options: AICallOptions
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var isBatch = false
}

/// What an attempt brought, beside its value.
struct Reading: Sendable {
    var usage: AIUsage
    var served: String?
    var requestID: String?
    var firstToken: Duration?
    var status: Int?
    /// Kept together with the row.
    var keepsake: KeptAnswer?
}

extension AIClient {
    /// Makes one attempt: within limits, with the money set aside before, and a row in the ledger whatever happens.
    func metered<R: Sendable>(
        _ meter: Meter, attempt: Int, _ send: (Limiter) async throws -> (R, Reading)
    ) async throws -> (R, Money?) {
        let endpoint = meter.endpoint
        try await registry.pass(endpoint)
        let limiter = await registry.limiter(endpoint)
        let need = Reservation(inputTokens: meter.inputTokens, outputTokens: meter.outputTokens)
        do { try await limiter.enter(need, priority: meter.options.priority) } catch {
            await registry.abandoned(endpoint)
            throw error
        }
        let began = clock.now()
        let money: Held
        do { money = try await hold(meter, attempt: attempt) } catch {
            await limiter.leave(need, used: nil, sentAt: began, wasSent: false)
            await registry.abandoned(endpoint)
            throw error
        }
        let value: R
        let reading: Reading
        do { (value, reading) = try await send(limiter) } catch {
            await failed(error, meter, attempt, need, began, money, limiter)
            throw error
        }
        await limiter.leave(need, used: reading.usage, sentAt: began, wasSent: true)
        await registry.succeeded(endpoint)
        var row = row(meter, attempt: attempt, status: .done)
        row.take(reading)
        row.totalMs = (clock.now() - began).milliseconds
        let cost = endpoint.price?.cost(of: reading.usage, isBatch: meter.isBatch)
        row.cost = cost?.pico
        do { try await settle(money, row, keeping: reading.keepsake) } catch {
            // It was paid. Where it cannot be written down the second time either, what was set aside stays so, and counts
            // as spent from the next start on.
            try await settle(money, row, keeping: reading.keepsake)
        }
        return (value, cost)
    }

    private func failed(
        _ error: any Error, _ meter: Meter, _ attempt: Int, _ need: Reservation, _ began: Duration, _ money: Held,
        _ limiter: Limiter
    ) async {
        let fault = error as? AIFault
        let wasCancelled = error is CancellationError
        var usage = fault?.usage
        // What was under way when it broke off may be charged; nobody tells how much.
        if usage == nil, wasCancelled || [.cut, .timedOut].contains(fault?.kind) {
            usage = AIUsage()
            usage?.inputUncached = meter.inputTokens
            usage?.isMissing = true
        }
        let wasSent = fault?.kind != .unreachable && !(error is WeirError)
        await limiter.leave(need, used: usage ?? AIUsage(), sentAt: began, wasSent: wasSent)
        if let fault {
            await registry.failed(meter.endpoint, fault.kind)
        } else {
            await registry.abandoned(meter.endpoint)
        }
        var row = row(meter, attempt: attempt, status: wasCancelled ? .cancelled : .failed)
        if let usage { row.take(Reading(usage: usage)) }
        row.requestID = fault?.requestID
        row.httpStatus = fault?.status
        row.error = fault.map { "ai.\($0.kind.rawValue)" } ?? (error as? WeirError)?.code
        row.totalMs = (clock.now() - began).milliseconds
        row.cost = usage.map { meter.endpoint.price?.cost(of: $0, isBatch: meter.isBatch)?.pico } ?? 0
        // The call's own error is the one to tell.
        try? await settle(money, row)
    }

    func row(_ meter: Meter, attempt: Int, status: UsageRow.Status) -> UsageRow {
        var row = UsageRow(
            callID: meter.callID, attempt: attempt, at: clock.date(), provider: meter.endpoint.provider.name,
            model: meter.endpoint.model, endpoint: meter.endpointName, status: status, priceVersion: prices.version)
        row.runID = meter.options.tag.runID
        row.node = meter.options.tag.node
        row.step = meter.options.tag.step
        row.isBatch = meter.isBatch
        if meter.inputTokens > 0 { row.inputEstimated = meter.inputTokens }
        return row
    }

    // MARK: Money

    /// Money that was set aside for an attempt.
    struct Held: Sendable {
        var id: String?
        var amount: Int64 = 0
        var accounts: [SpendAccount] = []
    }

    func hold(_ meter: Meter, attempt: Int, outlivesProcess: Bool = false) async throws -> Held {
        guard let book else { return Held() }
        let budgets = settings.budgets.filter { $0.applies(model: meter.endpoint.model, tag: meter.options.tag) }
        if budgets.isEmpty { return Held() }
        let worst = meter.endpoint.price?.worstCase(
            inputTokens: meter.inputTokens, outputTokens: meter.outputTokens, isBatch: meter.isBatch)
        guard let worst else {
            throw WeirError(
                "ai.no-price", "no price is known for \(meter.endpoint.model), so that no budget can hold for it",
                hint: "give it one in a file named by `ai: prices:`, or remove the budget")
        }
        let accounts = budgets.map { $0.account(at: clock.date(), runID: meter.options.tag.runID) }
        let id = "\(meter.callID)-\(attempt)"
        let row = row(meter, attempt: attempt, status: .lost)
        let outcome = try await book.reserve(
            id, amount: worst.pico, accounts: accounts, row: row, outlivesProcess: outlivesProcess)
        switch outcome {
        case .granted(let states):
            for (budget, state) in zip(budgets, states) {
                guard let soft = budget.soft, state.spent + state.reserved > soft.pico else { continue }
                meter.options.warn(
                    AIWarning(
                        "ai.soft-budget",
                        "\(Money(pico: state.spent)) of the budget of \(budget.name) is spent; its soft limit is \(soft)"
                    ))
            }
            return Held(id: id, amount: worst.pico, accounts: accounts)
        case .refused(let position, let state):
            throw Self.usedUp(budgets[position], state, worst)
        }
    }

    private func settle(_ money: Held, _ row: UsageRow, keeping answer: KeptAnswer? = nil) async throws {
        try await book?.settle(
            money.id, amount: money.amount, accounts: money.accounts, row: row, keeping: answer)
    }

    private static func usedUp(_ budget: Budget, _ state: SpendState, _ worst: Money) -> WeirError {
        let reserved = state.reserved > 0 ? ", \(Money(pico: state.reserved)) is set aside for calls under way" : ""
        return WeirError(
            "ai.budget",
            "incomplete: the budget of \(budget.name) does not allow this call: \(Money(pico: state.spent)) is spent\(reserved), and it may cost up to \(worst)",
            hint: "raise the budget under `ai: budgets:` and give the same command again: it goes on from here",
            outcome: .gateFailed)
    }
}

extension UsageRow {
    mutating func take(_ reading: Reading) {
        let usage = reading.usage
        served = reading.served
        requestID = reading.requestID
        httpStatus = reading.status
        inputUncached = usage.inputUncached
        cacheRead = usage.cacheRead
        cacheWrite5m = usage.cacheWrite5m
        cacheWrite1h = usage.cacheWrite1h
        outputTotal = usage.outputTotal
        outputReasoning = usage.outputReasoning
        images = usage.images
        audioIn = usage.audioIn
        serviceTier = usage.serviceTier
        isUsageMissing = usage.isMissing
        firstTokenMs = reading.firstToken?.milliseconds
    }
}
