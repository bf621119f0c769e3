import WeirCore

/// JSON whose keys keep their order, as a tree: the order of a schema's properties is that of a table's columns.
enum JSONDocument {
    /// Reads a JSON text. JSON is YAML written in flow style, and mistakes are told with their line.
    ///
    /// - Throws: the mistakes of the text.
    static func read(_ text: String, path: String) throws -> YAMLTree {
        let problems = Problems()
        let wrapped = YAMLFile(path: path, text: "{\"document\": \(joiningSurrogates(text))\n}", problems: problems)
        let tree = wrapped.root()?.tree["document"]
        try problems.throwIfAny("contract.bad-json") { "\(path) has \($0) mistakes" }
        guard let tree else { throw WeirError("contract.bad-json", "\(path) holds no JSON", at: Place(file: path)) }
        return tree
    }

    /// `\uD83D\uDE00` is one character in JSON and a mistake in YAML.
    private static func joiningSurrogates(_ text: String) -> String {
        guard text.contains("\\ud") || text.contains("\\uD") else { return text }
        return text.replacing(/\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/) { match in
            let high = UInt32(match.1, radix: 16) ?? 0xD800
            let low = UInt32(match.2, radix: 16) ?? 0xDC00
            let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            return scalar.map { String(Character($0)) } ?? ""
        }
    }

    /// The tree as JSON over several lines.
    static func text(_ tree: YAMLTree) -> String {
        var out = ""
        write(tree, indent: "", to: &out)
        return out + "\n"
    }

    private static func write(_ tree: YAMLTree, indent: String, to out: inout String) {
        let inner = indent + "  "
        switch tree {
        case .scalar: out += scalar(tree)
        case .list(let items):
            let isFlat = items.allSatisfy { if case .scalar = $0 { true } else { false } }
            if isFlat {
                out += "[\(items.map(scalar).joined(separator: ", "))]"
                return
            }
            out += "[\n"
            for (index, item) in items.enumerated() {
                out += inner
                write(item, indent: inner, to: &out)
                out += index + 1 < items.count ? ",\n" : "\n"
            }
            out += "\(indent)]"
        case .map(let entries):
            if entries.isEmpty {
                out += "{}"
                return
            }
            out += "{\n"
            for (index, entry) in entries.enumerated() {
                out += "\(inner)\(quoted(entry.key)): "
                write(entry.value, indent: inner, to: &out)
                out += index + 1 < entries.count ? ",\n" : "\n"
            }
            out += "\(indent)}"
        }
    }

    private static func scalar(_ tree: YAMLTree) -> String {
        guard case .scalar(let text, let isText) = tree else { return "null" }
        if isText { return quoted(text) }
        switch tree.plain {
        case .null: return "null"
        case .bool(let truth): return truth ? "true" : "false"
        case .int(let number): return String(number)
        // As written, where JSON writes it so too: no digit is lost.
        case .double:
            return text.wholeMatch(of: /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/) != nil ? text : "\(Double(text) ?? 0)"
        default: return quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONValue.write(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
