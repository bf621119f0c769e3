internal import GRDB
import WeirCore

/// What finished calls of one step and model took together.
public struct FinishedCalls: Sendable, Hashable {
    public var calls: Int64 = 0
    /// Those among them that a batch service answered, a question each.
    public var batchCalls: Int64 = 0
    /// Input that was expected of the calls that tell it, and what their input really was.
    public var inputExpected: Int64 = 0
    public var inputOfExpected: Int64 = 0
    public var inputUncached: Int64 = 0
    public var cacheRead: Int64 = 0
    public var cacheWrite5m: Int64 = 0
    public var cacheWrite1h: Int64 = 0
    public var outputTotal: Int64 = 0
    public var outputReasoning: Int64 = 0

    public init() {}

    public var inputTotal: Int64 { inputUncached + cacheRead + cacheWrite5m + cacheWrite1h }
}

extension StateStore {
    /// The newest finished calls of a step, added up. Calls whose usage the provider did not tell are left out: they are
    /// estimates themselves.
    ///
    /// - Parameter limit: how many rows are read at most, however long the ledger is.
    public func finishedCalls(
        node: String, step: String, provider: String, model: String, last limit: Int = 500
    ) async throws -> FinishedCalls {
        try await read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*) AS calls, count(*) FILTER (WHERE batch = 1) AS batch_calls, sum(input_estimated) AS expected,
                        sum(input_uncached + cache_read + cache_write_5m + cache_write_1h)
                            FILTER (WHERE input_estimated IS NOT NULL) AS of_expected,
                        sum(input_uncached) AS uncached, sum(cache_read) AS cache_read,
                        sum(cache_write_5m) AS write_5m, sum(cache_write_1h) AS write_1h,
                        sum(output_total) AS output, sum(output_reasoning) AS reasoning
                    FROM (
                        SELECT * FROM ai_calls INDEXED BY ai_calls_finished
                        WHERE node = ? AND step = ? AND provider = ? AND model = ?
                            AND status = 'done' AND usage_missing = 0
                        ORDER BY seq DESC LIMIT ?)
                    """, arguments: [node, step, provider, model, max(0, limit)])
            var sum = FinishedCalls()
            guard let row else { return sum }
            sum.calls = row["calls"]
            sum.batchCalls = row["batch_calls"]
            sum.inputExpected = row["expected"] ?? 0
            sum.inputOfExpected = row["of_expected"] ?? 0
            sum.inputUncached = row["uncached"] ?? 0
            sum.cacheRead = row["cache_read"] ?? 0
            sum.cacheWrite5m = row["write_5m"] ?? 0
            sum.cacheWrite1h = row["write_1h"] ?? 0
            sum.outputTotal = row["output"] ?? 0
            sum.outputReasoning = row["reasoning"] ?? 0
            return sum
        }
    }
}
