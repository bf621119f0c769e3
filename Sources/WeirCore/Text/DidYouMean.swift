/// Finds the name that a misspelt one was meant to be.
public enum DidYouMean {
    /// The closest candidate, or nil when none is close enough to be a plausible slip.
    public static func closest(to wrong: String, among candidates: some Sequence<String>) -> String? {
        let needle = Array(wrong.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars)
            let limit = max(1, min(needle.count, other.count) / 3 + 1)
            if abs(needle.count - other.count) > limit { continue }
            let distance = distance(needle, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `did you mean "key"?`, or a list of what is allowed when nothing is close and the list is short.
    public static func hint(for wrong: String, among candidates: [String]) -> String? {
        if let name = closest(to: wrong, among: candidates) { return "did you mean \"\(name)\"?" }
        guard !candidates.isEmpty, candidates.count <= 24 else { return nil }
        return "allowed here: \(candidates.joined(separator: ", "))"
    }

    /// Edits between two words, a swap of neighbours counting once (optimal string alignment).
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
