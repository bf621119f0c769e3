/// A JSON document as DuckDB writes its syntax trees and plans.
///
/// Objects keep the order of their keys and numbers keep their text, so that a tree written again says exactly
/// what was read (128-bit integers and decimals included).
indirect enum JSONTree: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([Member])

    struct Member: Sendable, Hashable {
        let key: String
        let value: JSONTree
    }

    /// The value of a key, or nil where this is no object, has no such key, or the value is null.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        for member in members where member.key == key {
            if case .null = member.value { return nil }
            return member.value
        }
        return nil
    }

    /// The text, or nil for anything but text.
    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The text, or nil where there is none or it is empty: DuckDB writes a missing name as "".
    var name: String? {
        if case .string(let text) = self, !text.isEmpty { return text }
        return nil
    }

    /// The number, or nil for anything else, also for DuckDB's "no position" (2^64 - 1).
    var int: Int? {
        switch self {
        case .number(let text), .string(let text): Int(text)
        default: nil
        }
    }

    var isTrue: Bool { self == .bool(true) }

    /// The elements of an array; empty for anything else.
    var elements: [JSONTree] {
        if case .array(let elements) = self { return elements }
        return []
    }

    /// The members of an object; empty for anything else.
    var members: [Member] {
        if case .object(let members) = self { return members }
        return []
    }
}

extension JSONTree {
    /// The document as compact JSON, without the members named in `omitting`.
    func written(omitting: Set<String> = []) -> String {
        var out = ""
        write(to: &out, omitting)
        return out
    }

    private func write(to out: inout String, _ omitting: Set<String>) {
        switch self {
        case .null: out += "null"
        case .bool(let value): out += value ? "true" : "false"
        case .number(let text): out += text
        case .string(let text): Self.write(text, to: &out)
        case .array(let elements):
            out += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { out += "," }
                element.write(to: &out, omitting)
            }
            out += "]"
        case .object(let members):
            out += "{"
            var first = true
            for member in members where !omitting.contains(member.key) {
                if !first { out += "," }
                first = false
                Self.write(member.key, to: &out)
                out += ":"
                member.value.write(to: &out, omitting)
            }
            out += "}"
        }
    }

    private static func write(_ text: String, to out: inout String) {
        out += "\""
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": out += "\\\""
                case "\\": out += "\\\\"
                case _ where scalar.value < 0x20:
                    out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
                default: out.unicodeScalars.append(scalar)
                }
            }
        } else {
            out += text
        }
        out += "\""
    }
}
