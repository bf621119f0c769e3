/// What a text means on a terminal. Colours are chosen here and nowhere else.
public enum Tone: String, Sendable, CaseIterable {
    case good, bad, warning, faint, strong, name

    var code: String {
        switch self {
        case .good: "32"
        case .bad: "31"
        case .warning: "33"
        case .faint: "2"
        case .strong: "1"
        case .name: "36"
        }
    }
}

/// Paints texts, or leaves them plain where colours would be noise: files, pipes, `NO_COLOR`.
public struct Style: Sendable, Hashable {
    public let usesColor: Bool

    public init(usesColor: Bool) { self.usesColor = usesColor }

    public static let plain = Style(usesColor: false)

    /// The text in the tone's colour; an empty text stays empty.
    public func callAsFunction(_ text: String, _ tone: Tone) -> String {
        usesColor && !text.isEmpty ? "\u{1B}[\(tone.code)m\(text)\u{1B}[0m" : text
    }
}
