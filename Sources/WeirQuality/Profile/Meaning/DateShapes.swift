/// Dates as texts: which way of writing a column of them uses.
enum DateShapes {
    /// How dates are written, as DuckDB's `strptime` says it.
    static let formats: [(format: String, order: String, separator: UInt8)] = [
        ("%Y-%m-%d", "ymd", UInt8(ascii: "-")), ("%Y/%m/%d", "ymd", UInt8(ascii: "/")),
        ("%d.%m.%Y", "dmy", UInt8(ascii: ".")), ("%d/%m/%Y", "dmy", UInt8(ascii: "/")),
        ("%m/%d/%Y", "mdy", UInt8(ascii: "/")), ("%d-%m-%Y", "dmy", UInt8(ascii: "-")),
        ("%m-%d-%Y", "mdy", UInt8(ascii: "-")),
    ]

    /// Bytes that a date in the format takes at the start of the text; nil when there is none.
    static func length(of text: [UInt8], order: String, separator: UInt8) -> Int? {
        var numbers: [Character: Int] = [:]
        var index = 0
        for (place, part) in order.enumerated() {
            if place > 0 {
                guard index < text.count, text[index] == separator else { return nil }
                index += 1
            }
            let start = index
            var value = 0
            while index < text.count, Shapes.isDigit(text[index]), index - start < 4 {
                value = value * 10 + Int(text[index] - 48)
                index += 1
            }
            let digits = index - start
            guard part == "y" ? digits == 4 : (1...2).contains(digits) else { return nil }
            numbers[part] = value
        }
        guard let year = numbers["y"], let month = numbers["m"], let day = numbers["d"], (1...12).contains(month),
            day >= 1, day <= days(in: month, of: year)
        else { return nil }
        return index
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    struct Found: Equatable {
        var kind: Meaning.Kind
        var share: Double
        /// Nil for ISO 8601, and where two ways of writing fit equally well.
        var format: String?
    }

    /// The way of writing that most texts have; nil when none has nine of ten.
    static func find(_ texts: [[UInt8]]) -> Found? {
        var best: Found?
        for (format, order, separator) in formats {
            var dates = 0
            var stamps = 0
            for text in texts {
                guard let length = length(of: text, order: order, separator: separator) else { continue }
                if length == text.count {
                    dates += 1
                } else if text[length] == 32 || text[length] | 32 == UInt8(ascii: "t"),
                    isClock(Array(text[(length + 1)...]))
                {
                    stamps += 1
                }
            }
            let share = Double(dates + stamps) / Double(max(1, texts.count))
            let isISO = format == "%Y-%m-%d"
            if share >= 0.9, share > best?.share ?? 0 {
                best = Found(kind: stamps > 0 ? .timestamp : .date, share: share, format: isISO ? nil : format)
            }
        }
        return best
    }

    private static func isClock(_ text: [UInt8]) -> Bool {
        let zone = text.firstIndex { $0 == 43 || $0 == 45 || $0 | 32 == UInt8(ascii: "z") }
        return Shapes.isTime(Array(text[..<(zone ?? text.count)]))
    }
}
