import Foundation

/// How many rows may break a rule before the load stops, even where they go to quarantine.
///
/// Written `1%`, `100 rows` or `5`. Percent are of the rows that came in.
public enum Tolerance: Sendable, Hashable, Codable {
    case rows(Int)
    case percent(Double)

    /// Reads `0.5%`, `0.5 percent`, `100 rows`, `1 row` or `100`; nil when it is none of these.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespaces).lowercased()
        let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
        let unit = trimmed[digits.endIndex...].trimmingCharacters(in: .whitespaces)
        let number = digits.replacing("_", with: "")
        switch unit {
        case "%", "percent":
            guard let share = Double(number), share.isFinite, (0...100).contains(share) else { return nil }
            self = .percent(share)
        case "", "row", "rows":
            guard let rows = Int(number) else { return nil }
            self = .rows(rows)
        default:
            return nil
        }
    }

    /// True when `violating` of `total` rows are more than allowed.
    public func isExceeded(by violating: Int, of total: Int) -> Bool {
        switch self {
        case .rows(let limit): violating > limit
        case .percent(let share): Double(violating) * 100 > share * Double(total)
        }
    }
}

extension Tolerance: CustomStringConvertible {
    public var description: String {
        switch self {
        case .rows(let rows): "\(rows) \(rows == 1 ? "row" : "rows")"
        case .percent(let share): "\(share.plainText)%"
        }
    }
}

extension Double {
    /// Without a needless `.0`: `5`, `0.25`.
    var plainText: String {
        if let whole = Int(exactly: self) { return String(whole) }
        return String(self)
    }
}
