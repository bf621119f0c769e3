/// How the characters of a text file are written as bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// Either byte order: the mark at the start tells, or the text itself.
    case utf16 = "utf-16"
    /// ISO 8859-1, whose bytes 0x80 to 0x9F mean nothing.
    case latin1 = "latin-1"
    /// What Windows programs write in Western Europe and America: latin-1, and more characters from 0x80 to 0x9F.
    case windows1252 = "windows-1252"

    private static let others: [String: TextEncoding] = [
        "utf8": .utf8, "utf16": .utf16, "utf-16le": .utf16, "utf-16be": .utf16, "latin1": .latin1,
        "iso-8859-1": .latin1, "cp1252": .windows1252, "windows1252": .windows1252,
    ]

    /// Nil for a name that means none.
    public init?(name: String) {
        guard let found = TextEncoding(rawValue: name.lowercased()) ?? Self.others[name.lowercased()] else {
            return nil
        }
        self = found
    }

    /// Whether the engine reads it wrongly or not at all, so that it must be written as UTF-8 first. Its reader of
    /// UTF-16 knows one byte order, and no character beyond 16 bits.
    public var needsCopy: Bool { self == .utf16 || self == .windows1252 }

    static let hint =
        "if the file is not UTF-8, say its encoding in the source: `encoding: windows-1252`, `latin-1` or `utf-16`"
}
