/// What the names of columns say about keys.
enum KeyName {
    /// `id`, `order_id`, `sku`, `countryCode`.
    static func isLikely(_ name: String) -> Bool {
        let words = ordered(name)
        guard let last = words.last else { return false }
        return ["id", "key", "code", "no", "nr", "number", "uuid", "guid", "sku", "isbn", "ean", "iban", "zip", "plz"]
            .contains(last)
    }

    /// The words of a name, without those that only say that it is a key.
    static func words(_ name: String) -> Set<String> {
        Set(ordered(name)).subtracting(["id", "key", "code", "no", "nr", "number", "name", "uuid", "guid"])
    }

    /// `customerID` and `customer_id` are both customer and id.
    static func ordered(_ name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isUpper = true
        for character in name {
            if character.isUppercase, !isUpper, !word.isEmpty {
                words.append(word)
                word = ""
            }
            isUpper = character.isUppercase
            if character.isLetter || character.isNumber {
                word += character.lowercased()
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
