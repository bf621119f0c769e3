import WeirCore
import WeirStore

/// What a memory must be. Each refusal says what to do.
enum MemoryRules {
    static let length = 5...100

    struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    static let types = MemoryType.allCases.map(\.rawValue)
    static let noType = "it has no type: write a line \"Type: \" with one of \(types.joined(separator: ", "))"
    static let noContent =
        "it has no content: write a line \"Content: \" with \(length.lowerBound) to \(length.upperBound) characters"
    static let form = "it is not written over lines: \"# Add To Memory:\", \"Type: …\", \"Content: …\", \"#\""

    /// A text without the brackets of a template, and with single spaces.
    static func tidied(_ text: String) -> String {
        let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard text.first == "[", text.last == "]", !text.dropFirst().dropLast().contains(where: { "[]".contains($0) })
        else { return text }
        return String(Substring(text.dropFirst().dropLast()).trimmingSpace)
    }

    static func type(_ word: String) throws(Refusal) -> MemoryType {
        let bare = word.lowercased().trimmingMarks
        if let type = MemoryType(rawValue: bare) { return type }
        if bare.isEmpty { throw Refusal(noType) }
        let guess = DidYouMean.closest(to: bare, among: types).map { " (did you mean \"\($0)\"?)" } ?? ""
        throw Refusal(
            "\"\(Cell.visible(String(word.prefix(40))))\" is no type\(guess): write one of \(types.joined(separator: ", "))"
        )
    }

    /// - Parameter content: tidied.
    static func check(_ content: String) throws(Refusal) {
        if content.isEmpty { throw Refusal(noContent) }
        let count = content.count
        if count < length.lowerBound {
            throw Refusal("the content has \(count) characters, and \(length.lowerBound) is the least: say more")
        }
        if count > length.upperBound {
            throw Refusal(
                "the content has \(count) characters, and \(length.upperBound) is the most: say it shorter, or in two blocks"
            )
        }
        try checkCharacters(content)
    }

    static func checkCharacters(_ content: String) throws(Refusal) {
        if Cell.visible(content) != content {
            throw Refusal("the content has characters that cannot be seen: write it without")
        }
        if let kind = SecretShape.found(in: content) {
            throw Refusal(
                "the content looks as if it held \(kind), and secrets are never kept: name the variable or the place instead"
            )
        }
    }
}

extension String {
    /// Without what Markdown and templates put around a word.
    fileprivate var trimmingMarks: String {
        let marks = "[](){}<>*_`\"'.,;: \t"
        var text = self[...].drop { marks.contains($0) }
        while let last = text.last, marks.contains(last) { text.removeLast() }
        return String(text)
    }
}
