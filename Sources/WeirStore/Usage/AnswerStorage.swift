import Foundation
internal import GRDB
import WeirCore

/// An answer that is kept for whoever asks the same again.
public struct KeptAnswer: Sendable, Hashable {
    /// The question's mark.
    public var key: String
    public var text: String
    /// Most bytes of all that is kept; the longest unused go.
    public var maxBytes: Int64
    /// Answers made before are forgotten, now and then.
    public var oldest: Date?
    public var madeAt: Date

    public init(key: String, text: String, maxBytes: Int64, oldest: Date? = nil, madeAt: Date) {
        self.key = key
        self.text = text
        self.maxBytes = maxBytes
        self.oldest = oldest
        self.madeAt = madeAt
    }
}

extension UsageBook {
    /// What keeps an answer in the transaction of its row; nil where it is larger than all that may be kept.
    func keeping(_ answer: KeptAnswer) -> (@Sendable (Database) throws -> Void)? {
        let size = Int64(answer.text.utf8.count)
        if size > answer.maxBytes { return nil }
        let isLook = isTimeToLook(after: size, of: answer.maxBytes)
        return { database in
            let made = UTC.milliseconds(answer.madeAt)
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO ai_answers (key, answer, bytes, made_ms, used_ms) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [answer.key, answer.text, size, made, made])
            guard isLook else { return }
            if let oldest = answer.oldest {
                try database.execute(
                    sql: "DELETE FROM ai_answers WHERE made_ms < ?", arguments: [UTC.milliseconds(oldest)])
            }
            try Self.trim(database, maxBytes: answer.maxBytes)
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

    /// An answer that was kept and is not too old.
    public func answer(_ key: String, madeAfter date: Date) async throws -> String? {
        let oldest = UTC.milliseconds(date)
        return try await reading.perform { database in
            let select = try database.cachedStatement(
                sql: "SELECT answer FROM ai_answers WHERE key = ? AND made_ms >= ?")
            return try String.fetchOne(select, arguments: [key, oldest])
        }
    }
}
