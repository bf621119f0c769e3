import WeirCore

/// Puts a member into an object of a JSON file and leaves every other byte as it is: the order, the layout, and the
/// comments that some editors allow.
struct JSONEdit {
    private let bytes: [UInt8]
    private var position = 0

    /// The text with `value` at `section` → `name`; nil where the text is no JSON object, or the section none.
    static func setting(_ name: String, in section: String, to value: JSONValue, text: String) -> String? {
        var text = text
        if text.allSatisfy(\.isWhitespace) { text = "{}\n" }
        var edit = JSONEdit(bytes: Array(text.utf8))
        guard let root = edit.document() else { return nil }
        guard let found = root.member(section) else {
            return edit.inserting(["\(section)": [name: value]], into: root, depth: 1)
        }
        var inner = JSONEdit(bytes: edit.bytes)
        inner.position = found.value.lowerBound
        guard let object = inner.object() else { return nil }
        guard let old = object.member(name) else { return edit.inserting([name: value], into: object, depth: 2) }
        return edit.replacing(old.value, with: pretty(value, indent: 2))
    }

    /// Where an object's parts are, as offsets.
    struct Object {
        struct Member {
            let key: String
            let value: Range<Int>
        }

        var start = 0
        var members: [Member] = []

        func member(_ key: String) -> Member? { members.last { $0.key == key } }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func inserting(_ fields: [String: JSONValue], into object: Object, depth: Int) -> String {
        let indent = String(repeating: "  ", count: depth)
        let lines = fields.sorted { $0.key < $1.key }.map { key, value in
            var name: [UInt8] = []
            JSONValue.write(key, to: &name)
            return "\(indent)\(String(decoding: name, as: UTF8.self)): \(Self.pretty(value, indent: depth))"
        }
        let outer = String(repeating: "  ", count: depth - 1)
        let end = object.members.isEmpty ? "\n\(outer)" : ","
        return replacing((object.start + 1)..<(object.start + 1), with: "\n" + lines.joined(separator: ",\n") + end)
    }

    private func replacing(_ range: Range<Int>, with text: String) -> String {
        String(decoding: bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...], as: UTF8.self)
    }

    static func pretty(_ value: JSONValue, indent: Int) -> String {
        let outer = String(repeating: "  ", count: indent)
        guard case .object(let fields) = value, !fields.isEmpty else { return value.line }
        let lines = fields.sorted { $0.key < $1.key }.map { key, value in
            "\(outer)  \(JSONValue.string(key).line): \(pretty(value, indent: indent + 1))"
        }
        return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
    }

    // MARK: Reading

    private mutating func document() -> Object? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        skip()
        guard let object = object() else { return nil }
        skip()
        return position == bytes.count ? object : nil
    }

    private mutating func object() -> Object? {
        var object = Object(start: position)
        guard take("{") else { return nil }
        while true {
            skip()
            if take("}") { return object }
            guard let key = string() else { return nil }
            skip()
            guard take(":") else { return nil }
            skip()
            let start = position
            guard value() else { return nil }
            object.members.append(.init(key: key, value: start..<position))
            skip()
            // A comma behind the last member is allowed where comments are.
            if take(",") { continue }
            skip()
            return take("}") ? object : nil
        }
    }

    private mutating func value(depth: Int = 0) -> Bool {
        guard position < bytes.count, depth < 200 else { return false }
        switch bytes[position] {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isList = bytes[position] == UInt8(ascii: "[")
            position += 1
            while true {
                skip()
                if take(isList ? "]" : "}") { return true }
                if !isList {
                    guard string() != nil else { return false }
                    skip()
                    guard take(":") else { return false }
                    skip()
                }
                guard value(depth: depth + 1) else { return false }
                skip()
                if take(",") { continue }
                return take(isList ? "]" : "}")
            }
        default:
            let start = position
            while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
            return JSONValue(parsing: Array(bytes[start..<position])) != nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
    }

    private mutating func string() -> String? {
        let start = position
        guard take("\"") else { return nil }
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 2
            } else if take("\"") {
                return JSONValue(parsing: Array(bytes[start..<position]))?.text
            } else {
                position += 1
            }
        }
        return nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Spaces, `// …` and `/* … */`.
    private mutating func skip() {
        while position < bytes.count {
            if [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
                position += 1
            } else if bytes[position...].starts(with: "//".utf8) {
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            } else if bytes[position...].starts(with: "/*".utf8) {
                position += 2
                while position < bytes.count, !bytes[position...].starts(with: "*/".utf8) { position += 1 }
                position = min(bytes.count, position + 2)
            } else {
                return
            }
        }
    }
}
