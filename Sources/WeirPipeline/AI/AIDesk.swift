import Foundation
import WeirAI
import WeirCore
import WeirStore

/// Everything that a command about AI services needs: the project's settings, or those that the environment alone
/// tells, and the project's ledger.
public struct AIDesk: Sendable {
    public let settings: AISettings
    /// Nil outside of a project: nothing is recorded there, and no budget holds.
    public let store: StateStore?

    /// - Parameter project: nil outside of any.
    /// - Throws: `state.…` when the ledger cannot be used: without it a budget would not hold.
    public static func open(_ project: Project?) async throws -> AIDesk {
        guard let project else { return AIDesk(settings: .usual(), store: nil) }
        let settings = StepDesk.settings(project)
        return AIDesk(
            settings: settings,
            store: try await StateStore.open("\(project.stateFolder)/state.db", secrets: project.secrets))
    }

    /// The client. Nothing is sent before it is asked something.
    public func client() async throws -> AIClient { try await AIClient(settings: settings, store: store) }

    /// How much of each budget is spent now; those of a run are left out, they begin with it.
    public func budgets(at date: Date = Date()) async throws -> [BudgetState] {
        let budgets = settings.budgets.filter { $0.period != .run }
        guard let store, !budgets.isEmpty else { return budgets.map { BudgetState($0, spent: .zero, reserved: .zero) } }
        let accounts = budgets.map { $0.account(at: date, runID: nil) }
        let states = try await UsageBook(store: store).states(of: accounts)
        return zip(budgets, states).map {
            BudgetState($0, spent: Money(pico: $1.spent), reserved: Money(pico: $1.reserved))
        }
    }

    /// The ledger summed up. Nothing where nothing is recorded.
    public func usage(by grouping: UsageGrouping, since: Date?) async throws -> [UsageLine] {
        try await store?.usage(by: grouping, since: since).map(UsageLine.init) ?? []
    }
}

/// One budget and what is left of it.
public struct BudgetState: Sendable, Encodable {
    public var per: Budget.Period
    public var model: String?
    public var table: String?
    public var limit: Money
    public var soft: Money?
    public var spent: Money
    /// Set aside for calls under way.
    public var reserved: Money
    public var left: Money
    /// `ok`, `soft` or `used up`.
    public var status: String

    init(_ budget: Budget, spent: Money, reserved: Money) {
        per = budget.period
        model = budget.model
        table = budget.node
        limit = budget.limit
        soft = budget.soft
        self.spent = spent
        self.reserved = reserved
        left = Money(pico: max(0, budget.limit.pico - spent.pico - reserved.pico))
        status = left == .zero ? "used up" : budget.soft.map { spent > $0 } == true ? "soft" : "ok"
    }
}

/// One line of `weir ai usage`.
public struct UsageLine: Sendable, Encodable {
    public var name: String
    public var calls: Int64
    public var attempts: Int64
    public var failed: Int64
    public var cached: Int64
    public var inputTokens: Int64
    public var cacheReadTokens: Int64
    public var outputTokens: Int64
    public var cost: Money
    /// Attempts whose cost is not known.
    public var unpriced: Int64

    init(_ sum: UsageSum) {
        name = sum.name
        calls = sum.calls
        attempts = sum.attempts
        failed = sum.failed
        cached = sum.cached
        inputTokens = sum.inputTokens
        cacheReadTokens = sum.cacheReadTokens
        outputTokens = sum.outputTokens
        cost = Money(pico: sum.cost)
        unpriced = sum.unpriced
    }
}
