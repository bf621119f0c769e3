import Foundation
import WeirCore

enum OpenAIAnswers {
    // MARK: Chat

    static func chat(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let (style, told) = box.withLockedValue { ($0.style, $0.usage) }
        let text = Answers.text(received, body["messages"])
        let input = Answers.tokens(received)
        let output = text.utf8.count / 4 + 1
        let usage =
            told ?? #"{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output)}"#
        let headers = ["x-request-id": "req_1"]
        let model = (body["model"] ?? "").line
        let calls = Answers.wantsTools(received)
        let head = #""id":"chatcmpl-1","created":1,"model":\#(model)"#
        if body["stream"]?.truth == true {
            var events = [chunk(head, #"{"role":"assistant","content":null}"#)]
            if calls {
                events.append(
                    chunk(
                        head,
                        #"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}"#
                    ))
                for piece in Answers.fragments {
                    events.append(
                        chunk(
                            head,
                            #"{"tool_calls":[{"index":0,"function":{"arguments":\#(JSONValue.string(piece).line)}}]}"#))
                }
                events.append(
                    chunk(
                        head,
                        #"{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}"#
                    ))
            } else {
                for piece in AnthropicAnswers.halves(text) {
                    events.append(chunk(head, #"{"content":\#(JSONValue.string(piece).line)}"#))
                }
            }
            events.append(
                #"{\#(head),"object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"\#(calls ? "tool_calls" : "stop")"}]}"#
            )
            if style.tellsUsage, body["stream_options"]?["include_usage"]?.truth == true {
                events.append(#"{\#(head),"object":"chat.completion.chunk","choices":[],"usage":\#(usage)}"#)
            }
            return style.reply(events + ["[DONE]"], named: false, headers: headers)
        }
        let message =
            calls
            ? #"{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":\#(JSONValue.string(Answers.arguments).line)}},{"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]}"#
            : #"{"role":"assistant","content":\#(JSONValue.string(text).line),"refusal":null}"#
        return Reply(
            json:
                #"{\#(head),"object":"chat.completion","choices":[{"index":0,"message":\#(message),"finish_reason":"\#(calls ? "tool_calls" : "stop")"}],"usage":\#(usage)}"#,
            headers: headers)
    }

    private static func chunk(_ head: String, _ delta: String) -> String {
        #"{\#(head),"object":"chat.completion.chunk","choices":[{"index":0,"delta":\#(delta),"finish_reason":null}]}"#
    }

    // MARK: Responses

    static func response(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let (style, told) = box.withLockedValue { ($0.style, $0.usage) }
        let text = Answers.text(received, body["input"])
        let input = Answers.tokens(received)
        let usage = told ?? #"{"input_tokens":\#(input),"output_tokens":\#(text.utf8.count / 4 + 1)}"#
        let calls = Answers.wantsTools(received)
        let items =
            calls
            ? [
                #"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"sealed"}"#,
                #"{"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":\#(JSONValue.string(Answers.arguments).line),"status":"completed"}"#,
                #"{"type":"function_call","id":"fc_2","call_id":"call_2","name":"now","arguments":"","status":"completed"}"#,
            ]
            : [
                #"{"type":"message","id":"m_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":\#(JSONValue.string(text).line),"annotations":[]}]}"#
            ]
        let whole =
            #"{"id":"resp_1","object":"response","status":"completed","model":\#((body["model"] ?? "").line),"output":[\#(items.joined(separator: ","))],"error":null,"usage":\#(usage)}"#
        if body["stream"]?.truth == true {
            var events = [
                #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":\#((body["model"] ?? "").line)}}"#
            ]
            for (index, item) in items.enumerated() {
                events.append(#"{"type":"response.output_item.added","output_index":\#(index),"item":\#(item)}"#)
                if !calls {
                    for piece in AnthropicAnswers.halves(text) {
                        events.append(
                            #"{"type":"response.output_text.delta","output_index":0,"delta":\#(JSONValue.string(piece).line)}"#
                        )
                    }
                }
                events.append(#"{"type":"response.output_item.done","output_index":\#(index),"item":\#(item)}"#)
            }
            events.append(#"{"type":"response.completed","response":\#(whole)}"#)
            return style.reply(events, named: true, headers: ["x-request-id": "req_1"])
        }
        return Reply(json: whole, headers: ["x-request-id": "req_1"])
    }

    // MARK: Embeddings

    /// The vector of a text: its length, its first byte, and one.
    static func vector(_ text: String) -> [Float] { [Float(text.utf8.count), Float(text.utf8.first ?? 0), 1] }

    static func embeddings(_ body: JSONValue) -> Reply {
        let texts = body["input"]?.text.map { [$0] } ?? (body["input"]?.items ?? []).compactMap(\.text)
        let isPacked = body["encoding_format"]?.text == "base64"
        // Not in their order: the index tells.
        let items = texts.enumerated().reversed().map { index, text in
            let vector = vector(text)
            let packed = Data(vector.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
            let value =
                isPacked ? "\"\(packed.base64EncodedString())\"" : "[\(vector.map { "\($0)" }.joined(separator: ","))]"
            return #"{"object":"embedding","index":\#(index),"embedding":\#(value)}"#
        }
        let tokens = texts.reduce(0) { $0 + $1.utf8.count / 4 + 1 }
        return Reply(
            json:
                #"{"object":"list","data":[\#(items.joined(separator: ","))],"model":\#((body["model"] ?? "").line),"usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens)}}"#
        )
    }
}
