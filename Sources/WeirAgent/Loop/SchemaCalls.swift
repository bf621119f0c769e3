import WeirAI
import WeirCore

/// Tool calls for models that know none: each answer is an object `{"tool": …, "arguments": …}` that a schema enforces.
enum SchemaCalls {
    /// The call that ends a task.
    static let finish = "finish"

    /// One alternative for each tool.
    ///
    /// - Parameter answerTokens: the most tokens of an answer. Where they are few, texts and lists are bounded too: a
    ///   small model writes on until it is cut, and what is cut is no call.
    static func schema(_ tools: Toolbox, answerTokens: Int = .max) -> AIOutputSchema {
        schema(tools.tools.map { ($0.spec.name, $0.spec.input) } + [(finish, finishInput)], answerTokens)
    }

    /// The call of one step, with what is known of it before and what it needs beside; of the end after the last step.
    static func schema(of step: ScriptedStep?, _ tools: Toolbox, answerTokens: Int = .max) -> AIOutputSchema {
        guard let step else { return schema([(finish, finishInput)], answerTokens) }
        let input = tools[step.tool]?.spec.input ?? ToolSchema.object([]).json
        let needed = (input["required"]?.items ?? []).compactMap(\.text)
        let names = Set(needed).union(step.arguments.keys)
        var fields = (input["properties"]?.fields ?? [:]).filter { names.contains($0.key) }
        for (name, value) in step.arguments { fields[name] = ["const": value] }
        let call: JSONValue = [
            "type": "object", "properties": .object(fields), "required": .array(names.sorted().map { .string($0) }),
            "additionalProperties": false,
        ]
        return schema([(step.tool, call)], answerTokens)
    }

    private static func schema(_ calls: [(name: String, input: JSONValue)], _ answerTokens: Int) -> AIOutputSchema {
        let longest = answerTokens <= mostBounded ? answerTokens * 3 / 2 : nil
        // As text, because models fill in keys in their order and the tool must be known first.
        let options = calls.map { name, input in
            let arguments = longest.map { bounding(input, texts: $0) } ?? input
            return
                #"{"type":"object","properties":{"tool":{"const":\#(JSONValue.string(name).line)},"arguments":\#(arguments.line)},"required":["tool","arguments"],"additionalProperties":false}"#
        }
        let whole = options.count == 1 ? options[0] : #"{"oneOf":[\#(options.joined(separator: ","))]}"#
        return AIOutputSchema(name: "call", schema: .literal(whole))
    }

    private static let finishInput = ToolSchema.object([
        .init("answer", .string, "What was found and done.", isRequired: true)
    ]).json

    /// Servers turn a bound into a grammar with a place for each character, and refuse long ones.
    private static let mostBounded = 500
    /// So many items a list may have where answers are short; each is so many times shorter than a text alone.
    private static let mostItems = 8

    /// The schema with a bound on every text and list that has none.
    private static func bounding(_ schema: JSONValue, texts longest: Int) -> JSONValue {
        switch schema {
        case .object(var fields):
            let isList = fields["type"] == "array"
            let inner = isList ? max(8, longest / mostItems) : longest
            for (key, value) in fields { fields[key] = bounding(value, texts: inner) }
            if fields["type"] == "string", fields["enum"] == nil, fields["maxLength"] == nil {
                fields["maxLength"] = .int(Int64(longest))
            }
            if isList, fields["maxItems"] == nil { fields["maxItems"] = .int(Int64(mostItems)) }
            return .object(fields)
        case .array(let items): return .array(items.map { bounding($0, texts: longest) })
        default: return schema
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
