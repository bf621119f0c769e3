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
        return best ?? findNamed(texts)
    }

    // MARK: Months by name

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let longMonths = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// `5 Mar 2024`, `March 5, 2024`, `05-Mar-2024` and `2024年3月5日`.
    private static func findNamed(_ texts: [[UInt8]]) -> Found? {
        // Most columns are out after a few values.
        let few = texts.prefix(10).map { named(String(decoding: $0, as: UTF8.self)) }
        guard few.count(where: { $0 != nil }) * 10 >= few.count * 7 else { return nil }
        var counts: [String: Int] = [:]
        // "May" is short and long: it fits what the others say.
        var either = 0
        for text in texts {
            guard let format = named(String(decoding: text, as: UTF8.self)) else { continue }
            if format.hasPrefix("?") { either += 1 } else { counts[format, default: 0] += 1 }
        }
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
        let share = Double(most.value + either) / Double(texts.count)
        return share >= 0.9 ? Found(kind: .date, share: share, format: most.key) : nil
    }

    private static func named(_ text: String) -> String? {
        guard text.count <= 20 else { return nil }
        if let match = text.wholeMatch(of: /([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日/) {
            return isDay(match.1, match.2, match.3) ? "%Y年%m月%d日" : nil
        }
        if let match = text.wholeMatch(of: /([0-9]{1,2})([ -])([A-Za-z]{3,9})[ -]([0-9]{4})/) {
            return month(match.3).flatMap { number, sign in
                isDay(match.4, "\(number)", match.1)
                    ? "\(sign)%d\(match.2)%\(sign == "?" ? "b" : sign)\(match.2)%Y" : nil
            }.map(tidy)
        }
        if let match = text.wholeMatch(of: /([A-Za-z]{3,9}) ([0-9]{1,2}), ([0-9]{4})/) {
            return month(match.1).flatMap { number, sign in
                isDay(match.3, "\(number)", match.2) ? "\(sign)%\(sign == "?" ? "b" : sign) %d, %Y" : nil
            }.map(tidy)
        }
        return nil
    }

    /// The mark of a month that is short and long stays in front.
    private static func tidy(_ format: String) -> String { format.hasPrefix("?") ? format : String(format.dropFirst()) }

    private static func month(_ word: Substring) -> (Int, String)? {
        let word = word.lowercased()
        if word == "may" { return (5, "?") }
        if let short = months.firstIndex(of: word) { return (short + 1, "b") }
        return longMonths.firstIndex(of: word).map { ($0 + 1, "B") }
    }

    private static func isDay(_ year: Substring, _ month: some StringProtocol, _ day: Substring) -> Bool {
        guard let year = Int(year), let month = Int(month), let day = Int(day) else { return false }
        return (1...12).contains(month) && day >= 1 && day <= days(in: month, of: year)
    }

    private static func isClock(_ text: [UInt8]) -> Bool {
        let zone = text.firstIndex { $0 == 43 || $0 == 45 || $0 | 32 == UInt8(ascii: "z") }
        return Shapes.isTime(Array(text[..<(zone ?? text.count)]))
    }
}
