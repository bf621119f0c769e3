import WeirCore

/// The shape of a value in a contract.
///
/// Values that Weir has no further use for are still read strictly: a misspelt key is a mistake wherever it stands.
/// Values that a reader of their own reads (`own…`) are described here too, for their order and their version.
indirect enum Shape: Sendable {
    case text, number, integer, boolean
    /// One text or a list of texts.
    case texts
    /// Anything but a list or a mapping.
    case scalar
    case any
    case list(Shape)
    case object(Vocabulary)
    /// A single value that has a meaning for Weir.
    case own
    case ownObject(@Sendable () -> Vocabulary)
    case ownObjects(@Sendable () -> Vocabulary)

    /// Objects in a list.
    static func objects(_ vocabulary: Vocabulary) -> Shape { .list(.object(vocabulary)) }

    /// The vocabulary of the mapping, or of the mappings in the list.
    var inside: Vocabulary? {
        switch self {
        case .object(let vocabulary), .list(.object(let vocabulary)): vocabulary
        case .ownObject(let vocabulary), .ownObjects(let vocabulary): vocabulary()
        default: nil
        }
    }

    fileprivate var isOwn: Bool {
        switch self {
        case .own, .ownObject, .ownObjects: true
        default: false
        }
    }
}

/// The keys of one kind of mapping in a contract, in the order in which they are written.
///
/// This is the one place that knows the standard's words, since which version they are there, and how they nest:
/// reading, writing, the check of versions and the list of what is only described all look here.
struct Vocabulary: Sendable {
    struct Key: Sendable {
        let name: String
        let shape: Shape
        let since: StandardVersion
        let isRequired: Bool

        init(_ name: String, _ shape: Shape, since: StandardVersion = .v300, required: Bool = false) {
            self.name = name
            self.shape = shape
            self.since = since
            self.isRequired = required
        }
    }

    /// As in "a role has no key …".
    let what: String
    let keys: [Key]

    init(_ what: String, _ keys: [Key]) {
        self.what = what
        self.keys = keys
    }

    func key(_ name: String) -> Key? { keys.first { $0.name == name } }

    /// Reads the keys of a mapping whose other keys the caller reads.
    func read(_ map: YAMLMap) {
        for key in keys where !key.shape.isOwn {
            guard let value = map.value(key.name) else {
                if key.isRequired { map.report("contract.missing-key", "\(what) needs the key \"\(key.name)\"") }
                continue
            }
            key.shape.check(value)
            if key.name == "id" { StableID.check(value) }
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
        case .any, .own, .ownObject, .ownObjects: break
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
