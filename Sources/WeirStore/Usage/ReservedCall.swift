import Foundation
import WeirCore

// What is written down of a call before it is made, in case that its process dies. The decoders of these types read it;
// it is written by hand, because every call waits for it and an encoder takes ten times as long.

extension UsageRow {
    var document: JSONValue {
        var fields: [String: JSONValue] = [
            "callID": .string(callID), "attempt": .int(Int64(attempt)),
            "at": .double(at.timeIntervalSinceReferenceDate), "provider": .string(provider), "model": .string(model),
            "endpoint": .string(endpoint), "status": .string(status.rawValue), "inputUncached": .int(inputUncached),
            "cacheRead": .int(cacheRead), "cacheWrite5m": .int(cacheWrite5m), "cacheWrite1h": .int(cacheWrite1h),
            "outputTotal": .int(outputTotal), "outputReasoning": .int(outputReasoning), "images": .int(images),
            "audioIn": .int(audioIn), "isBatch": .bool(isBatch), "isUsageMissing": .bool(isUsageMissing),
            "priceVersion": .string(priceVersion), "totalMs": .int(totalMs),
        ]
        for (name, text) in [
            ("served", served), ("runID", runID), ("node", node), ("step", step), ("error", error),
            ("requestID", requestID), ("serviceTier", serviceTier),
        ] {
            if let text { fields[name] = .string(text) }
        }
        for (name, number) in [
            ("httpStatus", httpStatus.map(Int64.init)), ("inputEstimated", inputEstimated), ("cost", cost),
            ("firstTokenMs", firstTokenMs),
        ] {
            if let number { fields[name] = .int(number) }
        }
        return .object(fields)
    }
}

extension SpendAccount {
    var document: JSONValue {
        var fields: [String: JSONValue] = ["key": .string(key), "window": .string(window), "limit": .int(limit)]
        if let since { fields["since"] = .double(since.timeIntervalSinceReferenceDate) }
        for (name, text) in [("runID", runID), ("model", model), ("node", node)] {
            if let text { fields[name] = .string(text) }
        }
        return .object(fields)
    }
}
