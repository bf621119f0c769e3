import Foundation

/// Reads the time that a provider asks to wait, in all forms that are met.
enum RetryAfter {
    /// From the headers: milliseconds, seconds, or an HTTP date (RFC 9110, 10.2.3).
    static func read(_ headers: [String: String], now: Date) -> Duration? {
        if let text = headers["retry-after-ms"], let value = Double(text), value.isFinite, value >= 0 {
            return .milliseconds(Int64(min(value, 1e10)))
        }
        guard let text = headers["retry-after"]?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let value = Double(text) {
            return value.isFinite && value >= 0 ? .milliseconds(Int64(min(value * 1000, 1e10))) : nil
        }
        guard let date = httpDate(text) else { return nil }
        return .milliseconds(Int64(max(0, date.timeIntervalSince(now)) * 1000))
    }

    static func httpDate(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text)
    }

    /// A length of time as servers write it: `6m0s`, `1h2m3.5s`, `12ms`, `34s`, plain seconds. Nil for nonsense.
    static func span(_ text: String) -> Duration? {
        if let value = Double(text) {
            return value.isFinite && value >= 0 && value < 1e9 ? .milliseconds(Int64(value * 1000)) : nil
        }
        var milliseconds = 0.0
        var rest = Substring(text)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let amount = Double(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            switch unit {
            case "d": milliseconds += amount * 86_400_000
            case "h": milliseconds += amount * 3_600_000
            case "m": milliseconds += amount * 60_000
            case "s": milliseconds += amount * 1000
            case "ms": milliseconds += amount
            case "us", "µs": milliseconds += amount / 1000
            case "ns": milliseconds += amount / 1_000_000
            default: return nil
            }
        }
        return text.isEmpty || milliseconds > 1e12 ? nil : .milliseconds(Int64(milliseconds.rounded(.up)))
    }
}
