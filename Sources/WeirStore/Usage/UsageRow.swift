import Foundation
internal import GRDB
import WeirCore

/// One attempt to call an AI service, as the ledger keeps it.
public struct UsageRow: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case done
        case failed
        /// Answered from the cache; nothing was paid.
        case cached
        /// The caller went away.
        case cancelled
        /// Its process died before the answer was recorded; what it may have cost is counted in full.
        case lost
    }

    /// Shared by all attempts of one logical call.
    public var callID: String
    public var attempt: Int
    public var at: Date
    public var provider: String
    /// As asked for.
    public var model: String
    /// As the provider says.
    public var served: String?
    /// `messages`, `chat`, `embeddings` …
    public var endpoint: String
    public var runID: String?
    /// `schema.table` of the model that asked.
    public var node: String?
    public var step: String?
    public var status: Status
    /// The stable code of what went wrong.
    public var error: String?
    public var httpStatus: Int?
    public var requestID: String?
    public var inputUncached: Int64 = 0
    public var cacheRead: Int64 = 0
    public var cacheWrite5m: Int64 = 0
    public var cacheWrite1h: Int64 = 0
    public var outputTotal: Int64 = 0
    public var outputReasoning: Int64 = 0
    public var images: Int64 = 0
    public var audioIn: Int64 = 0
    public var serviceTier: String?
    public var isBatch = false
    /// Input tokens that the call was expected to take; nil where nobody estimated.
    public var inputEstimated: Int64?
    /// The provider told no usage; the figures are an estimate.
    public var isUsageMissing = false
    /// Units of 1e-12 USD; nil where no price is known.
    public var cost: Int64?
    public var priceVersion: String
    public var firstTokenMs: Int64?
    public var totalMs: Int64 = 0

    public init(
        callID: String, attempt: Int, at: Date, provider: String, model: String, endpoint: String, status: Status,
        priceVersion: String
    ) {
        self.callID = callID
        self.attempt = attempt
        self.at = UTC.rounded(at)
        self.provider = provider
        self.model = model
        self.endpoint = endpoint
        self.status = status
        self.priceVersion = priceVersion
    }
}

extension UsageRow {
    static let columns = """
        call_id, attempt, at_ms, provider, model, served, endpoint, run_id, node, step, status, error, http_status, \
        request_id, input_uncached, cache_read, cache_write_5m, cache_write_1h, output_total, output_reasoning, \
        images, audio_in, service_tier, batch, usage_missing, cost, price_version, first_token_ms, total_ms, \
        input_estimated
        """

    func arguments(clean: (String?) -> String?) -> StatementArguments {
        [
            callID, attempt, UTC.milliseconds(at), provider, model, served, endpoint, runID, node, step,
            status.rawValue, clean(error), httpStatus, requestID, inputUncached, cacheRead, cacheWrite5m, cacheWrite1h,
            outputTotal, outputReasoning, images, audioIn, serviceTier, isBatch, isUsageMissing, cost, priceVersion,
            firstTokenMs, totalMs, inputEstimated,
        ]
    }

    init(row: Row) {
        self.init(
            callID: row["call_id"], attempt: row["attempt"], at: UTC.date(milliseconds: row["at_ms"]),
            provider: row["provider"], model: row["model"], endpoint: row["endpoint"],
            status: Status(rawValue: row["status"]) ?? .failed, priceVersion: row["price_version"])
        served = row["served"]
        runID = row["run_id"]
        node = row["node"]
        step = row["step"]
        error = row["error"]
        httpStatus = row["http_status"]
        requestID = row["request_id"]
        inputUncached = row["input_uncached"]
        cacheRead = row["cache_read"]
        cacheWrite5m = row["cache_write_5m"]
        cacheWrite1h = row["cache_write_1h"]
        outputTotal = row["output_total"]
        outputReasoning = row["output_reasoning"]
        images = row["images"]
        audioIn = row["audio_in"]
        serviceTier = row["service_tier"]
        isBatch = row["batch"]
        isUsageMissing = row["usage_missing"]
        cost = row["cost"]
        firstTokenMs = row["first_token_ms"]
        totalMs = row["total_ms"]
        inputEstimated = row["input_estimated"]
    }
}
