/// Whether two JSON documents say the same, however they are written.
public enum JSONMeaning {
    /// Deeper documents are not looked into: nothing that people write comes near, and a hostile one must not exhaust the
    /// stack.
    static let deepest = 200

    /// The order of keys, blanks, escapes and the spelling of numbers (`1.0`, `1e0`) do not matter. The order of items in
    /// an array does, and that of values under a key which stands twice.
    ///
    /// - Returns: false also for texts that are not JSON, and for very deep ones.
    public static func isSame(_ a: String, _ b: String) -> Bool {
        guard isShallow(a), isShallow(b), let a = try? JSONTree.parse(a), let b = try? JSONTree.parse(b) else {
            return false
        }
        return isSame(a, b)
    }

    private static func isShallow(_ text: String) -> Bool {
        // Brackets inside of texts count too: that only makes it more careful.
        var depth = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > deepest { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return true
    }

    private static func isSame(_ a: JSONTree, _ b: JSONTree) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b || isSame(number: a, b)
        // Swift takes texts for equal that Unicode calls equivalent; here every byte counts.
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count
                && zip(sorted(a), sorted(b)).allSatisfy {
                    $0.key.utf8.elementsEqual($1.key.utf8) && isSame($0.value, $1.value)
                }
        default: false
        }
    }

    /// By key; values of one key stay in their order.
    private static func sorted(_ members: [JSONTree.Member]) -> [JSONTree.Member] {
        members.enumerated().sorted { a, b in
            if a.element.key.utf8.elementsEqual(b.element.key.utf8) { return a.offset < b.offset }
            return a.element.key.utf8.lexicographicallyPrecedes(b.element.key.utf8)
        }.map(\.element)
    }

    private static func isSame(number a: String, _ b: String) -> Bool {
        guard let a = Digits(a), let b = Digits(b) else { return false }
        return a == b
    }

    /// A decimal number of any length without what says nothing: `-1.50e3` is -15 · 10².
    private struct Digits: Equatable {
        var isNegative: Bool
        var digits: [UInt8]
        var exponent: Int

        init?(_ text: String) {
            let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
            guard let body = parts.first, parts.count <= 2 else { return nil }
            exponent = 0
            if parts.count == 2 {
                // An exponent beyond this is no number that anybody computes with.
                guard let power = Int(parts[1]), abs(power) < 1_000_000 else { return nil }
                exponent = power
            }
            isNegative = body.hasPrefix("-")
            let halves = (isNegative ? body.dropFirst() : body).split(
                separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            guard let whole = halves.first, !whole.isEmpty else { return nil }
            let fraction = halves.count == 2 ? halves[1] : ""
            digits = Array(whole.utf8) + Array(fraction.utf8)
            guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            exponent -= fraction.utf8.count
            while digits.last == UInt8(ascii: "0") {
                digits.removeLast()
                exponent += 1
            }
            digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
            if digits.isEmpty { (isNegative, exponent) = (false, 0) }
        }
    }
}
