import WeirCore

/// Keeps answers short enough for a model to read, and says what is missing.
///
/// Every list of a tool goes through here: `truncated` is true where something is left out, `total` says how many
/// there are, and `next_cursor`, given back with the same arguments, leads to the next part.
public struct AnswerCutter: Sendable {
    /// Bytes of an answer's JSON. A token is about three of them, so this stays under 8,000 tokens.
    public static let usualBytes = 22_000

    let bytes: Int
    private let shrinker = ValueShrinker()

    public init(bytes: Int = AnswerCutter.usualBytes) { self.bytes = bytes }

    /// An answer that is a list and what there is to say beside it.
    ///
    /// - Parameters:
    ///   - items: all of them, the most telling first.
    ///   - key: the list's name.
    ///   - offset: items before this part.
    ///   - mark: of the call, for the cursor; nil where the rest cannot be asked for.
    public func answer(
        _ items: [JSONValue], key: String, beside: [String: JSONValue] = [:], from offset: Int = 0, mark: String?
    ) -> JSONValue {
        let beside = shrinker.fitting(.object(beside), bytes: bytes / 2)
        var fields = beside.value.fields ?? [:]
        var isCut = beside.isCut
        var left = bytes - beside.value.bytes.count
        var taken: [JSONValue] = []
        for item in items.dropFirst(offset) {
            let size = item.bytes.count + 1
            if size <= left {
                taken.append(item)
                left -= size
                continue
            }
            // One that is larger than a whole answer would otherwise never be seen.
            if taken.isEmpty {
                taken.append(shrinker.fitting(item, bytes: left).value)
                isCut = true
            }
            break
        }
        let end = offset + taken.count
        let hasMore = end < items.count
        fields[key] = .array(taken)
        fields["total"] = .int(Int64(items.count))
        fields["truncated"] = .bool(hasMore || isCut)
        if hasMore, let mark { fields["next_cursor"] = .string(PageCursor(offset: end, mark: mark).text) }
        return .object(fields)
    }

    /// The fields that ``answer(_:key:beside:from:mark:)`` adds, for a tool's schema.
    static func fields(_ key: String, _ item: ToolSchema, _ summary: String) -> [ToolSchema.Field] {
        [
            .init(key, .array(item), summary, isRequired: true),
            // Told once, in what a server says of itself, and not with each of a dozen tools.
            .init("total", .nullable(.integer), "", isRequired: true),
            .init("truncated", .boolean, "", isRequired: true), .init("next_cursor", .string, ""),
        ]
    }
}

/// Makes a value smaller that is too large as a whole: long texts and lists lose their ends.
struct ValueShrinker: Sendable {
    /// Tried one after the other: most characters of a text, most items of a list.
    private static let steps = [(2000, 200), (500, 50), (200, 10), (80, 3), (20, 1)]

    func fitting(_ value: JSONValue, bytes: Int) -> (value: JSONValue, isCut: Bool) {
        if value.bytes.count <= bytes { return (value, false) }
        for (text, list) in Self.steps {
            let smaller = shrunk(value, text, list, depth: 0)
            if smaller.bytes.count <= bytes { return (smaller, true) }
        }
        return (.object([:]), true)
    }

    private func shrunk(_ value: JSONValue, _ text: Int, _ list: Int, depth: Int) -> JSONValue {
        switch value {
        case .string(let words): return words.count > text ? .string(words.prefix(text) + "…") : value
        case .array(let items): return .array(items.prefix(list).map { shrunk($0, text, list, depth: depth + 1) })
        case .object(let fields):
            return .object(
                Dictionary(
                    uniqueKeysWithValues: fields.sorted { $0.key < $1.key }.prefix(depth == 0 ? 100 : list * 4).map {
                        ($0.key, shrunk($0.value, text, list, depth: depth + 1))
                    }))
        default: return value
        }
    }
}
