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
    let createdAt = Date()
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
            let ids = received.text.matches(of: /"custom_id":"([^"]*)"/).map { String($0.output.1) }
            let name = box.withLockedValue { state in
                let name = "file-\(state.files.count + 1)"
                state.files[name] = ids.joined(separator: ",")
                return name
            }
            return Reply(json: #"{"id":"\#(name)","status":"processed"}"#)
        }
        let parts = received.path.split(separator: "/").map(String.init)
        let name = parts.dropLast().last ?? ""
        let wantsBad = name.hasPrefix("err-")
        let batch = String(name.dropFirst(4))
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
            let ids = box.withLockedValue { $0.files[file] ?? "" }.split(separator: ",").map(String.init)
            let name = create(ids, "batch_", box, called: body["metadata"]?["weir"]?.text)
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
        return Reply(
            json: poll(name, box)
                ? #"{"id":"\#(name)","status":"completed","output_file_id":"out-\#(name)","error_file_id":"err-\#(name)"}"#
                : #"{"id":"\#(name)","status":"in_progress"}"#)
    }

    // MARK: Gemini

    static func gemini(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        if received.path.hasSuffix("batchGenerateContent") {
            let requests = body["batch"]?["inputConfig"]?["requests"]?["requests"]?.items ?? []
            let called = body["batch"]?["displayName"]?.text
            let name = create(requests.compactMap { $0["metadata"]?["key"]?.text }, "b", box, called: called)
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

    // MARK: Common

    private static func create(
        _ ids: [String], _ prefix: String, _ box: Answers.Box, called own: String? = nil
    ) -> String {
        box.withLockedValue { state in
            let number = state.batches.count + 1
            let name = "\(prefix)\(number)"
            state.batches[name] = Batch(ids: ids, name: own, number: number)
            return name
        }
    }

    /// The newest first.
    private static func list(_ box: Answers.Box) -> [(String, Batch)] {
        box.withLockedValue { $0.batches.sorted { $0.value.number > $1.value.number }.map { ($0.key, $0.value) } }
    }

    private static func cancel(_ name: String, _ box: Answers.Box, _ json: String) -> Reply {
        box.withLockedValue { $0.batches[name]?.isCancelled = true }
        return Reply(json: json)
    }

    private static func poll(_ name: String, _ box: Answers.Box) -> Bool {
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
