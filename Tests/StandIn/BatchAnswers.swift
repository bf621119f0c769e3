import Foundation
import WeirCore

/// A batch that is answered when it has been looked at twice.
struct Batch: Sendable {
    var ids: [String]
    /// Bodies of the questions, by id, where they are about rows of a table.
    var rows: [String: JSONValue] = [:]
    var polls = 0
    var isCancelled = false
    /// The client's own name for it.
    var name: String?
    var number = 0
    var fate = BatchFate.done
    /// Lines of its input, where that is a file.
    var lines: [JSONValue] = []
    /// Where Vertex AI writes its answers, and whether it has.
    var output: String?
    var isWritten = false
    var isEmbeddings = false
    let createdAt = Date()

    /// Questions that are answered before it ends.
    var answered: Int {
        switch fate {
        case .done: ids.count
        case .partial, .expired: ids.count / 2
        case .failed, .empty: 0
        }
    }
}

/// How a batch ends.
public enum BatchFate: Sendable {
    case done
    /// Refused as a whole.
    case failed
    /// Some of it is answered, and the time is over.
    case expired
    /// Some of it is answered.
    case partial
    /// It is said to be answered, and nothing is there.
    case empty
}

/// Batches: their answers come in the reverse order, and the second line is an error.
enum BatchAnswers {
    // MARK: Anthropic

    static func anthropic(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let parts = received.path.split(separator: "/").map(String.init)
        if received.method == "POST", parts.count == 3 {
            let requests = body["requests"]?.items ?? []
            let name = create(requests.compactMap { $0["custom_id"]?.text }, "msgbatch_", box)
            if RowAnswers.isRow(received) {
                let rows = requests.compactMap { request in
                    request["custom_id"]?.text.flatMap { id in request["params"].map { (id, $0) } }
                }
                box.withLockedValue {
                    $0.batches[name]?.rows = Dictionary(rows, uniquingKeysWith: { first, _ in first })
                }
            }
            return Reply(json: #"{"id":"\#(name)","type":"message_batch","processing_status":"in_progress"}"#)
        }
        if parts.count == 3 {
            let entries = list(box).map { name, batch in
                #"{"id":"\#(name)","created_at":"\#(UTC.text(batch.createdAt))","request_counts":{"processing":\#(batch.ids.count),"succeeded":0}}"#
            }
            return Reply(json: #"{"data":[\#(entries.joined(separator: ","))],"has_more":false}"#)
        }
        let name = parts.count > 3 ? parts[3] : ""
        if parts.last == "cancel" { return cancel(name, box, #"{"processing_status":"canceling"}"#) }
        if parts.last == "results" {
            let rows = box.withLockedValue { $0.batches[name]?.rows ?? [:] }
            let lines = lines(name, box) { id, isBad in
                isBad && rows.isEmpty
                    ? #"{"custom_id":"\#(id)","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"bad"}}}}"#
                    : #"{"custom_id":"\#(id)","result":{"type":"succeeded","message":{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":\#(JSONValue.string(rows[id].map(RowAnswers.text) ?? "answer \(id)").line)}],"stop_reason":"end_turn","usage":{"input_tokens":100,"output_tokens":10}}}}"#
            }
            return Reply(headers: ["content-type": "application/x-jsonl"], pieces: [Array(lines.utf8)])
        }
        let isOver = poll(name, box)
        // The address names another host, as an attacker's would.
        return Reply(
            json: isOver
                ? #"{"id":"\#(name)","processing_status":"ended","results_url":"https://elsewhere.invalid/v1/messages/batches/\#(name)/results"}"#
                : #"{"id":"\#(name)","processing_status":"in_progress","results_url":null}"#)
    }

    // MARK: OpenAI

    static func file(_ received: Received, _ box: Answers.Box) -> Reply {
        if received.method == "POST" {
            guard received.text.contains("name=\"purpose\"\r\n\r\nbatch") else {
                return Reply(400, json: #"{"error":{"message":"purpose is missing","type":"invalid_request_error"}}"#)
            }
            let lines = received.text.replacing("\r\n", with: "\n").split(separator: "\n").filter { $0.hasPrefix("{") }
            let name = box.withLockedValue { state in
                let name = "file-\(state.files.count + 1)"
                state.files[name] = lines.joined(separator: "\n")
                return name
            }
            return Reply(json: #"{"id":"\#(name)","status":"processed"}"#)
        }
        let parts = received.path.split(separator: "/").map(String.init)
        let name = parts.dropLast().last ?? ""
        let wantsBad = name.hasPrefix("err-")
        let batch = String(name.dropFirst(4))
        if let found = box.withLockedValue({ $0.batches[batch] }), found.isEmbeddings {
            let lines = embeddings(found, wantsBad: wantsBad).joined(separator: "\n")
            return Reply(headers: ["content-type": "application/jsonl"], pieces: [Array(lines.utf8)])
        }
        let lines = lines(batch, box) { id, isBad in
            if isBad != wantsBad { return nil }
            return isBad
                ? #"{"id":"r","custom_id":"\#(id)","response":{"status_code":400,"body":{"error":{"message":"bad","type":"invalid_request_error","code":null}}},"error":null}"#
                : #"{"id":"r","custom_id":"\#(id)","response":{"status_code":200,"request_id":"q","body":{"id":"c","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"answer \#(id)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}},"error":null}"#
        }
        return Reply(headers: ["content-type": "application/jsonl"], pieces: [Array(lines.utf8)])
    }

    static func openAI(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let parts = received.path.split(separator: "/").map(String.init)
        if received.method == "POST", parts.last == "batches" {
            let file = body["input_file_id"]?.text ?? ""
            let lines = box.withLockedValue { $0.files[file] ?? "" }.split(separator: "\n").compactMap {
                JSONValue(parsing: String($0))
            }
            let ids = lines.compactMap { $0["custom_id"]?.text }
            let name = create(ids, "batch_", box, called: body["metadata"]?["weir"]?.text)
            box.withLockedValue { state in
                state.batches[name]?.lines = lines
                state.batches[name]?.isEmbeddings = body["endpoint"]?.text == "/v1/embeddings"
                // Each line is for the endpoint of the batch.
                if lines.contains(where: { $0["url"] != body["endpoint"] }) { state.batches[name]?.fate = .failed }
            }
            return Reply(json: #"{"id":"\#(name)","status":"validating"}"#)
        }
        if parts.last == "batches" {
            let entries = list(box).map { name, batch in
                #"{"id":"\#(name)","created_at":\#(Int(batch.createdAt.timeIntervalSince1970)),"metadata":{"weir":"\#(batch.name ?? "")"}}"#
            }
            return Reply(json: #"{"data":[\#(entries.joined(separator: ","))],"has_more":false}"#)
        }
        if parts.last == "cancel" { return cancel(parts[parts.count - 2], box, #"{"status":"cancelling"}"#) }
        let name = parts.last ?? ""
        let fate = box.withLockedValue { $0.batches[name]?.fate }
        let isOver = poll(name, box)
        if fate == .failed, isOver {
            return Reply(
                json:
                    #"{"id":"\#(name)","status":"failed","output_file_id":null,"error_file_id":null,"errors":{"object":"list","data":[{"code":"mismatched_model","line":1,"message":"the file is not as it must be","param":null}]}}"#
            )
        }
        let word = fate == .expired ? "expired" : "completed"
        return Reply(
            json: isOver
                ? #"{"id":"\#(name)","status":"\#(word)","output_file_id":"out-\#(name)","error_file_id":"err-\#(name)"}"#
                : #"{"id":"\#(name)","status":"in_progress"}"#)
    }

    /// Lines of vectors in the reverse order; what failed or came too late is in the other file.
    private static func embeddings(_ batch: Batch, wantsBad: Bool) -> [String] {
        batch.lines.enumerated().reversed().compactMap { index, line in
            let head = #"{"id":"batch_req_\#(index)","custom_id":\#((line["custom_id"] ?? .null).line)"#
            let body = line["body"] ?? .null
            if index >= batch.answered {
                if batch.fate != .expired || !wantsBad { return nil }
                return
                    #"\#(head),"response":null,"error":{"code":"batch_expired","message":"This request could not be executed before the completion window expired."}}"#
            }
            let isBad = body.line.contains("MAKE-400")
            if isBad != wantsBad { return nil }
            if isBad {
                return
                    #"\#(head),"response":{"status_code":400,"request_id":"q","body":{"error":{"message":"this text cannot be worked on","type":"invalid_request_error","param":null,"code":null}}},"error":null}"#
            }
            let vectors = String(decoding: OpenAIAnswers.embeddings(body).pieces[0], as: UTF8.self)
            return #"\#(head),"response":{"status_code":200,"request_id":"q","body":\#(vectors)},"error":null}"#
        }
    }

    // MARK: Gemini

    static func gemini(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        if received.method == "POST", received.path.contains("/models/") {
            let requests = body["batch"]?["inputConfig"]?["requests"]?["requests"]?.items ?? []
            let called = body["batch"]?["displayName"]?.text
            let name = create(requests.compactMap { $0["metadata"]?["key"]?.text }, "b", box, called: called)
            box.withLockedValue { state in
                state.batches[name]?.lines = requests
                state.batches[name]?.isEmbeddings = received.path.hasSuffix("asyncBatchEmbedContent")
            }
            return Reply(json: #"{"name":"batches/\#(name)","metadata":{"state":"BATCH_STATE_PENDING"}}"#)
        }
        let last = received.path.split(separator: "/").last.map(String.init) ?? ""
        if last == "batches" {
            let entries = list(box).map { name, batch in
                #"{"name":"batches/\#(name)","metadata":{"displayName":"\#(batch.name ?? "")","createTime":"\#(UTC.text(batch.createdAt))"}}"#
            }
            return Reply(json: #"{"operations":[\#(entries.joined(separator: ","))]}"#)
        }
        if last.hasSuffix(":cancel") { return cancel(String(last.dropLast(7)), box, "{}") }
        guard poll(last, box) else {
            return Reply(json: #"{"name":"batches/\#(last)","metadata":{"state":"BATCH_STATE_RUNNING"}}"#)
        }
        let found = box.withLockedValue { $0.batches[last] }
        switch found?.fate {
        case .failed:
            return Reply(
                json:
                    #"{"name":"batches/\#(last)","done":true,"metadata":{"state":"BATCH_STATE_FAILED"},"error":{"code":13,"message":"the batch could not be worked on"}}"#
            )
        // What was done by then is not handed out.
        case .expired:
            return Reply(
                json: #"{"name":"batches/\#(last)","done":true,"metadata":{"state":"BATCH_STATE_EXPIRED"}}"#)
        default: break
        }
        if let found, found.isEmbeddings {
            let lines = found.lines.prefix(found.answered).reversed().map(vectorLine).joined(separator: ",")
            return Reply(
                json:
                    #"{"name":"batches/\#(last)","done":true,"metadata":{"state":"BATCH_STATE_SUCCEEDED"},"response":{"inlinedResponses":{"inlinedResponses":[\#(lines)]}}}"#
            )
        }
        let lines = lines(last, box) { id, isBad in
            isBad
                ? #"{"metadata":{"key":"\#(id)"},"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}"#
                : #"{"metadata":{"key":"\#(id)"},"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"answer \#(id)"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":10}}}"#
        }.split(separator: "\n").joined(separator: ",")
        return Reply(
            json:
                #"{"name":"batches/\#(last)","done":true,"metadata":{"state":"BATCH_STATE_SUCCEEDED"},"response":{"inlinedResponses":{"inlinedResponses":[\#(lines)]}}}"#
        )
    }

    private static func vectorLine(_ line: JSONValue) -> String {
        let key = (line["metadata"] ?? .null).line
        let text = line["request"]?["content"]?["parts"]?[0]?["text"]?.text ?? ""
        if text.contains("MAKE-400") {
            return
                #"{"metadata":\#(key),"error":{"code":400,"message":"this text cannot be worked on","status":"INVALID_ARGUMENT"}}"#
        }
        return
            #"{"metadata":\#(key),"response":{"embedding":{"values":[\#(GoogleAnswers.numbers(text))]},"tokenCount":"\#(text.utf8.count)"}}"#
    }

    // MARK: Common

    static func create(
        _ ids: [String], _ prefix: String, _ box: Answers.Box, called own: String? = nil
    ) -> String {
        box.withLockedValue { state in
            let number = state.batches.count + 1
            let name = "\(prefix)\(number)"
            state.batches[name] = Batch(ids: ids, name: own, number: number, fate: state.fate)
            return name
        }
    }

    /// The newest first.
    static func list(_ box: Answers.Box) -> [(String, Batch)] {
        box.withLockedValue { $0.batches.sorted { $0.value.number > $1.value.number }.map { ($0.key, $0.value) } }
    }

    private static func cancel(_ name: String, _ box: Answers.Box, _ json: String) -> Reply {
        box.withLockedValue { $0.batches[name]?.isCancelled = true }
        return Reply(json: json)
    }

    static func poll(_ name: String, _ box: Answers.Box) -> Bool {
        box.withLockedValue { state in
            state.batches[name]?.polls += 1
            return state.batches[name]?.polls ?? 0 > 1
        }
    }

    private static func lines(
        _ name: String, _ box: Answers.Box, _ line: (String, Bool) -> String?
    ) -> String {
        let ids = box.withLockedValue { $0.batches[name]?.ids ?? [] }
        return ids.enumerated().reversed().compactMap { line($1, $0 == 1) }.joined(separator: "\n")
    }
}
