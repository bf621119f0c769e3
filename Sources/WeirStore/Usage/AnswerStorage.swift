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
        try await perform { database in
            let now = UTC.milliseconds(date)
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO ai_answers (key, answer, bytes, made_ms, used_ms) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [key, answer, size, now, now])
            // Looked at now and then only: adding up what is kept reads the whole table.
            guard key.utf8.reduce(0, { $0 &+ Int($1) }) % 64 == 0 else { return }
            if let oldest {
                try database.execute(
                    sql: "DELETE FROM ai_answers WHERE made_ms < ?", arguments: [UTC.milliseconds(oldest)])
            }
            try Self.trim(database, maxBytes: maxBytes)
        }
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
