/// One ranking from several (Cormack, Clarke and Büttcher: Reciprocal Rank Fusion, SIGIR 2009).
enum RankFusion {
    /// The authors' constant: it keeps a first place in one list from outweighing good places in all.
    static let damping = 60.0

    /// - Parameter rankings: lists of keys, best first, none twice in one list.
    /// - Returns: every key with its score, best first; of equals the one that stands earlier in an earlier list.
    static func fuse(_ rankings: [[String]]) -> [(key: String, score: Double)] {
        var scores: [String: Double] = [:]
        var order: [String] = []
        for ranking in rankings {
            for (index, key) in ranking.enumerated() {
                if scores[key] == nil { order.append(key) }
                scores[key, default: 0] += 1 / (damping + Double(index + 1))
            }
        }
        let ranked = order.enumerated().sorted {
            let (a, b) = (scores[$0.element] ?? 0, scores[$1.element] ?? 0)
            return a != b ? a > b : $0.offset < $1.offset
        }
        return ranked.map { ($0.element, scores[$0.element] ?? 0) }
    }
}
