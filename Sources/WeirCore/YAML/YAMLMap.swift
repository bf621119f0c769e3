import Yams

/// One mapping of a YAML file, read key by key.
///
/// Each reader marks its key as known; ``finish(_:)`` then reports the keys that nobody read.
public final class YAMLMap {
    struct Pair {
        let key: String
        let line: Int
        let column: Int
        let node: Node
    }

    public let file: YAMLFile
    public let line: Int
    public let column: Int
    let pairs: [Pair]
    private var known: [String] = []

    init(file: YAMLFile, pairs: [Pair], line: Int, column: Int) {
        self.file = file
        self.pairs = pairs
        self.line = line
        self.column = column
    }

    convenience init(file: YAMLFile, mapping: Node.Mapping, mark: Mark?) {
        let pairs = Self.pairs(of: mapping, mark)
        self.init(file: file, pairs: pairs, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    /// The pairs of a mapping, with those that a merge key (`<<`) brings where the mapping has none of its own.
    static func pairs(of mapping: Node.Mapping, _ mark: Mark?, depth: Int = 0) -> [Pair] {
        var pairs: [Pair] = []
        var merged: [Pair] = []
        for (key, value) in mapping {
            if key.string == "<<", depth < YAMLFile.depthLimit, value.mapping != nil || value.sequence != nil {
                let bases = value.sequence.map(Array.init) ?? [value]
                for base in bases.compactMap(\.mapping) { merged += Self.pairs(of: base, mark, depth: depth + 1) }
                continue
            }
            pairs.append(
                Pair(
                    key: key.string ?? "?", line: key.mark?.line ?? mark?.line ?? 1, column: key.mark?.column ?? 1,
                    node: value))
        }
        var known = Set(pairs.map(\.key))
        return pairs + merged.filter { known.insert($0.key).inserted }
    }

    /// Keys in the order of the file.
    public var keys: [String] { pairs.map(\.key) }

    public func has(_ key: String) -> Bool { pairs.contains { $0.key == key } }

    private func pair(_ key: String) -> Pair? {
        if !known.contains(key) { known.append(key) }
        return pairs.first { $0.key == key && !$0.node.isNull }
    }

    // MARK: Values

    /// The value of any shape, or nil when the key is absent or null.
    public func value(_ key: String) -> YAMLValue? {
        pair(key).map { YAMLValue(file: file, node: $0.node) }
    }

    public func string(_ key: String) -> String? { value(key)?.string() }
    public func int(_ key: String) -> Int? { value(key)?.int() }
    public func double(_ key: String) -> Double? { value(key)?.double() }
    public func bool(_ key: String) -> Bool? { value(key)?.bool() }
    public func span(_ key: String) -> Span? { value(key)?.span() }
    public func map(_ key: String) -> YAMLMap? { value(key)?.map() }

    /// A list of mappings; an absent key is an empty list.
    public func maps(_ key: String) -> [YAMLMap] { value(key)?.list().compactMap { $0.map() } ?? [] }

    /// A list of texts; one text alone is a list of one.
    public func strings(_ key: String) -> [String] { value(key)?.strings() ?? [] }

    /// One of an enumeration's words.
    public func choice<E: RawRepresentable & CaseIterable>(_ key: String, _ type: E.Type) -> E?
    where E.RawValue == String {
        guard let value = value(key), let text = value.string() else { return nil }
        if let found = E(rawValue: text) { return found }
        let allowed = E.allCases.map(\.rawValue)
        value.report(
            "yaml.unknown-value", "\"\(text)\" is not a \(key)", hint: DidYouMean.hint(for: text, among: allowed))
        return nil
    }

    /// Like ``string(_:)``, and a problem when the key is absent.
    public func requiredString(_ key: String, of what: String) -> String? {
        if pair(key) == nil {
            report("yaml.missing-key", "\(what) needs the key \"\(key)\"")
            return nil
        }
        return string(key)
    }

    // MARK: Problems

    /// Adds a problem placed at a key, or at the mapping's start.
    public func report(_ code: String, _ message: String, hint: String? = nil, key: String? = nil) {
        let pair = key.flatMap { name in pairs.first { $0.key == name } }
        file.problems.add(
            file.source.error(
                code, message, hint: hint, line: pair?.line ?? line, column: pair?.column ?? column,
                length: pair?.key.count ?? 1))
    }

    /// The place of a key, or of the mapping.
    public func place(_ key: String? = nil) -> Place {
        let pair = key.flatMap { name in pairs.first { $0.key == name } }
        return Place(
            file: file.source.path, line: (pair?.line ?? line) + file.source.lineOffset,
            column: pair?.column ?? column)
    }

    /// Reports every key that was not read. `what` names the thing the mapping describes, as in "a source".
    public func finish(_ what: String) {
        for pair in pairs where !known.contains(pair.key) {
            file.problems.add(
                file.source.error(
                    "yaml.unknown-key", "\(what) has no key \"\(pair.key)\"",
                    hint: DidYouMean.hint(for: pair.key, among: known), line: pair.line,
                    column: pair.column, length: pair.key.count))
        }
    }
}
