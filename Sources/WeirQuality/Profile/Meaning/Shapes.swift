/// Tests of single texts for kinds that are known by their shape. Bytes of UTF-8 throughout: these run over thousands
/// of values of every text column.
enum Shapes {
    typealias Bytes = [UInt8]

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- 97 < 26 }
    static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 32) &- 97 < 6 }

    static func isInteger(_ text: Bytes) -> Bool {
        let digits = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.count <= 38 && digits.allSatisfy(isDigit)
    }

    /// A number whose first digit is a zero that a number would lose.
    static func hasLeadingZero(_ text: Bytes) -> Bool {
        text.count > 1 && text[0] == UInt8(ascii: "0") && isDigit(text[1])
    }

    static func isDecimal(_ text: Bytes) -> Bool {
        var index = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? 1 : 0
        var digits = 0
        var hasPoint = false
        while index < text.count {
            let byte = text[index]
            if isDigit(byte) {
                digits += 1
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte | 32 == UInt8(ascii: "e"), digits > 0 {
                return isInteger(Bytes(text[(index + 1)...]))
            } else {
                return false
            }
            index += 1
        }
        return digits > 0
    }

    static func isUUID(_ text: Bytes) -> Bool {
        guard text.count == 36 else { return false }
        return text.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : isHex(byte)
        }
    }

    /// One `@` between two parts without spaces, and a dot with letters behind it in the second.
    static func isEmail(_ text: Bytes) -> Bool {
        guard let at = text.firstIndex(of: UInt8(ascii: "@")), at > 0, text.count <= 254,
            text.lastIndex(of: UInt8(ascii: "@")) == at, !text.contains(where: { $0 <= 32 }),
            let dot = text.lastIndex(of: UInt8(ascii: ".")), dot > at + 1
        else { return false }
        let end = text[(dot + 1)...]
        return end.count >= 2 && end.allSatisfy { isLetter($0) || $0 >= 0x80 || isDigit($0) || $0 == 45 }
            && isLetter(end[dot + 1]) && isHostname(Bytes(text[(at + 1)...]))
    }

    static func isURL(_ text: Bytes) -> Bool {
        for scheme in ["https://", "http://", "ftp://", "s3://", "gs://", "file://"]
        where text.count > scheme.utf8.count && text.prefix(scheme.utf8.count).elementsEqual(scheme.utf8) {
            return !text.contains { $0 <= 32 }
        }
        return false
    }

    static func isIPv4(_ text: Bytes) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(isDigit)
                    && part.reduce(0) { $0 * 10 + Int($1 - 48) } <= 255 && (part.count == 1 || part.first != 48)
            }
    }

    static func isIPv6(_ text: Bytes) -> Bool {
        guard text.count(where: { $0 == UInt8(ascii: ":") }) >= 2, text.count <= 45 else { return false }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count <= 8 && parts.allSatisfy { $0.count <= 4 && $0.allSatisfy(isHex) }
            && (parts.count == 8 || parts.contains { $0.isEmpty })
    }

    static func isMAC(_ text: Bytes) -> Bool {
        guard text.count == 17, text[2] == UInt8(ascii: ":") || text[2] == UInt8(ascii: "-") else { return false }
        return text.enumerated().allSatisfy { $0 % 3 == 2 ? $1 == text[2] : isHex($1) }
    }

    static func isHostname(_ text: Bytes) -> Bool {
        let labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2 && text.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != 45 && label.last != 45
                    && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == 45 || $0 == 95 || $0 >= 0x80 }
            }
            && (labels.last.map { !$0.allSatisfy(isDigit) && !isFileEnding($0) } ?? false)
    }

    private static let fileEndings: Set<String> = [
        "pdf", "png", "jpg", "jpeg", "gif", "doc", "docx", "xls", "xlsx", "ppt", "csv", "tsv", "txt", "log", "json",
        "xml",
        "html", "zip", "gz", "parquet", "sql", "mp3", "mp4", "wav", "bak", "tmp", "exe", "md",
    ]

    private static func isFileEnding(_ label: ArraySlice<UInt8>) -> Bool {
        fileEndings.contains(String(decoding: label, as: UTF8.self).lowercased())
    }

    /// 7 to 15 digits (E.164) with the marks that people put between them.
    static func isPhone(_ text: Bytes, isHinted: Bool) -> Bool {
        var digits = 0
        var marks = 0
        for (index, byte) in text.enumerated() {
            if isDigit(byte) {
                digits += 1
            } else if byte == UInt8(ascii: "+") {
                if index > 1 { return false }
            } else if " -./()x".utf8.contains(byte) {
                marks += 1
            } else {
                return false
            }
        }
        guard (7...15).contains(digits), marks <= 8 else { return false }
        if isHinted { return true }
        return text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "(")
    }

    /// ISO 9362: bank, country, place, and perhaps the branch.
    static func isBIC(_ text: Bytes) -> Bool {
        guard text.count == 8 || text.count == 11, text.prefix(6).allSatisfy({ $0 &- 65 < 26 }) else { return false }
        return WordLists.countries2.contains(String(decoding: text[4..<6], as: UTF8.self))
            && text.dropFirst(6).allSatisfy { isDigit($0) || $0 &- 65 < 26 }
    }

    /// `AAA-GG-SSSS` without the numbers that are never given out.
    static func isUSSocialSecurity(_ text: Bytes) -> Bool {
        guard text.count == 11, text[3] == 45, text[6] == 45 else { return false }
        let digits = text.filter(isDigit)
        guard digits.count == 9 else { return false }
        let area = digits.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
        return area != 0 && area != 666 && area < 900 && text[4...5].contains { $0 != 48 }
            && text[7...].contains { $0 != 48 }
    }

    /// A hexadecimal digest of a common length.
    static func isHash(_ text: Bytes) -> Bool {
        [32, 40, 56, 64, 96, 128].contains(text.count) && text.allSatisfy(isHex)
            && text.contains { !isDigit($0) }
    }

    static func isPostalCode(_ text: Bytes) -> Bool {
        (3...10).contains(text.count) && text.contains(where: isDigit)
            && text.allSatisfy { isDigit($0) || isLetter($0) || $0 == 32 || $0 == 45 }
    }

    /// Two to five words that begin with a capital letter or a letter without case.
    static func isPersonName(_ text: String) -> Bool {
        let words = text.split(separator: " ")
        guard (1...5).contains(words.count), text.count <= 60 else { return false }
        return words.allSatisfy { word in
            guard let first = word.first, first.isLetter else { return false }
            return word.allSatisfy { $0.isLetter || "'’.-".contains($0) }
        } && words.contains { $0.first.map { $0.isUppercase || !$0.isCased } ?? false }
    }

    static func isTime(_ text: Bytes) -> Bool {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), (1...2).contains(colon), text.count >= colon + 3
        else { return false }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return false }
        let numbers = parts.map { part in part.prefix(while: isDigit).reduce(0) { $0 * 10 + Int($1 - 48) } }
        guard parts.dropLast().allSatisfy({ $0.count <= 2 && $0.allSatisfy(isDigit) && !$0.isEmpty }),
            let last = parts.last, (2...10).contains(last.count), isDigit(last[last.startIndex])
        else { return false }
        return numbers[0] < 24 && numbers[1] < 60 && (numbers.count < 3 || numbers[2] < 61)
            && last.dropFirst(2).allSatisfy { isDigit($0) || $0 == 46 || $0 == 90 }
    }
}
