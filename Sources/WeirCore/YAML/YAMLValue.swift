import Foundation
import Yams

/// One value of a YAML file with its place. A reader that finds another shape than it wants reports it.
public struct YAMLValue {
    public let file: YAMLFile
    let node: Node

    public var line: Int { node.mark?.line ?? 1 }
    public var column: Int { node.mark?.column ?? 1 }

    public var place: Place {
        Place(file: file.source.path, line: line + file.source.lineOffset, column: column)
    }

    public var isList: Bool { node.sequence != nil }
    public var isMap: Bool { node.mapping != nil }
    public var isNull: Bool { node.isNull }

    /// The text as written, with `${VAR}` replaced.
    public func string() -> String? {
        guard case .scalar(let scalar) = node else { return wrongShape("a text") }
        guard let variables = file.variables, scalar.string.contains("${") else { return scalar.string }
        let resolved = variables.resolve(scalar.string)
        for name in resolved.missing {
            let close = DidYouMean.closest(to: name, among: variables.names).map { " (did you mean ${\($0)}?)" }
            report(
                "project.missing-variable", "the variable ${\(name)} has no value",
                hint: "set it in the environment or in a .env file beside weir.yaml\(close ?? "")")
        }
        if resolved.isUnclosed {
            report(
                "project.unclosed-variable", "a ${ is never closed in \"\(scalar.string.prefix(80))\"",
                hint: "write ${NAME}, or $${ for the two characters themselves")
            return nil
        }
        return resolved.missing.isEmpty ? resolved.text : nil
    }

    public func int() -> Int? { scalar("a whole number") { Int($0.replacing("_", with: "")) } }
    public func double() -> Double? { scalar("a number") { Double($0.replacing("_", with: "")) } }
    public func span() -> Span? { scalar("a length of time, like \"3 days\"") { Span($0) } }

    public func bool() -> Bool? {
        scalar("true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "on": true
            case "false", "no", "off": false
            default: nil
            }
        }
    }

    public func map() -> YAMLMap? {
        guard let mapping = node.mapping else { return wrongShape("a mapping of `key: value`") }
        return YAMLMap(file: file, mapping: mapping, mark: node.mark)
    }

    public func list() -> [YAMLValue] {
        guard let sequence = node.sequence else { return wrongShape("a list") ?? [] }
        return sequence.map { YAMLValue(file: file, node: $0) }
    }

    /// Texts of a list, or of one text alone.
    public func strings() -> [String] {
        if case .scalar = node { return string().map { [$0] } ?? [] }
        return list().compactMap { $0.string() }
    }

    /// The value as plain data; quoted scalars stay texts.
    public func plain() -> PlainValue {
        switch node {
        case .scalar(let scalar):
            if scalar.style == .singleQuoted || scalar.style == .doubleQuoted { return .string(scalar.string) }
            return node.isNull ? .null : Self.plain(of: scalar.string)
        case .sequence(let items):
            return .list(items.map { YAMLValue(file: file, node: $0).plain() })
        case .mapping(let mapping):
            return .map(mapping.map { ($0.string ?? "?", YAMLValue(file: file, node: $1).plain()) })
        case .alias:
            return .null
        }
    }

    /// What a scalar without quotes is.
    static func plain(of text: String) -> PlainValue {
        if let value = Int(text) { return .int(value) }
        if let value = Node(text).bool { return .bool(value) }
        if let value = Double(text), value.isFinite { return .double(value) }
        return .string(text)
    }

    public func report(_ code: String, _ message: String, hint: String? = nil) {
        file.problems.add(
            file.source.error(
                code, message, hint: hint, line: line, column: column,
                length: node.scalar?.string.count ?? 1))
    }

    private func scalar<R>(_ wanted: String, _ read: (String) -> R?) -> R? {
        guard let text = string() else { return nil }
        if let value = read(text.trimmingCharacters(in: .whitespaces)) { return value }
        report("yaml.wrong-type", "\"\(text.prefix(80))\" is not \(wanted)")
        return nil
    }

    private func wrongShape<R>(_ wanted: String) -> R? {
        let found =
            switch node {
            case .scalar(let scalar): "\"\(scalar.string.prefix(40))\""
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        report("yaml.wrong-type", "expected \(wanted), found \(found)")
        return nil
    }
}

/// YAML data without places: what a test's rows or a custom property hold.
public indirect enum PlainValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([PlainValue])
    /// Order kept as written.
    case map([(key: String, value: PlainValue)])

    public static func == (a: PlainValue, b: PlainValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.int(let x), .int(let y)): x == y
        case (.double(let x), .double(let y)): x == y
        case (.string(let x), .string(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        case (.map(let x), .map(let y)): x.elementsEqual(y) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .list(let items): hasher.combine(items)
        case .map(let pairs):
            for pair in pairs {
                hasher.combine(pair.key)
                hasher.combine(pair.value)
            }
        }
    }

    /// The scalar as text; nil for null, lists and maps.
    public var text: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .null, .list, .map: nil
        }
    }
}

extension Node {
    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

extension PlainValue {
    /// The value as JSON has it; of keys that are written twice the first counts.
    public var document: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .list(let items): .array(items.map(\.document))
        case .map(let pairs):
            .object(Dictionary(pairs.map { ($0.key, $0.value.document) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
