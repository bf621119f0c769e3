import Foundation
import WeirCore

/// Reads the file of a tokenizer (`tokenizer.json` of Hugging Face's library) as far as the built-in embedder needs it.
///
/// Its vocabulary holds texts that differ only in their code points, which a dictionary of Swift's texts would take for
/// the same: so vocabulary and merges are read as bytes.
struct TokenizerFile {
    private(set) var vocabulary = ByteTable(capacity: 1)
    /// Pairs, earliest first.
    private(set) var merges: [(left: ArraySlice<UInt8>, right: ArraySlice<UInt8>)] = []
    /// Texts that stand for one piece wherever they are.
    private(set) var specials: [(text: [UInt8], piece: Int32)] = []

    /// What the file must say beside these: a space becomes `▁`, one stands in front, and nothing else is changed.
    private static let normalizer: JSONValue = [
        "type": "Sequence",
        "normalizers": [
            ["type": "Prepend", "prepend": "▁"],
            ["type": "Replace", "pattern": ["String": " "], "content": "▁"],
        ],
    ]

    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Self.unusable(path, "it cannot be read")
        }
        let whole: Void? = [UInt8](data).withUnsafeBufferPointer { bytes in read(JSONCursor(bytes)) }
        if whole == nil || vocabulary.count == 0 || merges.isEmpty {
            throw Self.unusable(path, "it is no tokenizer that pairs bytes with fallback to bytes")
        }
    }

    private static func unusable(_ path: String, _ reason: String) -> WeirError {
        WeirError(
            "ai.embedder", "\(path) cannot be used: \(reason)", hint: "run scripts/native --force in Weir's checkout",
            outcome: .systemFailed)
    }

    /// Nil when it is not the kind of tokenizer that is known here.
    private mutating func read(_ cursor: JSONCursor) -> Void? {
        var cursor = cursor
        var known = 0
        let isWhole = cursor.object { key, cursor in
            switch key {
            case "model": return readModel(&cursor)
            case "normalizer":
                known += 1
                return cursor.plain() == Self.normalizer
            case "pre_tokenizer":
                known += 1
                return cursor.plain() == .null
            case "added_tokens":
                for token in cursor.plain()?.items ?? [] {
                    guard let text = token["content"]?.text, let piece = token["id"]?.integer,
                        token["normalized"]?.truth == false, token["lstrip"]?.truth == false,
                        token["rstrip"]?.truth == false, token["single_word"]?.truth == false
                    else { return false }
                    specials.append((Array(text.utf8), Int32(clamping: piece)))
                }
                return true
            default: return cursor.skip()
            }
        }
        return isWhole && known == 2 ? () : nil
    }

    private mutating func readModel(_ cursor: inout JSONCursor) -> Bool {
        cursor.object { key, cursor in
            switch key {
            case "type": return cursor.plain() == "BPE"
            case "byte_fallback": return cursor.plain() == true
            case "ignore_merges": return cursor.plain() == false
            case "dropout", "continuing_subword_prefix", "end_of_word_suffix": return cursor.plain() == .null
            case "vocab":
                vocabulary = ByteTable(capacity: 40_000)
                return cursor.members { text, cursor in
                    guard let piece = cursor.plain()?.integer else { return false }
                    vocabulary.set(text, Int32(clamping: piece))
                    return true
                }
            case "merges":
                return cursor.array { cursor in
                    guard let pair = cursor.text(), let space = pair.firstIndex(of: 0x20) else { return false }
                    merges.append((pair[..<space], pair[(space + 1)...]))
                    return true
                }
            default: return cursor.skip()
            }
        }
    }
}

/// Walks a JSON text that is known to be large, without keeping what is passed over.
struct JSONCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Hands over each member of an object, the cursor before its value. False when something was not as it should be.
    mutating func object(_ each: (String, inout JSONCursor) -> Bool) -> Bool {
        members { each(String(decoding: $0, as: UTF8.self), &$1) }
    }

    mutating func members(_ each: ([UInt8], inout JSONCursor) -> Bool) -> Bool {
        sequence(UInt8(ascii: "{"), UInt8(ascii: "}")) { cursor in
            guard let key = cursor.text(), cursor.take(UInt8(ascii: ":")) else { return false }
            return each(key, &cursor)
        }
    }

    mutating func array(_ each: (inout JSONCursor) -> Bool) -> Bool {
        sequence(UInt8(ascii: "["), UInt8(ascii: "]"), each)
    }

    private mutating func sequence(_ open: UInt8, _ close: UInt8, _ each: (inout JSONCursor) -> Bool) -> Bool {
        guard take(open) else { return false }
        if take(close) { return true }
        repeat {
            guard each(&self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(close)
    }

    /// A text as bytes.
    mutating func text() -> [UInt8]? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        var hasEscapes = false
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        if !hasEscapes { return Array(bytes[start..<position]) }
        return JSONValue(parsing: Array(bytes[(start - 1)...position]))?.text.map { Array($0.utf8) }
    }

    /// A value that is small enough to be kept.
    mutating func plain() -> JSONValue? {
        skipSpace()
        let start = position
        return skip() ? JSONValue(parsing: Array(bytes[start..<position])) : nil
    }

    /// Passes over a value.
    mutating func skip() -> Bool {
        skipSpace()
        guard position < bytes.count else { return false }
        switch bytes[position] {
        case UInt8(ascii: "{"): return members { $1.skip() }
        case UInt8(ascii: "["): return array { $0.skip() }
        case UInt8(ascii: "\""): return text() != nil
        default:
            let start = position
            while position < bytes.count, !",]} \n\r\t".utf8.contains(bytes[position]) { position += 1 }
            return position > start
        }
    }
}
