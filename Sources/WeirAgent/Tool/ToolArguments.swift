import WeirCore

/// The arguments of a call, read with mistakes that tell a model what to mend.
public struct ToolArguments: Sendable, Hashable {
    public let tool: String
    public let values: [String: JSONValue]

    /// - Throws: `tool.bad-arguments` when the value is no object, a key is unknown or a required one is missing.
    public init(_ value: JSONValue, for spec: ToolSpec) throws {
        guard let values = value.fields else {
            throw Self.mistake(spec.name, "the arguments are no JSON object", hint: "send an object of its arguments")
        }
        let known = (spec.input["properties"]?.fields ?? [:]).keys.sorted()
        for key in values.keys.sorted() where !known.contains(key) {
            throw Self.mistake(
                spec.name, "there is no argument \"\(key)\"", hint: DidYouMean.hint(for: key, among: known))
        }
        for key in spec.input["required"]?.items.compactMap(\.text) ?? [] where values[key] == nil {
            throw Self.mistake(spec.name, "the argument \"\(key)\" is missing", hint: nil)
        }
        tool = spec.name
        self.values = values.filter { $0.value != .null }
    }

    /// - Throws: `tool.bad-arguments`, also where it is missing.
    public func text(_ key: String) throws -> String {
        guard let text = try optionalText(key) else {
            throw Self.mistake(tool, "the argument \"\(key)\" is missing", hint: nil)
        }
        return text
    }

    public func optionalText(_ key: String) throws -> String? {
        try read(key, "a text") { $0.text }
    }

    /// A whole number within a range; `usual` where it is left out.
    public func int(_ key: String, usual: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let number = try read(key, "a whole number", { $0.integer.map { Int($0) } }) else { return usual }
        guard range.contains(number) else {
            throw Self.mistake(
                tool, "\"\(key)\" is \(number)", hint: "it goes from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    public func bool(_ key: String, usual: Bool = false) throws -> Bool {
        try read(key, "true or false") { $0.truth } ?? usual
    }

    /// A list of texts; empty where it is left out. A text alone is a list of one.
    public func texts(_ key: String) throws -> [String] {
        try read(key, "a list of texts") { value in
            if let text = value.text { return [text] }
            guard case .array(let items) = value else { return nil }
            let texts = items.compactMap(\.text)
            return texts.count == items.count ? texts : nil
        } ?? []
    }

    private func read<R>(_ key: String, _ kind: String, _ body: (JSONValue) -> R?) throws -> R? {
        guard let value = values[key] else { return nil }
        guard let result = body(value) else {
            throw Self.mistake(tool, "\"\(key)\" has a wrong type", hint: "it is \(kind)")
        }
        return result
    }

    private static func mistake(_ tool: String, _ message: String, hint: String?) -> WeirError {
        WeirError("tool.bad-arguments", "\(tool): \(message)", hint: hint)
    }
}
