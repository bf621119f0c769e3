import Foundation

/// What a provider's headers tell of its limits, in whichever form it writes them.
struct RateHeaders: Sendable, Hashable {
    struct Figure: Sendable, Hashable {
        var limit: Int64?
        var remaining: Int64?
        var reset: Duration?
    }

    var requests: Figure?
    var inputTokens: Figure?
    var outputTokens: Figure?
    /// Input and output together.
    var tokens: Figure?

    init(_ headers: [String: String], now: Date) {
        requests = Self.anthropic("requests", headers, now) ?? Self.openAI("requests", headers, now)
        inputTokens = Self.anthropic("input-tokens", headers, now)
        outputTokens = Self.anthropic("output-tokens", headers, now)
        // Anthropic's joint figure is only the stricter of the two others.
        tokens = Self.openAI("tokens", headers, now)
    }

    private static func anthropic(_ what: String, _ headers: [String: String], _ now: Date) -> Figure? {
        figure(
            headers["anthropic-ratelimit-\(what)-limit"], headers["anthropic-ratelimit-\(what)-remaining"],
            headers["anthropic-ratelimit-\(what)-reset"], now)
    }

    private static func openAI(_ what: String, _ headers: [String: String], _ now: Date) -> Figure? {
        figure(
            headers["x-ratelimit-limit-\(what)"], headers["x-ratelimit-remaining-\(what)"],
            headers["x-ratelimit-reset-\(what)"], now)
    }

    private static func figure(_ limit: String?, _ remaining: String?, _ reset: String?, _ now: Date) -> Figure? {
        let figure = Figure(
            limit: limit.flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil },
            // Some servers write -1 for "not told".
            remaining: remaining.flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil },
            reset: reset.flatMap { Self.reset($0, now: now) })
        return figure.limit == nil && figure.remaining == nil ? nil : figure
    }

    /// `6m0s`, `12ms`, plain seconds, seconds since 1970, or a time of RFC 3339. Nil for nonsense.
    static func reset(_ text: String, now: Date) -> Duration? {
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle()) {
            return .milliseconds(Int64(max(0, date.timeIntervalSince(now)) * 1000))
        }
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            return .milliseconds(Int64(max(0, date.timeIntervalSince(now)) * 1000))
        }
        if let seconds = Double(text), seconds > 1e9, seconds < 1e10 {
            return .milliseconds(Int64(max(0, seconds - now.timeIntervalSince1970) * 1000))
        }
        return RetryAfter.span(text)
    }
}
