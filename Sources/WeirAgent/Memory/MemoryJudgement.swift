import WeirStore

/// Decides what becomes of a memory beside those that there are. It would rather keep two that are alike than lose one.
///
/// - The same text, but for case, spacing and the end: the old one is counted once more.
/// - Nearly the same: of one type, with the same numbers, names and side (for or against), and the same words, or those
///   of one and a few more. The text that says more stays; of two that say the same, the newer.
/// - Contrary: of one type and about the same, but one is for it and one against, or they set one number to two values,
///   or give one attribute two values, or prefer the one and the other. The newer stays, with a link from the older.
struct MemoryJudgement: Sendable {
    /// Likeness in meaning to an old memory, from -1 to 1, where vectors are known.
    var likeness: [String: Float] = [:]

    /// Share of the words that a text must have of the one that says more.
    private static let most = 0.75
    /// Likeness in meaning above which texts of half the same words say the same.
    private static let near: Float = 0.95

    func decide(_ draft: MemoryDraft, alike: [Memory], same: [Memory]) -> MemoryDecision {
        if let known = same.first(where: { $0.status == .active }) { return .again(known.id) }
        if draft.origin == .agent,
            let put = same.first(where: { $0.status == .retired && $0.reason == StateStore.retiredByPerson })
        {
            return .refuse("a person put it away (\(put.id)): ask before you write it again")
        }
        // What a file says was chosen by whoever keeps it.
        if draft.origin == .file {
            if let gone = same.first { return .refuse("it was known, and is \(gone.status.rawValue) (\(gone.id))") }
            return .keep(superseding: [], merging: [])
        }
        let gist = MemoryGist(draft.content)
        var superseding: [MemoryDecision.Replacement] = []
        var merging: [MemoryDecision.Replacement] = []
        var holder: String?
        for old in alike where old.type == draft.type {
            let other = MemoryGist(old.content)
            if let why = Self.contradiction(gist, other) {
                superseding.append(.init(id: old.id, reason: why))
                continue
            }
            switch Self.comparison(gist, other, likeness: likeness[old.id]) {
            case .apart: break
            case .saysLess: holder = holder ?? old.id
            case .saysSame: merging.append(.init(id: old.id, reason: "a newer one says the same"))
            case .saysMore: merging.append(.init(id: old.id, reason: "a newer one says more"))
            }
        }
        if let holder, superseding.isEmpty, merging.isEmpty { return .again(holder) }
        return .keep(superseding: superseding, merging: merging)
    }

    /// What the first of two says beside the second.
    enum Comparison { case apart, saysLess, saysSame, saysMore }

    static func comparison(_ a: MemoryGist, _ b: MemoryGist, likeness: Float?) -> Comparison {
        guard a.isNegative == b.isNegative, a.names == b.names, a.numbers.map(\.text) == b.numbers.map(\.text),
            !a.words.isEmpty, !b.words.isEmpty
        else { return .apart }
        let (first, second) = (a.set, b.set)
        if first == second { return a.isDirected && a.words != b.words ? .apart : .saysSame }
        let common = Double(first.intersection(second).count)
        if first.isSubset(of: second), holds(second, first), isSubsequence(a, of: b) { return .saysLess }
        if second.isSubset(of: first), holds(first, second), isSubsequence(b, of: a) { return .saysMore }
        if let likeness, likeness >= near, common / Double(first.union(second).count) >= 0.5,
            !a.isDirected, !b.isDirected
        {
            return .saysSame
        }
        return .apart
    }

    private static func holds(_ large: Set<String>, _ small: Set<String>) -> Bool {
        small.count >= 3 && Double(small.count) / Double(large.count) >= most
    }

    /// Where the order of words matters it must be the same.
    private static func isSubsequence(_ small: MemoryGist, of large: MemoryGist) -> Bool {
        if !small.isDirected, !large.isDirected { return true }
        var rest = large.words[...]
        return small.words.allSatisfy { word in
            guard let place = rest.firstIndex(of: word) else { return false }
            rest = rest[(place + 1)...]
            return true
        }
    }

    /// Why the two cannot both be right; nil where they can.
    static func contradiction(_ new: MemoryGist, _ old: MemoryGist) -> String? {
        if new.words.isEmpty || old.words.isEmpty { return nil }
        if new.isNegative != old.isNegative, new.names == old.names,
            new.numbers.map(\.text) == old.numbers.map(\.text), new.words == old.words || isMostlyCommon(new, old)
        {
            return "a newer one says the opposite"
        }
        if new.isNegative != old.isNegative { return nil }
        if new.words == old.words, let (a, b) = onlyOtherNumber(new.numbers, old.numbers), a.isSetting, b.isSetting {
            return "a newer one says \(a.text), not \(b.text)"
        }
        if let a = new.attribute, let b = old.attribute, a.subject == b.subject, a.value != b.value,
            !Set(a.value).isSubset(of: b.value), !Set(b.value).isSubset(of: a.value)
        {
            return "a newer one gives another value"
        }
        if new.isDirected, old.isDirected, new.numbers == old.numbers, new.words.count == old.words.count,
            new.set == old.set, isTurned(new.words, old.words)
        {
            return "a newer one says it the other way round"
        }
        return nil
    }

    private static func isMostlyCommon(_ a: MemoryGist, _ b: MemoryGist) -> Bool {
        let common = a.set.intersection(b.set).count
        return common >= 3 && Double(common) / Double(a.set.union(b.set).count) >= 0.8
    }

    private static func onlyOtherNumber(
        _ a: [MemoryGist.Number], _ b: [MemoryGist.Number]
    ) -> (MemoryGist.Number, MemoryGist.Number)? {
        guard a.count == b.count, a.map(\.place) == b.map(\.place) else { return nil }
        let others = zip(a, b).filter { $0.text != $1.text }
        return others.count == 1 ? others[0] : nil
    }

    /// What stood before the word of direction now stands after it.
    private static func isTurned(_ a: [String], _ b: [String]) -> Bool {
        // What is said of both, like the deed: `load a before b`.
        let lead = zip(a, b).prefix { $0 == $1 }.count
        let (first, second) = (a[lead...], b[lead...])
        let marks: Set<String> = ["over", "instead", "rather", "before", "after"]
        guard let i = first.firstIndex(where: marks.contains), let j = second.firstIndex(where: marks.contains),
            a[i] == b[j]
        else { return false }
        return Set(first[..<i]) == Set(second[(j + 1)...]) && Set(first[(i + 1)...]) == Set(second[..<j])
    }
}
