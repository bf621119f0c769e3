import Yams

/// A YAML document as it is written: scalars keep their text and whether they stood in quotes, mappings their order.
///
/// ``PlainValue`` is for values that are used; a tree is for documents that are written again, so that no digit and no
/// key is lost. Two trees are equal when they say the same, wherever in a file it stands.
public indirect enum YAMLTree: Sendable, Hashable {
    /// `isText` is true where quotes or a block make a text of it, whatever it looks like.
    case scalar(String, isText: Bool)
    case list([YAMLTree])
    case map([Entry])

    public struct Entry: Sendable, Hashable {
        public var key: String
        public var value: YAMLTree
        /// Lines of comment to write above the key.
        public var comments: [String]
        /// Where the key stands, from 1; 0 for an entry that no file holds.
        public var line: Int
        public var column: Int

        public init(_ key: String, _ value: YAMLTree, comments: [String] = [], line: Int = 0, column: Int = 0) {
            self.key = key
            self.value = value
            self.comments = comments
            self.line = line
            self.column = column
        }

        public static func == (a: Entry, b: Entry) -> Bool { a.key == b.key && a.value == b.value }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(value)
        }
    }

    public static func text(_ text: String) -> YAMLTree { .scalar(text, isText: true) }
    public static func plain(_ text: String) -> YAMLTree { .scalar(text, isText: false) }
    public static func bool(_ truth: Bool) -> YAMLTree { .plain(truth ? "true" : "false") }
    public static func int(_ number: Int) -> YAMLTree { .plain(String(number)) }
    public static let null = YAMLTree.plain("null")

    /// A mapping of the entries that have a value.
    public static func object(_ pairs: KeyValuePairs<String, YAMLTree?>) -> YAMLTree {
        .map(pairs.compactMap { key, value in value.map { Entry(key, $0) } })
    }

    // MARK: Reading

    public var entries: [Entry] { if case .map(let entries) = self { entries } else { [] } }
    public var items: [YAMLTree] { if case .list(let items) = self { items } else { [] } }

    /// The text of a scalar; nil for null, lists and mappings.
    public var string: String? {
        guard case .scalar(let text, _) = self, !isNull else { return nil }
        return text
    }

    public var isNull: Bool {
        guard case .scalar(let text, false) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    public var isMap: Bool { if case .map = self { true } else { false } }
    public var isList: Bool { if case .list = self { true } else { false } }

    /// The value of a mapping's key.
    public subscript(key: String) -> YAMLTree? { entries.first { $0.key == key }?.value }

    public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    public var bool: Bool? {
        switch string?.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
    }

    /// The value as plain data.
    public var plain: PlainValue {
        switch self {
        case .scalar(let text, let isText):
            if isText { return .string(text) }
            if isNull { return .null }
            return YAMLValue.plain(of: text)
        case .list(let items): return .list(items.map(\.plain))
        case .map(let entries): return .map(entries.map { ($0.key, $0.value.plain) })
        }
    }

    // MARK: Changing

    /// Sets a mapping's key, or removes it.
    public mutating func set(_ key: String, _ value: YAMLTree?) {
        var entries = self.entries
        if let index = entries.firstIndex(where: { $0.key == key }) {
            if let value { entries[index].value = value } else { entries.remove(at: index) }
        } else if let value {
            entries.append(Entry(key, value))
        }
        self = .map(entries)
    }

    /// Adds an item to the list of a mapping's key.
    public mutating func append(_ key: String, _ item: YAMLTree) {
        set(key, .list((self[key]?.items ?? []) + [item]))
    }
}

extension YAMLTree {
    /// Plain data as a tree.
    public init(_ value: PlainValue) {
        switch value {
        case .null: self = .null
        case .bool(let truth): self = .bool(truth)
        case .int(let number): self = .int(number)
        case .double(let number): self = .plain("\(number)")
        case .string(let text): self = .text(text)
        case .list(let items): self = .list(items.map(YAMLTree.init))
        case .map(let pairs): self = .map(pairs.map { Entry($0.key, YAMLTree($0.value)) })
        }
    }

    init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            self = .scalar(scalar.string, isText: !isPlain)
        case .sequence(let items): self = .list(items.map(YAMLTree.init))
        case .mapping(let mapping): self = .map(YAMLMap.pairs(of: mapping, node.mark).map(Entry.init))
        case .alias: self = .null
        }
    }
}

extension YAMLTree.Entry {
    init(_ pair: YAMLMap.Pair) {
        self.init(pair.key, YAMLTree(pair.node), line: pair.line, column: pair.column)
    }
}

extension YAMLMap {
    /// The mapping as it is written. Reading it marks no key as known.
    public var tree: YAMLTree { .map(pairs.map(YAMLTree.Entry.init)) }
}
