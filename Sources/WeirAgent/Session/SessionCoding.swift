import Foundation
import WeirAI
import WeirCore

// The lines of a session's file. Keys are never renamed: old sessions stay readable.

extension SessionRecord {
    /// The record on one line.
    public var line: String {
        var fields: [String: JSONValue] = ["at": .string(UTC.text(at))]
        switch event {
        case .began(let head):
            fields["type"] = "session"
            fields["format"] = 1
            fields["id"] = .string(head.id)
            fields["agent"] = .string(head.agent)
            fields["model"] = .string(head.model)
            fields["dry_run"] = .bool(head.isDryRun)
            fields["weir"] = .string(head.weir)
        case .task(let text):
            fields["type"] = "task"
            fields["text"] = .string(text)
        case .memory(let lines):
            fields["type"] = "memory"
            fields["memories"] = .array(lines.map { .string($0) })
        case .answer(let answer):
            fields["type"] = "answer"
            fields.merge(answer.fields) { $1 }
        case .result(let result):
            fields["type"] = "result"
            fields.merge(result.fields) { $1 }
        case .note(let text):
            fields["type"] = "note"
            fields["text"] = .string(text)
        case .summary(let text, let through):
            fields["type"] = "summary"
            fields["text"] = .string(text)
            fields["through"] = .int(Int64(through))
        case .ended(let end):
            fields["type"] = "end"
            fields["status"] = .string(end.status.rawValue)
            if let code = end.code { fields["code"] = .string(code) }
            if let reason = end.reason { fields["reason"] = .string(reason) }
            if !end.missing.isEmpty { fields["missing"] = .array(end.missing.map { .string($0) }) }
        }
        return JSONValue.object(fields).line
    }

    /// Nil for a line that is none: cut by a kill, or of a later version.
    public init?(line: some StringProtocol) {
        guard let value = JSONValue(parsing: String(line)), let type = value["type"]?.text else { return nil }
        // Recordings that people write by hand need no times.
        at = value["at"]?.text.flatMap { UTC.date($0) } ?? Date(timeIntervalSince1970: 0)
        switch type {
        case "session":
            guard let id = value["id"]?.text else { return nil }
            event = .began(
                SessionHead(
                    id: id, agent: value["agent"]?.text ?? "", model: value["model"]?.text ?? "",
                    isDryRun: value["dry_run"]?.truth ?? false, weir: value["weir"]?.text ?? ""))
        case "task": event = .task(value["text"]?.text ?? "")
        case "memory": event = .memory(value["memories"]?.items.compactMap(\.text) ?? [])
        case "answer": event = .answer(RecordedAnswer(value))
        case "result":
            guard let result = RecordedResult(value) else { return nil }
            event = .result(result)
        case "note": event = .note(value["text"]?.text ?? "")
        case "summary":
            event = .summary(value["text"]?.text ?? "", through: value["through"]?.integer.map { Int($0) } ?? 0)
        case "end":
            guard let status = value["status"]?.text.flatMap(SessionEnd.Status.init) else { return nil }
            event = .ended(
                SessionEnd(
                    status, code: value["code"]?.text, reason: value["reason"]?.text,
                    missing: value["missing"]?.items.compactMap(\.text) ?? []))
        default: return nil
        }
    }
}

extension RecordedAnswer {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "content": .array(content.compactMap(Self.json)), "finish": .string(finish.kind.rawValue),
            "model": .string(model), "provider": .string(provider), "input_tokens": .int(inputTokens),
            "output_tokens": .int(outputTokens),
        ]
        if let detail = finish.detail { fields["detail"] = .string(detail) }
        if let cost { fields["cost"] = .string(cost.exact) }
        return fields
    }

    init(_ value: JSONValue) {
        let content = value["content"]?.items.compactMap(Self.content) ?? []
        let hasCalls = content.contains { if case .toolCall = $0 { true } else { false } }
        let kind = value["finish"]?.text.flatMap(AIFinish.Kind.init) ?? (hasCalls ? .toolCalls : .stop)
        self.init(
            content: content, finish: AIFinish(kind, raw: kind.rawValue, detail: value["detail"]?.text),
            model: value["model"]?.text ?? "recorded", provider: value["provider"]?.text ?? "",
            inputTokens: value["input_tokens"]?.integer ?? 0, outputTokens: value["output_tokens"]?.integer ?? 0,
            cost: value["cost"]?.text.flatMap { Money($0) })
    }

    private static func json(_ content: AIContent) -> JSONValue? {
        switch content {
        case .text(let text, let echo): object(["text": .string(text)], echo)
        case .toolCall(let call):
            object(
                [
                    "tool_call": ["id": .string(call.id), "name": .string(call.name), "arguments": call.arguments]
                ], call.echo)
        case .opaque(let echo): object([:], echo)
        // A model answers with none of these.
        case .image, .document, .toolResult: nil
        }
    }

    private static func object(_ fields: [String: JSONValue], _ echo: AIEcho?) -> JSONValue {
        var fields = fields
        if let echo { fields["echo"] = ["wire": .string(echo.wire.rawValue), "block": echo.block] }
        return .object(fields)
    }

    private static func content(_ value: JSONValue) -> AIContent? {
        let echo = value["echo"].flatMap { echo -> AIEcho? in
            guard let wire = echo["wire"]?.text.flatMap(WireFormat.init), let block = echo["block"] else { return nil }
            return AIEcho(wire: wire, block: block)
        }
        if let text = value["text"]?.text { return .text(text, echo: echo) }
        if let call = value["tool_call"], let name = call["name"]?.text {
            return .toolCall(
                AIToolCall(
                    id: call["id"]?.text ?? "call_1", name: name, arguments: call["arguments"] ?? [:], echo: echo))
        }
        return echo.map { .opaque($0) }
    }
}

extension RecordedResult {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "call": .string(call), "tool": .string(tool), "arguments": arguments, "text": .string(text),
            "ms": .int(milliseconds),
        ]
        if let content { fields["content"] = content }
        if isError { fields["error"] = true }
        if let file { fields["file"] = .string(file) }
        return fields
    }

    init?(_ value: JSONValue) {
        guard let call = value["call"]?.text, let tool = value["tool"]?.text else { return nil }
        self.init(
            call: call, tool: tool, arguments: value["arguments"] ?? [:], text: value["text"]?.text ?? "",
            content: value["content"], isError: value["error"]?.truth ?? false, file: value["file"]?.text,
            milliseconds: value["ms"]?.integer ?? 0)
    }
}
