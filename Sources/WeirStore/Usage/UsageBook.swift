import Foundation
internal import GRDB
import Synchronization
import WeirCore

/// Writes the ledger of AI calls and sets money aside for them.
///
/// Many calls at once share transactions: what is asked for while one is being written goes into the next one
/// together. A transaction takes SQLite's write lock first, so that two processes on one project cannot both be granted
/// what is left of a budget.
///
/// A call waits for this three times; see ``SharedTransactions``.
public final class UsageBook: Sendable {
    private let store: StateStore
    private let writing: SharedTransactions
    let reading: SharedTransactions
    /// Bytes of answers kept since the last look at how many there are; nil before the first.
    private let bytesUnseen = Mutex<Int64?>(nil)
    private let host = ProcessInfo.processInfo.hostName

    public init(store: StateStore) {
        self.store = store
        writing = SharedTransactions(label: "weir.ai.ledger") { try store.writeNow($0) }
        reading = SharedTransactions(label: "weir.ai.answers") { try store.readNow($0) }
    }

    /// Sets an amount aside in all accounts, or in none.
    ///
    /// - Parameters:
    ///   - id: the reservation's name, for ``settle(_:row:)``.
    ///   - row: what is known of the call, kept in case that its process dies.
    ///   - outlivesProcess: it is only given back by ``release(_:)``, as for a batch that is answered tomorrow.
    public func reserve(
        _ id: String, amount: Int64, accounts: [SpendAccount], row: UsageRow, outlivesProcess: Bool = false
    ) async throws -> ReserveOutcome {
        if accounts.isEmpty { return .granted([]) }
        let host = outlivesProcess ? "" : host
        let kept = (accounts: JSONValue.array(accounts.map(\.document)).line, row: row.document.line)
        return try await perform { database in
            var states: [SpendState] = []
            for (position, account) in accounts.enumerated() {
                let state = try account.state(in: database)
                let (needed, overflow) = (state.spent + state.reserved).addingReportingOverflow(amount)
                if overflow || needed > account.limit { return .refused(position, state) }
                states.append(SpendState(spent: state.spent, reserved: state.reserved + amount))
            }
            for account in accounts { try account.change(spent: 0, reserved: amount, in: database) }
            try database.cachedStatement(
                sql: """
                    INSERT INTO ai_reservations (id, amount, accounts, call, pid, host, at_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    id, amount, kept.accounts, kept.row, ProcessIdentity.current, host, UTC.milliseconds(Date()),
                ])
            return .granted(states)
        }
    }

    /// Records an attempt and gives back what was set aside for it; what it cost is spent.
    ///
    /// - Parameters:
    ///   - accounts: the accounts of the reservation, or those that a call without one counts in.
    ///   - answer: kept in the same transaction, so that what stands in the ledger is not paid for again.
    ///   - used: the key of a kept answer that was given in place of a call.
    public func settle(
        _ id: String?, amount: Int64, accounts: [SpendAccount], row: UsageRow, keeping answer: KeptAnswer? = nil,
        using used: String? = nil
    ) async throws {
        let store = store
        let keep = answer.flatMap(keeping)
        try await perform { database in
            // An account that is begun here must not count this row twice.
            for account in accounts { _ = try account.state(in: database) }
            try Self.insert(row, in: database, store: store)
            for account in accounts {
                try account.change(spent: row.cost ?? 0, reserved: id == nil ? 0 : -amount, in: database)
            }
            if let id {
                try database.cachedStatement(sql: "DELETE FROM ai_reservations WHERE id = ?").execute(arguments: [id])
            }
            try keep?(database)
            if let used {
                try database.cachedStatement(sql: "UPDATE ai_answers SET used_ms = ? WHERE key = ?")
                    .execute(arguments: [UTC.milliseconds(row.at), used])
            }
        }
    }

    /// Takes back the money of processes that died, and records their calls as lost: the provider may have charged them.
    ///
    /// - Returns: how many calls were lost.
    @discardableResult
    public func recover() async throws -> Int { try await recover(isAlive: ProcessIdentity.isAlive) }

    func recover(isAlive: @escaping @Sendable (Int32, Date) -> Bool) async throws -> Int {
        let store = store
        let host = host
        return try await perform { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM ai_reservations WHERE host = ?", arguments: [host])
            var lost = 0
            for found in rows {
                let at = UTC.date(milliseconds: found["at_ms"])
                if isAlive(found["pid"], at) { continue }
                lost += 1
                try Self.lose(found, in: database, store: store)
            }
            return lost
        }
    }

    /// Counts what was set aside as spent, and its call as lost: the provider may have charged it, and nobody will hear.
    ///
    /// - Returns: the amount; nil where nothing is set aside under that name.
    public func lose(_ id: String) async throws -> Int64? {
        let store = store
        return try await perform { database in
            guard
                let found = try Row.fetchOne(
                    database, sql: "SELECT * FROM ai_reservations WHERE id = ?", arguments: [id])
            else { return nil }
            try Self.lose(found, in: database, store: store)
            return found["amount"]
        }
    }

    /// Gives back what was set aside, with nothing spent.
    public func release(_ id: String) async throws {
        try await perform { database in
            guard
                let found = try Row.fetchOne(
                    database, sql: "SELECT amount, accounts FROM ai_reservations WHERE id = ?", arguments: [id])
            else { return }
            let amount: Int64 = found["amount"]
            for account in Self.accounts(found) { try account.change(spent: 0, reserved: -amount, in: database) }
            try database.execute(sql: "DELETE FROM ai_reservations WHERE id = ?", arguments: [id])
        }
    }

    /// Records a call that may have been recorded before, as the lines of a batch that is fetched again.
    public func recordOnce(_ row: UsageRow, accounts: [SpendAccount]) async throws {
        let store = store
        try await perform { database in
            let known = try Int.fetchOne(
                database, sql: "SELECT 1 FROM ai_calls WHERE call_id = ? LIMIT 1", arguments: [row.callID])
            if known != nil { return }
            for account in accounts { _ = try account.state(in: database) }
            try Self.insert(row, in: database, store: store)
            for account in accounts { try account.change(spent: row.cost ?? 0, reserved: 0, in: database) }
        }
    }

    /// Counts what was set aside as spent, and its call as lost.
    private static func lose(_ found: Row, in database: Database, store: StateStore) throws {
        let amount: Int64 = found["amount"]
        if var row = try? JSONDecoder().decode(UsageRow.self, from: Data((found["call"] as String).utf8)) {
            row.status = .lost
            row.cost = amount
            row.isUsageMissing = true
            try insert(row, in: database, store: store)
        }
        for account in accounts(found) { try account.change(spent: amount, reserved: -amount, in: database) }
        try database.execute(sql: "DELETE FROM ai_reservations WHERE id = ?", arguments: [found["id"] as String])
    }

    private static func accounts(_ row: Row) -> [SpendAccount] {
        (try? JSONDecoder().decode([SpendAccount].self, from: Data((row["accounts"] as String).utf8))) ?? []
    }

    /// The states of accounts as they are, in their order.
    public func states(of accounts: [SpendAccount]) async throws -> [SpendState] {
        try await perform { database in try accounts.map { try $0.state(in: database) } }
    }

    private static func insert(_ row: UsageRow, in database: Database, store: StateStore) throws {
        let marks = Array(repeating: "?", count: UsageRow.columns.split(separator: ",").count).joined(separator: ", ")
        try database.cachedStatement(sql: "INSERT INTO ai_calls (\(UsageRow.columns)) VALUES (\(marks))")
            .execute(arguments: row.arguments(clean: store.clean))
    }

    func perform<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await writing.perform(body)
    }

    /// Adding up what is kept reads the whole table, so it is done once for every 64th part of the bound: what is kept
    /// passes the bound by no more than that. A process begins somewhere between two looks, or short ones had none.
    func isTimeToLook(after size: Int64, of maxBytes: Int64) -> Bool {
        let step = max(1, maxBytes / 64)
        return bytesUnseen.withLock { kept in
            let unseen = (kept ?? Int64.random(in: 0..<step)) + size
            kept = unseen >= step ? 0 : unseen
            return unseen >= step
        }
    }
}
