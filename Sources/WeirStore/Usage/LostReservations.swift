import Foundation
internal import GRDB

extension UsageBook {
    /// Counts what was set aside as spent, and its call as lost: the provider may have charged it, and nobody will hear.
    ///
    /// - Returns: the amount; nil where nothing is set aside under that name.
    public func lose(_ id: String) async throws -> Int64? {
        let found = try await perform { database in
            try Row.fetchOne(
                database, sql: "SELECT amount, accounts, call FROM ai_reservations WHERE id = ?", arguments: [id]
            ).map { row in
                let decoder = JSONDecoder()
                return (
                    amount: row["amount"] as Int64,
                    accounts: try decoder.decode([SpendAccount].self, from: Data((row["accounts"] as String).utf8)),
                    call: try decoder.decode(UsageRow.self, from: Data((row["call"] as String).utf8))
                )
            }
        }
        guard let found else { return nil }
        var call = found.call
        call.status = .lost
        call.cost = found.amount
        call.isUsageMissing = true
        try await settle(id, amount: found.amount, accounts: found.accounts, row: call)
        return found.amount
    }
}
