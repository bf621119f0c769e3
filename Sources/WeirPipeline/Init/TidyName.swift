import Foundation
import WeirCore

/// Makes names that need no quotes where the alphabet allows it: small letters, digits and `_`.
enum TidyName {
    /// `Order ID` → `order_id`, `OrderID` → `order_id`, `Größe (cm)` → `größe_cm`, `2024` → `_2024`.
    static func of(_ text: String, fallback: String) -> String {
        var out = ""
        var previous: Character = "_"
        let characters = Array(text.precomposedStringWithCanonicalMapping)
        for (index, character) in characters.enumerated() {
            guard isWordPart(character) else {
                if out.last != "_", !out.isEmpty { out.append("_") }
                previous = "_"
                continue
            }
            // A word begins at a capital after a small letter, and at the last capital of `HTTPServer`.
            let next = index + 1 < characters.count ? characters[index + 1] : "_"
            let startsWord =
                character.isUppercase
                && (previous.isLowercase || previous.isNumber || (previous.isUppercase && next.isLowercase))
            if startsWord, !out.isEmpty, out.last != "_" { out.append("_") }
            out.append(contentsOf: character.lowercased())
            previous = character
        }
        while out.hasSuffix("_") { out.removeLast() }
        if out.isEmpty { return fallback }
        return out.first?.isNumber == true ? "_" + out : out
    }

    /// The names, with a number added to those that are taken.
    static func distinct(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.map { name in
            var candidate = name
            var number = 2
            while !seen.insert(candidate.lowercased()).inserted {
                candidate = "\(name)_\(number)"
                number += 1
            }
            return candidate
        }
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || [.nonspacingMark, .spacingMark].contains(scalar.properties.generalCategory)
        }
    }
}

/// Writes names in SQL as a person would: in quotes only where they are needed.
struct PlainSQL {
    /// Words that mean something else without quotes; DuckDB's own list.
    let reserved: Set<String>

    func name(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && !reserved.contains(text) && text.first?.isNumber == false
            && text.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
        return isPlain ? text : SQL.quote(text)
    }
}
