import WeirStore

/// What a memory says, taken apart so that two can be compared: what it is about, with which numbers, and whether it is
/// for or against it.
struct MemoryGist: Sendable, Hashable {
    /// Words that mean something, in their order and without their endings; numbers are in ``numbers``.
    private(set) var words: [String] = []
    /// Names as they are written: `orders.customer_id`, `SELECT`, `v2`.
    private(set) var names: Set<String> = []
    private(set) var numbers: [Number] = []
    /// It says no.
    private(set) var isNegative = false
    /// The order of its words matters: `views over tables`.
    private(set) var isDirected = false
    /// `the time zone is UTC`: an attribute that has one value, and the value.
    private(set) var attribute: Attribute?

    struct Number: Sendable, Hashable {
        let text: String
        /// How many words came before it.
        let place: Int
        /// It sets something, like `size is 20` or `30s`, and is not part of a name, like `partition 7` or a year.
        let isSetting: Bool
    }

    struct Attribute: Sendable, Hashable {
        let subject: [String]
        let value: [String]
    }

    var set: Set<String> { Set(words) }

    init(_ text: String) {
        let tokens = Self.tokens(text)
        for (index, token) in tokens.enumerated() {
            let small = token.lowercased()
            if Self.negations.contains(small) {
                isNegative.toggle()
            } else if let first = small.first(where: { !"+-$€£~<>≤≥".contains($0) }), first.isNumber {
                numbers.append(
                    Number(text: small, place: words.count, isSetting: Self.isSetting(tokens, index)))
            } else if Self.directions.contains(small) {
                isDirected = true
                words.append(small)
            } else if Self.isName(token) {
                names.insert(token)
                words.append(small)
            } else if !MemoryWords.stop.contains(small), !Self.affirmations.contains(small), small != "=" {
                words += small.split(separator: "-").map { Self.stem(String($0)) }
            }
        }
        attribute = Self.attribute(tokens)
    }

    /// Words without the marks around them; `a=1` and `a: 1` are three.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        for part in text.split(whereSeparator: { $0.isWhitespace || ",;!?\"()[]{}`“”".contains($0) }) {
            for (index, piece) in part.split(separator: "=", omittingEmptySubsequences: false).enumerated() {
                if index > 0 { tokens.append("=") }
                var piece = piece
                while let last = piece.last, ".:'’".contains(last) {
                    piece.removeLast()
                    if last == ":" {
                        if !piece.isEmpty { tokens.append(String(piece)) }
                        tokens.append("=")
                        piece = ""
                    }
                }
                piece = piece.drop { "'‘".contains($0) }
                if !piece.isEmpty { tokens.append(String(piece).replacing("’", with: "'")) }
            }
        }
        return tokens
    }

    private static func isName(_ token: String) -> Bool {
        token.contains(where: { "_./\\@#*".contains($0) }) || token.dropFirst().contains(where: \.isUppercase)
            || token.contains(where: \.isNumber)
    }

    /// Without the endings of plurals and verbs. It need not be a word: it is only compared.
    static func stem(_ word: String) -> String {
        for (ending, put, least) in [
            ("ies", "y", 5), ("sses", "ss", 5), ("xes", "x", 4), ("ches", "ch", 5), ("shes", "sh", 5), ("ing", "", 6),
            ("ed", "", 5),
        ] where word.count >= least && word.hasSuffix(ending) {
            return finished(word.dropLast(ending.count) + put)
        }
        if word.count >= 4, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is") {
            return finished(String(word.dropLast()))
        }
        return finished(word)
    }

    private static func finished(_ word: String) -> String {
        word.count >= 5 && word.hasSuffix("e") ? String(word.dropLast()) : word
    }

    private static func isSetting(_ tokens: [String], _ index: Int) -> Bool {
        let text = tokens[index]
        let digits = text.prefix { $0.isNumber || ".,_-+".contains($0) }
        let unit = text.dropFirst(digits.count).lowercased()
        if units.contains(unit) { return true }
        if !unit.isEmpty { return false }
        if index + 1 < tokens.count, units.contains(tokens[index + 1].lowercased()) { return true }
        if let year = Int(digits), (1900...2100).contains(year) { return false }
        return index > 0 && setters.contains(tokens[index - 1].lowercased())
    }

    private static func attribute(_ tokens: [String]) -> Attribute? {
        guard let verb = tokens.firstIndex(where: { ["is", "are", "=", "equals"].contains($0.lowercased()) }),
            verb > 0, verb + 1 < tokens.count
        else { return nil }
        func plain(_ tokens: ArraySlice<String>) -> [String] {
            tokens.map { $0.lowercased() }.filter { !MemoryWords.stop.contains($0) || $0 == "or" || $0 == "and" }
        }
        let subject = plain(tokens[..<verb])
        let value = plain(tokens[(verb + 1)...])
        guard subject.contains(where: { attributes.contains(stem($0)) }), (1...4).contains(value.count),
            !(subject + value).contains(where: { negations.contains($0) || $0 == "or" || $0 == "and" })
        else { return nil }
        return Attribute(subject: subject.map(stem), value: value)
    }

    // MARK: Words

    private static let negations: Set<String> = [
        "not", "no", "never", "none", "without", "avoid", "avoids", "cannot", "can't", "don't", "dont", "doesn't",
        "isn't", "aren't", "wasn't", "won't", "shouldn't", "mustn't", "stop", "forbid", "forbidden", "disable",
        "disabled",
    ]
    /// Words that say that something holds; nothing is lost without them.
    private static let affirmations: Set<String> = [
        "always", "use", "uses", "using", "used", "prefer", "prefers", "do", "does", "should", "must", "can", "may",
        "shall", "need", "needs", "enable", "enabled", "also", "just", "only", "very",
    ]
    private static let directions: Set<String> = [
        "over", "instead", "rather", "before", "after", "to", "from", "into", "onto", "than", "by",
    ]
    private static let setters: Set<String> = [
        "=", "to", "is", "are", "of", "at", "than", "under", "over", "above", "below", "least", "most", "about",
        "max", "maximum", "min", "minimum", "every", "within", "limit", "size", "timeout", "up",
    ]
    private static let units: Set<String> = [
        "ms", "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hour", "hours",
        "d", "day", "days", "week", "weeks", "month", "months", "row", "rows", "b", "kb", "mb", "gb", "tb", "mib",
        "gib", "%", "percent", "x", "k", "connections", "threads", "workers", "retries", "times", "bytes",
    ]
    /// Things that have one of, by their stems.
    private static let attributes: Set<String> = Set(
        [
            "timezone", "zone", "version", "key", "owner", "schema", "format", "encoding", "delimiter", "separator",
            "port", "host", "database", "default", "limit", "size", "type", "name", "location", "path", "engine",
            "schedule", "strategy", "grain", "currency", "unit", "region", "bucket", "timeout", "charset", "collation",
        ].map(stem))
}
