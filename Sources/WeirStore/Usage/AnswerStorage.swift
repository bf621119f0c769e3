import Foundation
internal import GRDB
import WeirCore

extension UsageBook {
    /// Keeps an answer, and forgets the oldest ones where there are too many.
    ///
    /// - Parameter oldest: answers made before are forgotten, now and then.
    public func keepAnswer(
        _ key: String, _ answer: String, maxBytes: Int64, oldest: Date? = nil, at date: Date
    ) async throws {
        let size = Int64(answer.utf8.count)
        if size > maxBytes { return }
        let isLook = isTimeToLook(after: size, of: maxBytes)
        try await perform { database in
            let now = UTC.milliseconds(date)
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO ai_answers (key, answer, bytes, made_ms, used_ms) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [key, answer, size, now, now])
            guard isLook else { return }
            if let oldest {
                try database.execute(
                    sql: "DELETE FROM ai_answers WHERE made_ms < ?", arguments: [UTC.milliseconds(oldest)])
            }
            try Self.trim(database, maxBytes: maxBytes)
        }
    }

    /// Adding up what is kept reads the whole table, so it is done once for every 64th part of the bound: what is kept
    /// passes the bound by no more than that. A process begins somewhere between two looks, or short ones had none.
    private func isTimeToLook(after size: Int64, of maxBytes: Int64) -> Bool {
        let step = max(1, maxBytes / 64)
        let unseen = (bytesUnseen ?? Int64.random(in: 0..<step)) + size
        bytesUnseen = unseen >= step ? 0 : unseen
        return unseen >= step
    }

    /// Forgets the longest unused ones until the rest fits.
    private static func trim(_ database: Database, maxBytes: Int64) throws {
        try database.execute(
            sql: """
                DELETE FROM ai_answers WHERE key IN (
                    SELECT key FROM (
                        SELECT key, sum(bytes) OVER (ORDER BY used_ms DESC, key) AS running FROM ai_answers)
                    WHERE running > ?)
                """, arguments: [maxBytes])
    }
}

extension StateStore {
    /// An answer that was kept and is not too old.
    public func answer(_ key: String, madeAfter date: Date) async throws -> String? {
        try await read { database in
            try String.fetchOne(
                database, sql: "SELECT answer FROM ai_answers WHERE key = ? AND made_ms >= ?",
                arguments: [key, UTC.milliseconds(date)])
        }
    }
}
