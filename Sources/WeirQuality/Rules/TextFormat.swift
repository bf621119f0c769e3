/// The words of `logicalTypeOptions.format` for text that Weir checks, each as one regular expression.
///
/// They are meant to catch wrong data, not to be a grammar: an e-mail address needs one `@` between two
/// parts without spaces and a dot in the second.
public enum TextFormat: String, Sendable, Hashable, CaseIterable {
    case email, uuid, uri, hostname, ipv4, ipv6, byte, date, time
    case dateTime = "date_time"

    init?(contract word: String) {
        switch word.lowercased() {
        case "url": self = .uri
        case "date-time", "datetime": self = .dateTime
        case "guid": self = .uuid
        case "base64": self = .byte
        case let other: self.init(rawValue: other)
        }
    }

    /// Formats that describe how text is stored or shown, and not which text is right.
    static let descriptive: Set<String> = ["password", "binary"]

    /// RE2, matched against the whole value.
    var expression: String {
        switch self {
        case .email: "[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+"
        case .uuid: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        case .uri: "[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+"
        case .hostname:
            "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?"
        case .ipv4: "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
        case .ipv6:
            "([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,6})?::([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,6})?)"
        case .byte: "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
        case .date: "[0-9]{4}-[0-9]{2}-[0-9]{2}"
        case .time: "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
        case .dateTime:
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
        }
    }
}
