/// The part of a text that tells why it was found.
enum Snippet {
    /// The stretch with most words of the question, on one line.
    ///
    /// - Parameter length: of characters, at most.
    static func of(_ text: String, question: String, length: Int = 240) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        if line.count <= length { return line }
        let wanted = Set(terms(question))
        // Where each word begins and ends on the line.
        var places: [(start: Int, end: Int, isWanted: Bool)] = []
        var position = 0
        for word in words {
            places.append((position, position + word.count, terms(word).contains(where: wanted.contains)))
            position += word.count + 1
        }
        var best = (from: 0, hits: 0)
        var last = 0
        var hits = 0
        for first in places.indices {
            while last < places.count, places[last].end - places[first].start <= length - 2 {
                if places[last].isWanted { hits += 1 }
                last += 1
            }
            if hits > best.hits { best = (first, hits) }
            if first < last, places[first].isWanted { hits -= 1 }
            if last <= first { last = first + 1 }
        }
        // Some words before the first that was looked for make the stretch readable.
        let first = best.hits == 0 ? 0 : max(0, best.from - lead(before: best.from, places, length))
        let rest = line.dropFirst(places[first].start)
        let room = length - (first > 0 ? 1 : 0)
        let isCut = rest.count > room
        let part = isCut ? cut(rest, to: room - 1) + "…" : String(rest)
        return (first > 0 ? "…" : "") + part
    }

    /// Words to put in front of a stretch, where it leaves room for them.
    private static func lead(
        before first: Int, _ places: [(start: Int, end: Int, isWanted: Bool)], _ length: Int
    ) -> Int {
        var last = first
        for index in first..<places.count where places[index].isWanted {
            if places[index].end - places[first].start > length - 2 { break }
            last = index
        }
        let spare = (length - 2 - (places[last].end - places[first].start)) / 2
        var count = 0
        while count < first, places[first].start - places[first - count - 1].start <= spare { count += 1 }
        return count
    }

    private static func cut(_ text: Substring, to length: Int) -> String {
        let part = text.prefix(length)
        guard let space = part.lastIndex(of: " "), part.distance(from: space, to: part.endIndex) < 24 else {
            return String(part)
        }
        return String(part[..<space])
    }

    /// Letters and digits, in lower case, without endings: enough to see that words are related.
    static func terms(_ text: some StringProtocol) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { word in
            word.count > 4 && word.hasSuffix("s") ? String(word.dropLast()) : String(word)
        }
    }
}
