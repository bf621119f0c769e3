import WeirCore

/// Numbers kept as the text they were written in, so that no digit is lost on the way to SQL.
enum NumberText {
    /// The number when the text is a plain decimal one; nil for everything else (`inf`, `0x1F`, `1_000`).
    /// The result is safe in SQL.
    static func normal(_ text: String) -> String? {
        let body = text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard !body.isEmpty, body.utf8.count <= 60, let value = Double(body), value.isFinite,
            body.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) })
        else { return nil }
        return body
    }
}

/// Dates and times as bounds: `2024-01-31`, `2024-01-31T13:45:00Z`, `13:45`.
enum DateText {
    static func isValid(_ text: String) -> Bool {
        if let match = text.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})(?:[T ](\S+))?/) {
            guard let year = Int(match.1), let month = Int(match.2), let day = Int(match.3) else { return false }
            guard (1...12).contains(month), (1...length(of: month, in: year)).contains(day) else { return false }
            return match.4.map { isTime(String($0)) } ?? true
        }
        return isTime(text)
    }

    private static func isTime(_ text: String) -> Bool {
        guard let match = text.wholeMatch(of: /(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?/)
        else {
            return false
        }
        return (Int(match.1) ?? 99) < 24 && (Int(match.2) ?? 99) < 60 && (match.3.map { Int($0) ?? 99 } ?? 0) < 60
    }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension PhysicalType {
    static func isTemporal(_ text: String?) -> Bool {
        guard let type = text.flatMap(duckDB) else { return false }
        return type.hasPrefix("DATE") || type.hasPrefix("TIME")
    }
}

/// Reads a regular expression with the place of its first unusable part.
enum PatternReader {
    static func read(_ value: YAMLValue) -> TextPattern? {
        // The raw text: a `${` inside a pattern is no reference.
        guard let text = value.plain().text else {
            value.report("yaml.wrong-type", "expected a regular expression")
            return nil
        }
        do throws(TextPattern.Refusal) { return try TextPattern(text) } catch {
            value.report(
                "contract.bad-pattern",
                "this pattern cannot be used: \(error.reason) (at character \(error.offset + 1))",
                hint: "patterns run in linear time: no look-around, no back references")
            return nil
        }
    }
}
