/// Names in which `*` stands for anything.
public enum Glob {
    /// Whether a text is what the pattern says, whatever the case of its letters.
    public static func matches(_ pattern: String, _ text: String) -> Bool {
        let parts = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        let text = text.lowercased()
        guard let first = parts.first, let last = parts.last, parts.count > 1 else {
            return pattern.lowercased() == text
        }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
