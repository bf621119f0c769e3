import Foundation

/// Points in time as Weir writes and reads them: UTC, ISO 8601, to the millisecond.
public enum UTC {
    /// `2026-11-23T16:01:02.123Z`.
    ///
    /// The date is rounded to the nearest millisecond first.
    public static func text(_ date: Date) -> String {
        format(milliseconds(date))
    }

    /// Milliseconds since 1970, rounded to the nearest.
    public static func milliseconds(_ date: Date) -> Int64 {
        let value = (date.timeIntervalSince1970 * 1000).rounded()
        return Int64(exactly: value) ?? (value < 0 ? .min / 4 : .max / 4)
    }

    /// The reverse of ``milliseconds(_:)``.
    public static func date(milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    /// The date without what lies below a millisecond, as it comes back from storage.
    public static func rounded(_ date: Date) -> Date { self.date(milliseconds: milliseconds(date)) }

    /// Reads what ``text(_:)`` writes; also without a fraction and with an offset. Nil when it is no such text.
    public static func date(_ text: String) -> Date? {
        if let exact = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            return rounded(exact)
        }
        return try? Date(text, strategy: Date.ISO8601FormatStyle())
    }

    /// Reads a date or timestamp as databases write them, like `2026-11-23 16:01:02.123456+00`; without a zone it is UTC.
    /// Nil for anything else.
    public static func moment(_ text: String) -> Date? {
        let shape = #/(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2})?(:?\d{2})?)?/#
        guard let parts = text.wholeMatch(of: shape) else { return nil }
        let fraction = parts.3.map { ".\($0.dropFirst().prefix(3))" } ?? ""
        let minutes = parts.5.map { ":\($0.suffix(2))" } ?? ":00"
        let zone = parts.4.map { $0 == "Z" ? "Z" : "\($0)\(minutes)" } ?? "Z"
        return date("\(parts.1)T\(parts.2 ?? "00:00:00")\(fraction)\(zone)")
    }

    /// Year, month, day, hour, minute, second of the proleptic Gregorian calendar.
    public static func fields(_ seconds: Int64) -> (
        year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64
    ) {
        let days = floorDivide(seconds, 86_400)
        let rest = seconds - days * 86_400
        // Days to a civil date by counting from 1 March of year 0, when leap days fall at a year's end.
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1, rest / 3600, rest / 60 % 60, rest % 60)
    }

    private static func format(_ milliseconds: Int64) -> String {
        let seconds = floorDivide(milliseconds, 1000)
        let at = fields(seconds)
        return "\(digits(at.year, 4))-\(digits(at.month, 2))-\(digits(at.day, 2))"
            + "T\(digits(at.hour, 2)):\(digits(at.minute, 2)):\(digits(at.second, 2))"
            + ".\(digits(milliseconds - seconds * 1000, 3))Z"
    }

    /// `20261123-160102`: sortable, and without a character that a shell or a file system minds.
    public static func compact(_ date: Date) -> String {
        let at = fields(floorDivide(milliseconds(date), 1000))
        return "\(digits(at.year, 4))\(digits(at.month, 2))\(digits(at.day, 2))"
            + "-\(digits(at.hour, 2))\(digits(at.minute, 2))\(digits(at.second, 2))"
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, width - text.count)) + text
        return value < 0 ? "-" + padded : padded
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }
}
