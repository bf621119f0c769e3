/// Numbers and lengths of time as people read them.
public enum Figures {
    /// `336,776`.
    public static func count(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var out = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out.append(",") }
            out.append(digit)
        }
        return out
    }

    public static func count(_ value: Int) -> String { count(Int64(value)) }

    /// `1 row`, `2 rows`.
    public static func count(_ value: Int64, _ one: String, _ many: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? one : many ?? one + "s")"
    }

    /// `340 ms`, `2.5 s`, `3 min 20 s`, `2 h 5 min`.
    public static func duration(milliseconds: Int64) -> String {
        // The cap, 300 million years, leaves room for rounding.
        let value = min(max(0, milliseconds), .max - 1000)
        if value < 1000 { return "\(value) ms" }
        // 59,950 ms and more would round to "60.0 s".
        if value < 59_950 { return "\((value + 50) / 1000).\((value + 50) % 1000 / 100) s" }
        let seconds = (value + 500) / 1000
        if seconds < 3600 { return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s" }
        let minutes = (seconds + 30) / 60
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }

    /// `512 B`, `1.5 MB`: powers of ten, as disks are sold.
    public static func bytes(_ value: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var amount = Double(max(0, value))
        var unit = 0
        while amount >= 999.95, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        if unit == 0 { return "\(Int64(amount)) B" }
        let tenths = Int64((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
