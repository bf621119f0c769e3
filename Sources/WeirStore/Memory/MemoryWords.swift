/// Divides texts into the words by which memories are found.
///
/// Indexing and asking divide in the same way, whatever the script: a run of Chinese or Japanese has no spaces, so it
/// is taken in pairs of characters.
public enum MemoryWords {
    /// The words in their order, in small letters.
    public static func of(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var pairs: [Character] = []
        func finishPairs() {
            if pairs.count == 1 { words.append(String(pairs[0])) }
            for index in pairs.indices.dropLast() { words.append(String(pairs[index...(index + 1)])) }
            pairs = []
        }
        func finishWord() {
            if !word.isEmpty { words.append(String(word.prefix(longest))) }
            word = ""
        }
        for character in text.lowercased() {
            if isUnspaced(character) {
                finishWord()
                pairs.append(character)
            } else {
                finishPairs()
                if character.isLetter || character.isNumber { word.append(character) } else { finishWord() }
            }
        }
        finishWord()
        finishPairs()
        return words
    }

    /// What the index holds of a text.
    static func indexed(_ text: String) -> String { of(text).joined(separator: " ") }

    /// A question to the index: any of the text's words that mean something. Nil where there are none.
    ///
    /// - Parameter text: only its beginning is looked at where it is long.
    public static func query(_ text: String) -> String? {
        var seen: Set<String> = []
        var terms: [String] = []
        for word in of(String(text.prefix(8000))) where !stop.contains(word) && seen.insert(word).inserted {
            // A word is letters and digits, so it cannot end its quotes.
            terms.append("\"\(word)\"")
            if terms.count == mostTerms { break }
        }
        return terms.isEmpty ? nil : terms.joined(separator: " OR ")
    }

    /// The text without case, spacing and what ends a sentence: texts of equal marks say the same.
    public static func mark(_ text: String) -> String {
        var out = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        while let last = out.last, ".!?,; ".contains(last) { out.removeLast() }
        return out.isEmpty ? text : out
    }

    private static let mostTerms = 48
    private static let longest = 64

    /// Words that are in every text and tell nothing.
    public static let stop: Set<String> = [
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "how", "i", "if", "in", "into",
        "is", "it", "its", "my", "of", "on", "or", "our", "please", "so", "than", "that", "the", "their", "then",
        "there", "this", "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with",
        "you", "your",
    ]

    private static func isUnspaced(_ character: Character) -> Bool {
        switch character.unicodeScalars.first?.value ?? 0 {
        // Hiragana, Katakana, Han and its extensions.
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: true
        default: false
        }
    }
}
