import WeirCore

/// The `/* weir … */` comment at the start of a model's file.
enum HeaderComment {
    struct Found {
        let yaml: String
        /// 0-based line of the file on which the YAML starts.
        let line: Int
    }

    /// Nil when the file has no such comment. The comment must come before anything else.
    static func find(in text: String) -> Found? {
        let start = text.firstIndex { !$0.isWhitespace && $0 != "\u{FEFF}" } ?? text.endIndex
        guard text[start...].hasPrefix("/*") else { return nil }
        var rest = text[text.index(start, offsetBy: 2)...]
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "*" }
        guard rest.hasPrefix("weir"), let end = rest.range(of: "*/") else { return nil }
        let body = rest.dropFirst(4)
        guard let next = body.first, next.isWhitespace || next == "*" else { return nil }
        let line = text[..<body.startIndex].count(where: \.isNewline)
        return Found(yaml: String(body[..<end.lowerBound]), line: line)
    }
}
