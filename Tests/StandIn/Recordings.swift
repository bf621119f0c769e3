import Foundation
import WeirCore

/// Sessions that were recorded, or written by hand as a good model would answer: lines of JSON as Weir's agent keeps
/// them. A question that holds a recording's task gets its next answer, in the words of whichever provider is asked.
struct Recording: Sendable {
    let task: String
    var answers: [Said]

    /// What a model says in one turn.
    struct Said: Sendable {
        enum Part: Sendable {
            case text(String)
            /// The arguments as they are sent, which may be no JSON.
            case call(id: String, name: String, arguments: String)
        }
        var parts: [Part]
        /// Weir's word: `stop`, `tool-calls`, `length`, `refused`.
        var finish: String
    }

    init(_ lines: String) {
        var task = ""
        var answers: [Said] = []
        for line in lines.split(whereSeparator: \.isNewline) {
            guard let value = JSONValue(parsing: String(line)) else { continue }
            switch value["type"]?.text {
            case "task": if task.isEmpty { task = value["text"]?.text ?? "" }
            case "answer": answers.append(Self.said(value))
            default: continue
            }
        }
        self.task = task
        self.answers = answers
    }

    static func said(_ value: JSONValue) -> Said {
        let parts = (value["content"]?.items ?? []).compactMap { part -> Said.Part? in
            if let text = part["text"]?.text { return .text(text) }
            guard let call = part["tool_call"], let name = call["name"]?.text else { return nil }
            let arguments = call["arguments"] ?? [:]
            return .call(id: call["id"]?.text ?? "call_1", name: name, arguments: arguments.text ?? arguments.line)
        }
        let hasCalls = parts.contains { if case .call = $0 { true } else { false } }
        return Said(parts: parts, finish: value["finish"]?.text ?? (hasCalls ? "tool-calls" : "stop"))
    }
}

extension StandIn {
    /// Adds a recorded session.
    public func play(_ recording: String) { state.withLockedValue { $0.recordings.append(Recording(recording)) } }

    /// One recorded answer in the words of Anthropic, to be put in line.
    public func answer(_ line: String) -> Reply {
        RecordedAnswers.anthropic(Recording.said(JSONValue(parsing: line) ?? .null), "\"stand-in\"", 10)
    }

    /// Answers of recordings that nobody asked for.
    public var unsaid: Int { state.withLockedValue { $0.recordings.reduce(0) { $0 + $1.answers.count } } }
}

enum RecordedAnswers {
    /// The next answer of the recording that a question belongs to; nil where it belongs to none.
    static func answer(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply? {
        guard box.withLockedValue({ !$0.recordings.isEmpty }) else { return nil }
        var texts: [String] = []
        collect(body["messages"] ?? body["input"] ?? body["contents"] ?? .null, &texts)
        let found: Recording.Said?? = box.withLockedValue { state in
            let fitting = state.recordings.indices.filter { index in
                let task = state.recordings[index].task
                return !task.isEmpty && texts.contains { $0.contains(task) }
            }
            if fitting.isEmpty { return nil }
            // A conversation that goes on holds the tasks of recordings that were said to their end, too.
            guard let index = fitting.first(where: { !state.recordings[$0].answers.isEmpty }) else { return .some(nil) }
            return state.recordings[index].answers.removeFirst()
        }
        guard let found else { return nil }
        guard let said = found else {
            return Reply(
                400,
                json:
                    #"{"type":"error","error":{"type":"invalid_request_error","code":"invalid_value","message":"the recording has no answer left"}}"#
            )
        }
        let path = received.path
        let model = (body["model"] ?? "recorded").line
        let input = Answers.tokens(received)
        if path == "/v1/messages" { return anthropic(said, model, input) }
        if path.hasSuffix("/chat/completions") { return chat(said, model, input, body) }
        if path.hasSuffix("/responses") { return responses(said, model, input) }
        return path.contains(":streamGenerateContent") ? gemini(said, input) : nil
    }

    private static func collect(_ value: JSONValue, _ texts: inout [String]) {
        switch value {
        case .string(let text): texts.append(text)
        case .array(let items): for item in items { collect(item, &texts) }
        case .object(let fields): for field in fields.values { collect(field, &texts) }
        default: break
        }
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).line }

    private static func output(_ said: Recording.Said) -> Int {
        said.parts.reduce(1) { sum, part in
            switch part {
            case .text(let text): sum + text.utf8.count / 4
            case .call(_, _, let arguments): sum + arguments.utf8.count / 4 + 8
            }
        }
    }

    // MARK: The wires

    static func anthropic(_ said: Recording.Said, _ model: String, _ input: Int) -> Reply {
        var events = [
            #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":\#(model),"content":[],"stop_reason":null,"usage":{"input_tokens":\#(input),"output_tokens":1}}}"#
        ]
        for (index, part) in said.parts.enumerated() {
            switch part {
            case .text(let text):
                events.append(
                    #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"text","text":""}}"#)
                for piece in AnthropicAnswers.halves(text) {
                    events.append(
                        #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"text_delta","text":\#(quoted(piece))}}"#
                    )
                }
            case .call(let id, let name, let arguments):
                events.append(
                    #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"tool_use","id":\#(quoted(id)),"name":\#(quoted(name)),"input":{}}}"#
                )
                for piece in AnthropicAnswers.halves(arguments) {
                    events.append(
                        #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"input_json_delta","partial_json":\#(quoted(piece))}}"#
                    )
                }
            }
            events.append(#"{"type":"content_block_stop","index":\#(index)}"#)
        }
        let reasons = ["tool-calls": "tool_use", "length": "max_tokens", "refused": "refusal", "paused": "pause_turn"]
        events.append(
            #"{"type":"message_delta","delta":{"stop_reason":"\#(reasons[said.finish] ?? "end_turn")","stop_sequence":null},"usage":{"input_tokens":\#(input),"output_tokens":\#(output(said))}}"#
        )
        events.append(#"{"type":"message_stop"}"#)
        return StreamStyle().reply(events, named: true, headers: ["request-id": "req_1"])
    }

    private static func chat(_ said: Recording.Said, _ model: String, _ input: Int, _ body: JSONValue) -> Reply {
        let head = #""id":"chatcmpl-1","created":1,"model":\#(model),"object":"chat.completion.chunk""#
        func chunk(_ delta: String, _ reason: String = "null") -> String {
            #"{\#(head),"choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
        }
        var events = [chunk(#"{"role":"assistant","content":null}"#)]
        var calls = 0
        for part in said.parts {
            switch part {
            case .text(let text):
                for piece in AnthropicAnswers.halves(text) { events.append(chunk(#"{"content":\#(quoted(piece))}"#)) }
            case .call(let id, let name, let arguments):
                events.append(
                    chunk(
                        #"{"tool_calls":[{"index":\#(calls),"id":\#(quoted(id)),"type":"function","function":{"name":\#(quoted(name)),"arguments":""}}]}"#
                    ))
                for piece in AnthropicAnswers.halves(arguments) {
                    events.append(
                        chunk(#"{"tool_calls":[{"index":\#(calls),"function":{"arguments":\#(quoted(piece))}}]}"#))
                }
                calls += 1
            }
        }
        let reasons = ["tool-calls": "tool_calls", "length": "length", "refused": "content_filter"]
        events.append(chunk("{}", "\"\(reasons[said.finish] ?? "stop")\""))
        let tokens = output(said)
        events.append(
            #"{\#(head),"choices":[],"usage":{"prompt_tokens":\#(input),"completion_tokens":\#(tokens),"total_tokens":\#(input + tokens)}}"#
        )
        return StreamStyle().reply(events + ["[DONE]"], named: false, headers: ["x-request-id": "req_1"])
    }

    private static func responses(_ said: Recording.Said, _ model: String, _ input: Int) -> Reply {
        let items = said.parts.enumerated().map { index, part -> String in
            switch part {
            case .text(let text):
                #"{"type":"message","id":"m_\#(index)","role":"assistant","status":"completed","content":[{"type":"output_text","text":\#(quoted(text)),"annotations":[]}]}"#
            case .call(let id, let name, let arguments):
                #"{"type":"function_call","id":"fc_\#(index)","call_id":\#(quoted(id)),"name":\#(quoted(name)),"arguments":\#(quoted(arguments)),"status":"completed"}"#
            }
        }
        let isCut = said.finish == "length"
        let why = isCut ? #""incomplete_details":{"reason":"max_output_tokens"},"# : ""
        let whole =
            #"{"id":"resp_1","object":"response","status":"\#(isCut ? "incomplete" : "completed")",\#(why)"model":\#(model),"output":[\#(items.joined(separator: ","))],"error":null,"usage":{"input_tokens":\#(input),"output_tokens":\#(output(said))}}"#
        var events = [#"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":\#(model)}}"#]
        for (index, (item, part)) in zip(items, said.parts).enumerated() {
            events.append(#"{"type":"response.output_item.added","output_index":\#(index),"item":\#(item)}"#)
            if case .text(let text) = part {
                for piece in AnthropicAnswers.halves(text) {
                    events.append(
                        #"{"type":"response.output_text.delta","output_index":\#(index),"delta":\#(quoted(piece))}"#)
                }
            }
            events.append(#"{"type":"response.output_item.done","output_index":\#(index),"item":\#(item)}"#)
        }
        events.append(#"{"type":"response.\#(isCut ? "incomplete" : "completed")","response":\#(whole)}"#)
        return StreamStyle().reply(events, named: true, headers: ["x-request-id": "req_1"])
    }

    private static func gemini(_ said: Recording.Said, _ input: Int) -> Reply {
        let reasons = ["length": "MAX_TOKENS", "refused": "SAFETY"]
        let events = said.parts.enumerated().map { index, part -> String in
            let content =
                switch part {
                case .text(let text): #"{"text":\#(quoted(text))}"#
                case .call(_, let name, let arguments):
                    #"{"functionCall":{"name":\#(quoted(name)),"args":\#(arguments)}}"#
                }
            let isLast = index == said.parts.count - 1
            let reason = isLast ? #","finishReason":"\#(reasons[said.finish] ?? "STOP")""# : ""
            let usage =
                isLast
                ? #","usageMetadata":{"promptTokenCount":\#(input),"candidatesTokenCount":\#(output(said)),"totalTokenCount":0}"#
                : ""
            return
                #"{"candidates":[{"content":{"role":"model","parts":[\#(content)]},"index":0\#(reason)}],"modelVersion":"stand-in","responseId":"resp_1"\#(usage)}"#
        }
        return StreamStyle().reply(events, named: false, headers: [:])
    }
}
