import Foundation
import WeirCore

/// Answers to rows of a table, as a model would that reads `field: value` lines: what is asked for by the schema is
/// looked up in the data of the question.
///
/// A row can ask for trouble: `MAKE-INVALID` is never answered well, `MAKE-INVALID-ONCE` only when asked again,
/// `MAKE-400` is refused.
enum RowAnswers {
    static func isRow(_ received: Received) -> Bool { received.text.contains("<data ") }

    static func refusal(_ received: Received) -> Reply? {
        guard isRow(received), received.text.contains("MAKE-400") else { return nil }
        return Reply(
            400,
            json:
                #"{"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","message":"this text cannot be worked on"}}"#
        )
    }

    /// - Parameter body: of the whole request.
    static func text(_ body: JSONValue) -> String {
        let messages = body["messages"]?.items ?? body["input"]?.items ?? body["contents"]?.items ?? []
        let isRepair = messages.count > 1
        let question = messages.first.map(allText) ?? ""
        guard let schema = schema(in: body) else { return "about: \(data(question).joined(separator: " "))" }
        if schema["properties"]?["items"] != nil, let item = schema["properties"]?["items"]?["items"] {
            let parts = question.components(separatedBy: "Item ").dropFirst()
            let items = parts.enumerated().map { index, part -> JSONValue in
                guard case .object(var members) = answer(part, item, isRepair) else { return .null }
                members["item"] = .int(Int64(index + 1))
                return .object(members)
            }
            return JSONValue.object(["items": .array(items)]).line
        }
        return answer(question, schema, isRepair).line
    }

    private static func answer(_ question: String, _ schema: JSONValue, _ isRepair: Bool) -> JSONValue {
        if question.contains("MAKE-INVALID"), !(isRepair && question.contains("MAKE-INVALID-ONCE")) {
            return ["wrong": true]
        }
        let texts = data(question)
        let members = (schema["properties"]?.fields ?? [:]).filter { $0.key != "item" }
        return .object(
            members.reduce(into: [:]) { $0[$1.key] = value($1.key, $1.value, texts.joined(separator: "\n")) })
    }

    private static func value(_ name: String, _ schema: JSONValue, _ text: String) -> JSONValue {
        let type = schema["type"]?.text ?? schema["type"]?.items.first?.text ?? "string"
        if let choices = schema["enum"]?.items.compactMap(\.text), let first = choices.first {
            return .string(choices.first { text.lowercased().contains($0.lowercased()) } ?? first)
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name): ") }
        guard let said = line.map({ String($0.dropFirst(name.count + 2)) }) else {
            return schema["type"]?.items.contains("null") == true ? .null : type == "string" ? .string(text) : .int(0)
        }
        switch type {
        case "integer", "number": return JSONValue(parsing: said) ?? .string(said)
        case "boolean": return .bool(said == "true")
        case "array": return .array(said.split(separator: ",").map { .string($0.trimmingCharacters(in: .whitespaces)) })
        default: return .string(said)
        }
    }

    /// What stands between the marks.
    private static func data(_ question: String) -> [String] {
        question.components(separatedBy: "<data ").dropFirst().compactMap { part in
            guard let open = part.range(of: ">\n"), let close = part.range(of: "\n</data ") else { return nil }
            return open.upperBound <= close.lowerBound ? String(part[open.upperBound..<close.lowerBound]) : ""
        }
    }

    private static func allText(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .array(let items): items.map(allText).joined(separator: "\n")
        case .object(let fields):
            (fields["text"] ?? fields["content"] ?? fields["parts"]).map(allText) ?? ""
        default: ""
        }
    }

    private static func schema(in value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let fields):
            if fields["properties"] != nil, fields["additionalProperties"] != nil { return value }
            return fields.keys.sorted().lazy.compactMap { key in fields[key].flatMap { schema(in: $0) } }.first
        case .array(let items): return items.lazy.compactMap { schema(in: $0) }.first
        default: return nil
        }
    }
}
