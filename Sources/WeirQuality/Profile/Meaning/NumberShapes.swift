/// Numbers with a comma, or with marks between the thousands.
enum NumberShapes {
    /// How numbers are written, by an example, with the marks for thousands and for the fraction.
    private static let ways: [(example: String, thousands: [Unicode.Scalar], point: Unicode.Scalar)] = [
        ("1.234,56", ["."], ","), ("1 234,56", [" ", "\u{A0}", "\u{202F}"], ","), ("1'234.56", ["'", "’"], "."),
        ("1,234.56", [","], "."),
    ]

    struct Found: Equatable {
        var share: Double
        var format: String
    }

    /// The way that nine of ten texts are written in, where something in them tells it from others: a fraction that is
    /// not three digits long, or both marks.
    static func find(_ texts: [String]) -> Found? {
        for way in ways {
            // Most columns are out after a few values.
            let few = texts.prefix(10)
            guard few.count(where: { fits($0, way.thousands, way.point) != nil }) * 10 >= few.count * 7 else {
                continue
            }
            var (fitting, telling) = (0, 0)
            for text in texts {
                guard let isTelling = fits(text, way.thousands, way.point) else { continue }
                fitting += 1
                if isTelling { telling += 1 }
            }
            let share = Double(fitting) / Double(max(1, texts.count))
            if share >= 0.9, telling * 2 >= fitting, telling > 0 { return Found(share: share, format: way.example) }
        }
        return nil
    }

    /// Nil where the text is no such number, else whether it can be nothing else.
    private static func fits(_ text: String, _ thousands: [Unicode.Scalar], _ point: Unicode.Scalar) -> Bool? {
        var scalars = text.unicodeScalars[...]
        if let sign = scalars.first, sign == "-" || sign == "+" { scalars = scalars.dropFirst() }
        let parts = scalars.split(separator: point, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        let isDigit = { (scalar: Unicode.Scalar) in ("0"..."9").contains(scalar) }
        let groups = parts[0].split(omittingEmptySubsequences: false) { thousands.contains($0) }
        guard let first = groups.first, !first.isEmpty, first.allSatisfy(isDigit),
            groups.count == 1 || first.count <= 3,
            groups.dropFirst().allSatisfy({ $0.count == 3 && $0.allSatisfy(isDigit) })
        else { return nil }
        guard parts.count == 2 else { return groups.count > 2 }
        guard !parts[1].isEmpty, parts[1].allSatisfy(isDigit) else { return nil }
        return groups.count > 1 || point == "," && parts[1].count != 3
    }
}
