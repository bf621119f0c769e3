import WeirCore

/// The shape of a value in a contract that Weir reads and has no further use for.
///
/// Such values are still read strictly: a misspelt key is a mistake wherever it stands.
indirect enum Shape: Sendable {
    case text, number, integer, boolean
    /// One text or a list of texts.
    case texts
    /// Anything but a list or a mapping.
    case scalar
    case any
    case list(Shape)
    case object(Vocabulary)
    /// Objects in a list.
    static func objects(_ vocabulary: Vocabulary) -> Shape { .list(.object(vocabulary)) }
}

/// The keys of one kind of mapping in a contract, beside those that have a meaning for Weir.
struct Vocabulary: Sendable {
    /// As in "a role has no key …".
    let what: String
    let keys: [(name: String, shape: Shape)]
    let required: Set<String>

    init(_ what: String, _ keys: KeyValuePairs<String, Shape>, required: Set<String> = []) {
        self.what = what
        self.keys = keys.map { ($0.key, $0.value) }
        self.required = required
    }

    /// Reads the keys of a mapping whose other keys the caller reads.
    func read(_ map: YAMLMap) {
        for (name, shape) in keys {
            guard let value = map.value(name) else {
                if required.contains(name) {
                    map.report("contract.missing-key", "\(what) needs the key \"\(name)\"")
                }
                continue
            }
            shape.check(value)
            if name == "id" { StableID.check(value) }
        }
    }

    /// Reads a whole mapping.
    func readAll(_ map: YAMLMap) {
        read(map)
        map.finish(what)
    }
}

extension Shape {
    func check(_ value: YAMLValue) {
        switch self {
        case .text: _ = value.string()
        case .number: _ = value.double()
        case .integer: _ = value.int()
        case .boolean: _ = value.bool()
        case .texts: _ = value.strings()
        case .scalar:
            if value.isList || value.isMap {
                value.report("yaml.wrong-type", "expected one value, found a list or mapping")
            }
        case .any: break
        case .list(let item): for value in value.list() { item.check(value) }
        case .object(let vocabulary): if let map = value.map() { vocabulary.readAll(map) }
        }
    }
}

/// `id`: what references use, so it must not hold their separators.
enum StableID {
    private static let forbidden = Set(".#/\\@!%&^")

    static func check(_ value: YAMLValue) {
        guard let text = value.plain().text else { return }
        if let bad = text.first(where: { $0.isWhitespace || forbidden.contains($0) }) {
            value.report(
                "contract.bad-id", "an id must not contain \(bad.isWhitespace ? "white space" : "\"\(bad)\"")",
                hint: "use letters, digits, _ and -")
        }
    }
}
