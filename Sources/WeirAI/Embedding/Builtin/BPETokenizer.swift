import Foundation
import WeirCore

/// Cuts texts into the pieces of a vocabulary: byte pair encoding with fallback to bytes, as Hugging Face's tokenizers
/// library does it for LLaMA's vocabulary, piece for piece.
public struct BPETokenizer: Sendable {
    private let pairs: PairTable
    /// Pieces of characters below `lowEnd`, then those of all others; -1 where there is none.
    private let low: [Int32]
    private let high: [UInt32: Int32]
    /// The pieces that stand for one byte each.
    private let fallback: [Int32]
    private let specials: [(text: [UInt8], piece: Int32)]
    private let space: Int32
    /// How many pieces there are.
    public let size: Int

    /// Longer words are joined with a heap: looking at every pair each time would cost the square of their length.
    var shortWord = 64

    private static let lowEnd = 0x3000
    /// `▁`, which stands for a space.
    private static let spaceMark: [UInt8] = [0xE2, 0x96, 0x81]

    init(path: String) throws {
        let file = try TokenizerFile(path: path)
        let vocabulary = file.vocabulary
        size = vocabulary.count
        specials = file.specials
        fallback = try (0..<256).map { byte in
            let name = "<0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))>"
            guard let piece = vocabulary[Array(name.utf8)[...]] else {
                throw Self.unusable(path, "it has no piece \(name)")
            }
            return piece
        }
        guard let space = vocabulary[Self.spaceMark[...]] else {
            throw Self.unusable(path, "it has no piece for a space")
        }
        self.space = space
        var low = [Int32](repeating: -1, count: Self.lowEnd)
        var high: [UInt32: Int32] = [:]
        for (text, piece) in vocabulary.entries where text.count <= 4 {
            var scalars = String(decoding: text, as: UTF8.self).unicodeScalars[...]
            guard let only = scalars.popFirst()?.value, scalars.isEmpty else { continue }
            if only < Self.lowEnd { low[Int(only)] = piece } else { high[only] = piece }
        }
        self.low = low
        self.high = high
        var pairs = PairTable(capacity: file.merges.count)
        for (rank, pair) in file.merges.enumerated() {
            guard let left = vocabulary[pair.left], let right = vocabulary[pair.right],
                let whole = vocabulary[(pair.left + pair.right)[...]]
            else { throw Self.unusable(path, "the pair \(rank) makes no piece") }
            // Words are cut apart before a space, which is right where nothing joins across one.
            if pair.right.starts(with: Self.spaceMark), !pair.left.suffix(3).elementsEqual(Self.spaceMark) {
                throw Self.unusable(path, "the pair \(rank) joins words")
            }
            pairs.set(left, right, PairTable.Merge(rank: Int32(rank), piece: whole))
        }
        self.pairs = pairs
    }

    private static func unusable(_ path: String, _ reason: String) -> WeirError {
        WeirError(
            "ai.embedder", "\(path) cannot be used: \(reason)", hint: "run scripts/native --force in Weir's checkout",
            outcome: .systemFailed)
    }

    /// The pieces of a text.
    public func pieces(of text: String) -> [Int32] {
        var work = Work()
        read(text, &work)
        return work.pieces
    }

    /// How many pieces a text has.
    public func count(_ text: some StringProtocol) -> Int { pieces(of: String(text)).count }

    /// Room that is used again from text to text.
    struct Work {
        var pieces: [Int32] = []
        fileprivate var word: [Int32] = []
        fileprivate var ranks: [Int32] = []
    }

    func read(_ text: String, _ work: inout Work) {
        work.pieces.removeAll(keepingCapacity: true)
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            var position = 0
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "<"), let special = special(bytes, at: position) {
                    segment(UnsafeBufferPointer(rebasing: bytes[start..<position]), &work)
                    work.pieces.append(special.piece)
                    position += special.text.count
                    start = position
                } else {
                    position += 1
                }
            }
            segment(UnsafeBufferPointer(rebasing: bytes[start...]), &work)
        }
    }

    private func special(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (text: [UInt8], piece: Int32)? {
        specials.filter { bytes[position...].starts(with: $0.text) }.max { $0.text.count < $1.text.count }
    }

    /// The pieces of what stands between two special texts: word by word, a word being a run of spaces and what follows.
    private func segment(_ bytes: UnsafeBufferPointer<UInt8>, _ work: inout Work) {
        if bytes.isEmpty { return }
        work.word.removeAll(keepingCapacity: true)
        work.word.append(space)
        var last = space
        var position = 0
        while position < bytes.count {
            let (scalar, length) = Self.scalar(bytes, at: position)
            let piece = scalar == 0x20 ? space : piece(of: scalar)
            if piece == space, last != space { flush(&work) }
            if piece >= 0 {
                work.word.append(piece)
            } else {
                for offset in 0..<length { work.word.append(fallback[Int(bytes[position + offset])]) }
            }
            last = piece
            position += length
        }
        flush(&work)
    }

    private func piece(of scalar: UInt32) -> Int32 {
        scalar < Self.lowEnd ? low[Int(scalar)] : high[scalar] ?? -1
    }

    /// The character at a byte. The bytes are those of a Swift text, which are whole.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> (UInt32, Int) {
        let first = UInt32(bytes[position])
        func next(_ offset: Int) -> UInt32 { UInt32(bytes[position + offset]) & 0x3F }
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | next(1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3) }
        return ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
    }

    private func flush(_ work: inout Work) {
        if work.word.count > shortWord {
            work.pieces += LongWord(work.word).joined(pairs)
        } else {
            join(&work)
            work.pieces += work.word
        }
        work.word.removeAll(keepingCapacity: true)
    }

    /// Joins the pair that ranks first, the leftmost of equals, until none is left.
    private func join(_ work: inout Work) {
        guard work.word.count > 1 else { return }
        work.ranks.removeAll(keepingCapacity: true)
        for index in 0..<(work.word.count - 1) { work.ranks.append(rank(work.word[index], work.word[index + 1])) }
        while true {
            var best = Int32.max
            var at = 0
            for index in 0..<work.ranks.count where work.ranks[index] < best {
                best = work.ranks[index]
                at = index
            }
            guard best < .max, let merge = pairs[work.word[at], work.word[at + 1]] else { return }
            work.word[at] = merge.piece
            work.word.remove(at: at + 1)
            work.ranks.remove(at: at)
            if at > 0 { work.ranks[at - 1] = rank(work.word[at - 1], work.word[at]) }
            if at < work.ranks.count { work.ranks[at] = rank(work.word[at], work.word[at + 1]) }
        }
    }

    private func rank(_ left: Int32, _ right: Int32) -> Int32 { pairs[left, right]?.rank ?? .max }
}
