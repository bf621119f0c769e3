/// Numbers that carry a check digit.
enum CheckDigits {
    /// Payment cards: ISO/IEC 7812, the sum of Luhn and the ranges that issuers use.
    static func isCard(_ text: String) -> Bool {
        guard let digits = grouped(text, separators: " -"), (12...19).contains(digits.count), luhn(digits) else {
            return false
        }
        let prefix = { (count: Int) in digits.prefix(count).reduce(0) { $0 * 10 + $1 } }
        if digits[0] == 4 { return [13, 16, 19].contains(digits.count) }
        if (51...55).contains(prefix(2)) || (2221...2720).contains(prefix(4)) { return digits.count == 16 }
        if [34, 37].contains(prefix(2)) { return digits.count == 15 }
        if prefix(4) == 6011 || prefix(2) == 65 || (644...649).contains(prefix(3)) { return digits.count >= 16 }
        if (3528...3589).contains(prefix(4)) || prefix(2) == 62 { return digits.count >= 16 }
        return [36, 38].contains(prefix(2)) && digits.count == 14
    }

    static func luhn(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let doubled = digit * 2
            sum += index.isMultiple(of: 2) ? digit : doubled > 9 ? doubled - 9 : doubled
        }
        return sum.isMultiple(of: 10)
    }

    /// ISO 13616: the number modulo 97 with the country in front moved behind, and the length the country has.
    static func isIBAN(_ text: String) -> Bool {
        let plain = text.utf8.filter { $0 != UInt8(ascii: " ") }
        guard (15...34).contains(plain.count) else { return false }
        let country = String(decoding: plain.prefix(2), as: UTF8.self).uppercased()
        guard let length = ibanLengths[country], length == plain.count else { return false }
        var rest = 0
        for byte in Array(plain.dropFirst(4)) + Array(plain.prefix(4)) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): rest = (rest * 10 + Int(byte - 48)) % 97
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): rest = (rest * 100 + Int(byte - 55)) % 97
            case UInt8(ascii: "a")...UInt8(ascii: "z"): rest = (rest * 100 + Int(byte - 87)) % 97
            default: return false
            }
        }
        return rest == 1
    }

    private static let ibanLengths: [String: Int] = [
        "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
        "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
        "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
        "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
        "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
        "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
        "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    ]

    /// ISBN-10 (modulo 11) and ISBN-13 (an EAN that begins with 978 or 979).
    static func isISBN(_ text: String) -> Bool {
        let plain = Array(text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") })
        if plain.count == 13 {
            return (text.hasPrefix("978") || text.hasPrefix("979")) && isEAN(String(decoding: plain, as: UTF8.self))
        }
        guard plain.count == 10 else { return false }
        var sum = 0
        for (index, byte) in plain.enumerated() {
            if index == 9, byte == UInt8(ascii: "X") || byte == UInt8(ascii: "x") {
                sum += 10
            } else if (48...57).contains(byte) {
                sum += Int(byte - 48) * (10 - index)
            } else {
                return false
            }
        }
        return sum.isMultiple(of: 11)
    }

    /// GS1 article numbers of 8, 12, 13 or 14 digits.
    static func isEAN(_ text: String) -> Bool {
        guard let digits = grouped(text, separators: ""), [8, 12, 13, 14].contains(digits.count) else { return false }
        let sum = digits.dropLast().reversed().enumerated().reduce(0) {
            $0 + $1.element * ($1.offset.isMultiple(of: 2) ? 3 : 1)
        }
        return (10 - sum % 10) % 10 == digits[digits.count - 1]
    }

    /// The digits of a number written in groups; nil when anything else is in it.
    static func grouped(_ text: String, separators: String) -> [Int]? {
        let marks = Array(separators.utf8)
        var digits: [Int] = []
        for byte in text.utf8 {
            if (48...57).contains(byte) {
                digits.append(Int(byte - 48))
            } else if !marks.contains(byte) || digits.isEmpty {
                return nil
            }
        }
        return digits.isEmpty ? nil : digits
    }
}
