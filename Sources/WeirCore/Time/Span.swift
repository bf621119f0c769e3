/// A length of time as people write it in a project: `3 days`, `90m`, `2 weeks`.
///
/// Months are not offered: they have no fixed length, and a look-back must.
public struct Span: Sendable, Hashable, Codable, CustomStringConvertible {
    public let seconds: Int64

    public init(seconds: Int64) { self.seconds = seconds }

    private static let units: [(names: [String], seconds: Int64)] = [
        (["s", "sec", "second", "seconds"], 1),
        (["m", "min", "minute", "minutes"], 60),
        (["h", "hour", "hours"], 3600),
        (["d", "day", "days"], 86_400),
        (["w", "week", "weeks"], 604_800),
    ]

    /// Reads `3 days`; nil when it is no such text.
    public init?(_ text: String) {
        let trimmed = text.trimmingPrefix(while: \.isWhitespace)
        let digits = trimmed.prefix(while: { $0.isASCII && $0.isNumber })
        let unit = trimmed[digits.endIndex...].filter { !$0.isWhitespace }.lowercased()
        guard let amount = Int64(digits),
            let scale = Self.units.first(where: { $0.names.contains(unit) })?.seconds
        else { return nil }
        let (seconds, overflow) = amount.multipliedReportingOverflow(by: scale)
        if overflow { return nil }
        self.seconds = seconds
    }

    public var description: String {
        for unit in Self.units.reversed() where seconds != 0 && seconds % unit.seconds == 0 {
            let amount = seconds / unit.seconds
            return "\(amount) \(amount == 1 ? unit.names[2].singular : unit.names.last ?? "s")"
        }
        return "0 seconds"
    }
}

extension String {
    fileprivate var singular: String { hasSuffix("s") ? String(dropLast()) : self }
}
