import WeirAI
import WeirCore

/// Tool calls for models that know none: each answer is an object `{"tool": …, "arguments": …}` that a schema enforces.
enum SchemaCalls {
    /// The call that ends a task.
    static let finish = "finish"

    /// One alternative for each tool.
    ///
    /// - Parameter answerTokens: the most tokens of an answer. Where they are few, texts are bounded too: a small model
    ///   writes on until it is cut, and what is cut is no call.
    static func schema(_ tools: Toolbox, answerTokens: Int = .max) -> AIOutputSchema {
        let longest = answerTokens <= mostBounded ? answerTokens * 3 / 2 : nil
        let all =
            tools.tools.map { ($0.spec.name, longest.map(bounding($0.spec.input)) ?? $0.spec.input) }
            + [
                (finish, longest.map(bounding(finishInput)) ?? finishInput)
            ]
        // As text, because models fill in keys in their order and the tool must be known first.
        let options = all.map { name, input in
            #"{"type":"object","properties":{"tool":{"const":\#(JSONValue.string(name).line)},"arguments":\#(input.line)},"required":["tool","arguments"],"additionalProperties":false}"#
        }
        return AIOutputSchema(name: "call", schema: .literal(#"{"oneOf":[\#(options.joined(separator: ","))]}"#))
    }

    private static let finishInput = ToolSchema.object([
        .init("answer", .string, "What was found and done.", isRequired: true)
    ]).json

    /// Servers turn a bound into a grammar with a place for each character, and refuse long ones.
    private static let mostBounded = 500

    /// The schema with a bound on every text that has none.
    private static func bounding(_ schema: JSONValue) -> (Int) -> JSONValue {
        { longest in
            switch schema {
            case .object(var fields):
                for (key, value) in fields { fields[key] = bounding(value)(longest) }
                if fields["type"] == "string", fields["enum"] == nil, fields["maxLength"] == nil {
                    fields["maxLength"] = .int(Int64(longest))
                }
                return .object(fields)
            case .array(let items): return .array(items.map { bounding($0)(longest) })
            default: return schema
            }
        }
    }

    /// What a small model needs to know, and no more.
    static func manual(_ tools: Toolbox) -> String {
        let lines = tools.tools.map { tool -> String in
            let fields = tool.spec.input["properties"]?.fields ?? [:]
            let required = Set((tool.spec.input["required"]?.items ?? []).compactMap(\.text))
            let names = fields.keys.sorted().map { required.contains($0) ? $0 : "\($0)?" }
            return "- \(tool.spec.name)(\(names.joined(separator: ", "))): \(tool.spec.summary)"
        }
        return """
            # How you answer
            Every answer is one JSON object {"tool": NAME, "arguments": {…}} and nothing else. Its result comes back, then \
            you make the next call. When the task is finished, answer {"tool": "\(finish)", "arguments": {"answer": …}}.
            \(lines.joined(separator: "\n"))
            """
    }

    enum Reading: Hashable {
        case call(AIToolCall)
        case finished(String)
        /// The reason is for the model.
        case malformed(String)
    }

    static func read(_ text: String, number: Int) -> Reading {
        guard let value = JSONValue(parsing: bare(text)) else {
            return .malformed(
                "the answer is no JSON object; answer {\"tool\": NAME, \"arguments\": {…}} and nothing else")
        }
        guard let name = value["tool"]?.text else { return .malformed("the answer has no \"tool\"") }
        let arguments = value["arguments"] ?? [:]
        if name == finish { return .finished(arguments["answer"]?.text ?? arguments.line) }
        return .call(AIToolCall(id: "schema_\(number)", name: name, arguments: arguments))
    }

    /// Models like to put JSON into a fence, or words around it.
    private static func bare(_ text: String) -> String {
        guard let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}"), open < close else {
            return text
        }
        return String(text[open...close])
    }
}
