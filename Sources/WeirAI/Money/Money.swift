import Foundation

/// An amount of US dollars, exact to 1e-12: prices are millionths of a dollar for a thousand tokens, and a ledger of
/// millions of them must add up.
public struct Money: Sendable, Hashable, Comparable {
    /// Units of 1e-12 USD. The largest amount is about nine million dollars.
    public var pico: Int64

    public init(pico: Int64) { self.pico = pico }

    public static let zero = Money(pico: 0)
    static let perDollar: Int64 = 1_000_000_000_000

    /// Reads `2`, `$2.00`, `0.05 USD`; nil for anything else, also for more than twelve decimals.
    public init?(_ text: String) {
        var rest = text.trimmingCharacters(in: .whitespaces)
        if rest.hasPrefix("$") { rest.removeFirst() }
        if rest.uppercased().hasSuffix("USD") { rest.removeLast(3) }
        rest = rest.trimmingCharacters(in: .whitespaces).replacing("_", with: "")
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy({ $0.isASCII && $0.isNumber }),
            let dollars = Int64(whole)
        else { return nil }
        let fraction = parts.count > 1 ? String(parts[1]) : "0"
        guard !fraction.isEmpty, fraction.count <= 12, fraction.allSatisfy({ $0.isASCII && $0.isNumber }),
            let rest = Int64(fraction + String(repeating: "0", count: 12 - fraction.count))
        else { return nil }
        let (scaled, overflow) = dollars.multipliedReportingOverflow(by: Self.perDollar)
        let (sum, overflows) = scaled.addingReportingOverflow(rest)
        if overflow || overflows { return nil }
        pico = sum
    }

    public static func < (a: Money, b: Money) -> Bool { a.pico < b.pico }

    /// Sums stop at the largest amount instead of wrapping round.
    public static func + (a: Money, b: Money) -> Money {
        let (sum, overflow) = a.pico.addingReportingOverflow(b.pico)
        return Money(pico: overflow ? .max : sum)
    }

    public static func += (a: inout Money, b: Money) { a = a + b }

    /// An amount of pieces at a price each, rounded up to a whole unit; stops at the largest amount.
    static func times(_ count: Int64, _ price: Int64) -> Int64 {
        let (product, overflow) = max(0, count).multipliedReportingOverflow(by: max(0, price))
        return overflow ? .max : product
    }
}

extension Money: CustomStringConvertible {
    /// `$1.25`, `$0.0042`: at least cents, and as many decimals as say something, to a millionth.
    public var description: String {
        let sign = pico < 0 ? "-" : ""
        let micro = pico.magnitude / 1_000_000 + (pico.magnitude % 1_000_000 >= 500_000 ? 1 : 0)
        if micro == 0 { return pico == 0 ? "$0.00" : "\(sign)<$0.000001" }
        var decimals = String(micro % 1_000_000)
        decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(sign)$\(micro / 1_000_000).\(decimals)"
    }

    /// All twelve decimals, for programs: `0.000004200000`.
    public var exact: String {
        let magnitude = pico.magnitude
        let decimals = String(magnitude % UInt64(Self.perDollar))
        return "\(pico < 0 ? "-" : "")\(magnitude / UInt64(Self.perDollar))."
            + String(repeating: "0", count: 12 - decimals.count) + decimals
    }
}

extension Money: Encodable {
    /// A text, because a JSON number would be read as a double.
    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        try box.encode(exact)
    }
}
