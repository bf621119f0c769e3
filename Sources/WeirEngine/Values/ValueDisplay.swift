import Foundation

extension Value {
    /// The value as people read it and as DuckDB's casts read it back. NULL is `NULL`.
    public var display: String {
        switch self {
        case .null: "NULL"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .hugeint(let value): String(value)
        case .uhugeint(let value): String(value)
        case .float(let value): Self.trimmed("\(value)")
        case .double(let value): Self.trimmed("\(value)")
        case .decimal(let unscaled, let scale): Self.decimalText(unscaled, scale)
        case .text(let value), .bit(let value): value
        case .blob(let bytes):
            bytes.map { "\\x" + String($0, radix: 16, uppercase: true).leftPaddedWithZeros(2) }.joined()
        case .date(let days): CalendarText.date(days: Int64(days))
        case .time(let micros): CalendarText.time(micros: micros)
        case .timeTZ(let micros, let offset): CalendarText.time(micros: micros) + CalendarText.offset(seconds: offset)
        case .timestamp(let micros): CalendarText.timestamp(micros: micros)
        case .timestampNanos(let nanos): CalendarText.timestamp(nanos: nanos)
        case .timestampTZ(let micros):
            CalendarText.timestamp(micros: micros) + (micros.magnitude == Int64.max.magnitude ? "" : "+00")
        case .interval(let months, let days, let micros):
            CalendarText.interval(months: months, days: days, micros: micros)
        case .uuid(let bits): Self.uuidText(bits)
        case .list(let items): "[" + items.map(\.nestedDisplay).joined(separator: ", ") + "]"
        case .structure(let members):
            "{" + members.map { "\(Self.quoted($0.name)): \($0.value.nestedDisplay)" }.joined(separator: ", ") + "}"
        case .map(let entries):
            "{" + entries.map { "\($0.key.nestedDisplay)=\($0.value.nestedDisplay)" }.joined(separator: ", ") + "}"
        }
    }

    /// Inside a list, struct or map: quoted where a bare text would be read back as something else.
    private var nestedDisplay: String {
        switch self {
        case .null, .list, .structure, .map: return display
        default:
            let text = display
            let isBare =
                !text.isEmpty && text.uppercased() != "NULL" && text.first?.isWhitespace == false
                && text.last?.isWhitespace == false && !text.unicodeScalars.contains { Self.structural.contains($0) }
            return isBare ? text : Self.quoted(text)
        }
    }

    /// Characters that mean something in the text of a nested value.
    private static let structural = Set(",:=()[]{}'\"\\".unicodeScalars)

    private static func quoted(_ text: String) -> String {
        var out = "'".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\\" || scalar == "'" { out.append("\\") }
            out.append(scalar)
        }
        return String(out) + "'"
    }

    private static func trimmed(_ text: String) -> String { text.hasSuffix(".0") ? String(text.dropLast(2)) : text }

    private static func decimalText(_ unscaled: Int128, _ scale: Int) -> String {
        guard scale > 0 else { return String(unscaled) }
        let digits = String(unscaled.magnitude).leftPaddedWithZeros(scale + 1)
        let split = digits.index(digits.endIndex, offsetBy: -scale)
        return (unscaled < 0 ? "-" : "") + digits[..<split] + "." + digits[split...]
    }

    private static func uuidText(_ bits: UInt128) -> String {
        var text = String(bits, radix: 16).leftPaddedWithZeros(32)
        for offset in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: offset)) }
        return text
    }
}

/// Dates and times as ISO 8601 text, on the proleptic Gregorian calendar that DuckDB uses.
enum CalendarText {
    static func date(days: Int64) -> String {
        if days == Int64(Int32.max) { return "infinity" }
        if days == -Int64(Int32.max) { return "-infinity" }
        // Howard Hinnant's civil_from_days (https://howardhinnant.github.io/date_algorithms.html).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let suffix = year <= 0 ? " (BC)" : ""
        let shown = year <= 0 ? 1 - year : year
        return "\(String(shown).leftPaddedWithZeros(4))-\(two(month))-\(two(day))\(suffix)"
    }

    static func time(micros: Int64) -> String {
        let seconds = micros / 1_000_000
        let fraction = micros % 1_000_000
        let base = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return fraction == 0 ? base : base + "." + digits(fraction, width: 6)
    }

    static func timestamp(micros: Int64) -> String {
        if micros == .max { return "infinity" }
        if micros == -.max { return "-infinity" }
        let (days, rest) = floorDivide(micros, by: 86_400_000_000)
        return "\(date(days: days)) \(time(micros: rest))"
    }

    static func timestamp(nanos: Int64) -> String {
        if nanos == .max || nanos == -.max { return timestamp(micros: nanos) }
        let (micros, rest) = floorDivide(nanos, by: 1000)
        let base = timestamp(micros: micros)
        if rest == 0 { return base }
        let padded = base.contains(".") ? base : base + "."
        let fraction = padded.split(separator: ".")[1...].joined()
        return padded.split(separator: ".")[0] + "." + fraction.rightPaddedWithZeros(6) + digits(rest, width: 3)
    }

    static func offset(seconds: Int32) -> String {
        let magnitude = Int64(abs(seconds))
        let minutes = magnitude / 60 % 60
        return (seconds < 0 ? "-" : "+") + two(magnitude / 3600) + (minutes == 0 ? "" : ":" + two(minutes))
    }

    static func interval(months: Int32, days: Int32, micros: Int64) -> String {
        var parts: [String] = []
        func add(_ amount: Int32, _ unit: String) {
            if amount != 0 { parts.append("\(amount) \(unit)\(amount.magnitude == 1 ? "" : "s")") }
        }
        add(months / 12, "year")
        add(months % 12, "month")
        add(days, "day")
        if micros != 0 || parts.isEmpty {
            parts.append((micros < 0 ? "-" : "") + time(micros: micros == .min ? .max : abs(micros)))
        }
        return parts.joined(separator: " ")
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let rest = value % divisor
        return rest < 0 ? (value / divisor - 1, rest + divisor) : (value / divisor, rest)
    }

    private static func two(_ number: Int64) -> String { String(number).leftPaddedWithZeros(2) }

    private static func digits(_ fraction: Int64, width: Int) -> String {
        var text = String(fraction).leftPaddedWithZeros(width)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}

extension String {
    func leftPaddedWithZeros(_ width: Int) -> String {
        count >= width ? self : String(repeating: "0", count: width - count) + self
    }
    func rightPaddedWithZeros(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: "0", count: width - count)
    }
}
