import WeirCore

enum AnthropicAnswers {
    static func message(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        guard let version = received.headers["anthropic-version"] else {
            return error(400, "invalid_request_error", "anthropic-version: header is required")
        }
        if version >= "2026-10-21", let name = ["temperature", "top_p", "top_k"].first(where: { body[$0] != nil }) {
            return error(400, "invalid_request_error", "\(name): Extra inputs are not permitted")
        }
        guard body["max_tokens"]?.integer != nil, case .array(let messages)? = body["messages"] else {
            return error(400, "invalid_request_error", "max_tokens: Field required")
        }
        let (style, told) = box.withLockedValue { ($0.style, $0.usage) }
        let text = Answers.text(received, messages.last)
        let usage =
            told ?? #"{"input_tokens":\#(Answers.tokens(received)),"output_tokens":\#(text.utf8.count / 4 + 1)}"#
        let headers = ["request-id": "req_1"]
        let model = (body["model"] ?? "").line
        let calls = Answers.wantsTools(received)
        if body["stream"]?.truth == true {
            return style.reply(
                calls ? toolEvents(model, usage) : textEvents(text, model, usage, style), named: true, headers: headers)
        }
        let content =
            calls
            ? #"{"type":"thinking","thinking":"hm","signature":"sig=="},{"type":"tool_use","id":"toolu_1","name":"weather","input":\#(Answers.arguments)},{"type":"tool_use","id":"toolu_2","name":"now","input":{}}"#
            : #"{"type":"text","text":\#(JSONValue.string(text).line)}"#
        let reason = calls ? "tool_use" : "end_turn"
        return Reply(
            json:
                #"{"id":"msg_1","type":"message","role":"assistant","model":\#(model),"content":[\#(content)],"stop_reason":"\#(reason)","stop_sequence":null,"usage":\#(usage)}"#,
            headers: headers)
    }

    private static func textEvents(_ text: String, _ model: String, _ usage: String, _ style: StreamStyle) -> [String] {
        var events = [start(model, style.tellsUsage ? usage : "null")]
        if style.hasUnknown {
            events.append(#"{"type":"surprise","index":0}"#)
            events.append(#"{"type":"content_block_start","index":7,"content_block":{"type":"hologram","data":"x"}}"#)
            events.append(#"{"type":"content_block_delta","index":7,"delta":{"type":"hologram_delta","x":1}}"#)
            events.append(#"{"type":"content_block_stop","index":7}"#)
        }
        events.append(#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
        events.append(#"{"type":"ping"}"#)
        for piece in halves(text) {
            events.append(
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":\#(JSONValue.string(piece).line)}}"#
            )
        }
        events.append(#"{"type":"content_block_stop","index":0}"#)
        let last = style.tellsUsage ? #","usage":\#(usage)"# : ""
        events.append(#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null}\#(last)}"#)
        events.append(#"{"type":"message_stop"}"#)
        return events
    }

    private static func toolEvents(_ model: String, _ usage: String) -> [String] {
        var events = [start(model, usage)]
        events.append(
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}"#
        )
        for piece in Answers.fragments {
            events.append(
                #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":\#(JSONValue.string(piece).line)}}"#
            )
        }
        events.append(#"{"type":"content_block_stop","index":0}"#)
        events.append(
            #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}}"#
        )
        events.append(
            #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#)
        events.append(#"{"type":"content_block_stop","index":1}"#)
        events.append(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":\#(usage)}"#)
        events.append(#"{"type":"message_stop"}"#)
        return events
    }

    private static func start(_ model: String, _ usage: String) -> String {
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":\#(model),"content":[],"stop_reason":null,"usage":\#(usage)}}"#
    }

    static func halves(_ text: String) -> [String] {
        [String(text.prefix(text.count / 2)), String(text.dropFirst(text.count / 2))]
    }

    static func error(_ status: Int, _ type: String, _ message: String) -> Reply {
        Reply(
            status,
            json:
                #"{"type":"error","error":{"type":"\#(type)","message":\#(JSONValue.string(message).line)},"request_id":"req_e"}"#
        )
    }
}
