import WeirEngine

/// What can be told of an SQL expression from its words.
enum SQLWords {
    static func hasSubquery(_ text: String) -> Bool {
        SQLText.words(text).contains { ["select", "from", "over"].contains($0.text) }
    }
}
