import Foundation

/// Finds out what the values of a column are from a sample of its distinct values and from its name.
///
/// The name alone decides nothing: it only makes a weak test (a shape that many things have) believable.
struct MeaningDetector {
    let column: String
    /// Distinct values, without nulls and stand-ins.
    let values: [String]

    /// Share of values that must pass.
    private static let wanted = 0.9

    func find(family: TypeFamily) -> Meaning? {
        guard !values.isEmpty else { return nil }
        switch family {
        case .text: return text()
        case .integer:
            return first(
                of: [.cardNumber, .ean, .isbn, .phone, .postalCode], needsHint: [.phone, .postalCode, .ean, .isbn])
        case .floating, .decimal: return coordinate()
        default: return nil
        }
    }

    // MARK: Texts

    private func text() -> Meaning? {
        let bytes = values.map { Array($0.utf8) }
        // What has a form of its own comes before what only looks like a number.
        if let strong = first(of: [.uuid, .email, .url, .iban, .ipv4, .mac, .ipv6, .usSocialSecurity, .hash]) {
            return strong
        }
        if let date = DateShapes.find(bytes) {
            return meaning(date.kind, share: date.share, strength: 1, format: date.format)
        }
        if let time = first(of: [.time]) { return time }
        if let number = first(of: [.cardNumber, .isbn]) { return number }
        if let code = first(of: [.ean, .phone, .postalCode], needsHint: [.ean, .postalCode]) { return code }
        if let place = coordinate() { return place }
        let leading = bytes.contains(where: Shapes.hasLeadingZero)
        if !leading, let number = first(of: [.boolean, .integer, .decimal]) { return number }
        if let number = NumberShapes.find(values) {
            return meaning(.decimal, share: number.share, strength: 1, format: number.format)
        }
        if let word = first(of: [.country, .currency, .language, .bic, .json]) { return word }
        return first(of: [.personName, .hostname], needsHint: [.personName])
    }

    private func coordinate() -> Meaning? {
        for (kind, limit) in [(Meaning.Kind.latitude, 90.0), (.longitude, 180.0)] where isHinted(kind) {
            let inside = values.count { Double($0).map { abs($0) <= limit } ?? false }
            let share = Double(inside) / Double(values.count)
            if share >= Self.wanted { return meaning(kind, share: share, strength: 0.9) }
        }
        return nil
    }

    // MARK: Deciding

    private func isHinted(_ kind: Meaning.Kind) -> Bool { NameHints.isHinted(kind, by: column) }

    /// The first kind that enough values pass.
    private func first(of kinds: [Meaning.Kind], needsHint: Set<Meaning.Kind> = []) -> Meaning? {
        for kind in kinds {
            let hinted = isHinted(kind)
            if needsHint.contains(kind), !hinted { continue }
            guard let strength = strength(of: kind, hinted: hinted) else { continue }
            // Most columns are out after a few values.
            let few = values.prefix(50)
            guard few.count(where: { test(kind, $0, hinted) }) * 10 >= few.count * 7 else { continue }
            let passed = values.count { test(kind, $0, hinted) }
            let share = Double(passed) / Double(values.count)
            if share >= Self.wanted, isLikely(kind, hinted: hinted) {
                return meaning(kind, share: share, strength: strength)
            }
        }
        return nil
    }

    /// What no single value can tell.
    private func isLikely(_ kind: Meaning.Kind, hinted: Bool) -> Bool {
        switch kind {
        case .ipv4:
            // Versions of four parts count from small numbers.
            let high = values.count { $0.split(separator: ".").contains { Int($0) ?? 0 > 60 } }
            return hinted || high * 4 >= values.count
        case .postalCode:
            // Amounts are of many lengths, postal codes are not.
            let digits = Set(values.filter { $0.allSatisfy(\.isNumber) }.map(\.count))
            return digits.count <= 2
        default: return true
        }
    }

    /// How much a passed test says; nil where it says nothing for so few values.
    private func strength(of kind: Meaning.Kind, hinted: Bool) -> Double? {
        switch kind {
        case .country, .language: hinted ? 0.95 : values.count >= 3 && kind == .country ? 0.75 : nil
        case .currency: hinted || values.count >= 2 ? 0.9 : nil
        case .bic: hinted ? 0.95 : 0.7
        case .phone: hinted ? 0.9 : 0.7
        case .personName, .postalCode, .hostname: hinted ? 0.8 : 0.5
        case .boolean: values.count <= 4 ? 1 : nil
        case .cardNumber, .isbn: values.count >= 5 || hinted ? 1 : nil
        default: 1
        }
    }

    private func test(_ kind: Meaning.Kind, _ text: String, _ hinted: Bool) -> Bool {
        let bytes = Array(text.utf8)
        switch kind {
        case .integer: return Shapes.isInteger(bytes)
        case .decimal: return Shapes.isDecimal(bytes)
        case .boolean:
            return WordLists.truths.contains(text.lowercased())
        case .time: return Shapes.isTime(bytes)
        case .uuid: return Shapes.isUUID(bytes)
        case .email: return Shapes.isEmail(bytes)
        case .url: return Shapes.isURL(bytes)
        case .ipv4: return Shapes.isIPv4(bytes)
        case .ipv6: return Shapes.isIPv6(bytes)
        case .mac: return Shapes.isMAC(bytes)
        case .hostname: return Shapes.isHostname(bytes)
        case .phone: return Shapes.isPhone(bytes, isHinted: hinted)
        case .iban: return CheckDigits.isIBAN(text)
        case .bic: return Shapes.isBIC(bytes)
        case .cardNumber: return CheckDigits.isCard(text)
        case .isbn: return CheckDigits.isISBN(text)
        case .ean: return CheckDigits.isEAN(text)
        case .country:
            if bytes.count == 2 { return WordLists.countries2.contains(text.uppercased()) }
            if bytes.count == 3 { return WordLists.countries3.contains(text.uppercased()) }
            let name = text.lowercased()
            return WordLists.countryNames.contains(name) || CountryNames.all.contains(name)
        case .currency: return WordLists.currencies.contains(text)
        case .language:
            return WordLists.languages.contains(String(text.prefix { $0 != "-" && $0 != "_" }).lowercased())
        case .usSocialSecurity: return Shapes.isUSSocialSecurity(bytes)
        case .postalCode: return Shapes.isPostalCode(bytes)
        case .personName: return Shapes.isPersonName(text)
        case .hash: return Shapes.isHash(bytes)
        case .json:
            guard text.hasPrefix("{") || text.hasPrefix("[") else { return false }
            return (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
        case .date, .timestamp, .latitude, .longitude: return false
        }
    }

    private func meaning(_ kind: Meaning.Kind, share: Double, strength: Double, format: String? = nil) -> Meaning {
        let hinted = isHinted(kind)
        let example = values.first { kind == .date || kind == .timestamp || test(kind, $0, hinted) } ?? values[0]
        return Meaning(
            kind: kind, share: share, confidence: min(1, share * strength),
            example: kind.isPersonal ? Masking.mask(example) : String(example.prefix(80)), format: format)
    }
}

/// Hides the greater part of a value that tells of a person, and keeps its shape.
public enum Masking {
    /// Letters and digits become `•`, but for the first of each word; marks stay.
    public static func mask(_ text: String) -> String {
        var isStart = true
        return String(
            text.prefix(80).map { character in
                guard character.isLetter || character.isNumber else {
                    isStart = true
                    return character
                }
                defer { isStart = false }
                return isStart ? character : "•"
            })
    }
}
