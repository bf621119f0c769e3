import Foundation
import WeirCore

/// Batches of Vertex AI, whose questions and answers lie in Cloud Storage.
enum VertexBatchAnswers {
    static func isOne(_ received: Received) -> Bool { received.path.contains("/batchPredictionJobs") }

    static func answer(_ received: Received, _ body: JSONValue, _ box: Answers.Box) -> Reply {
        let parent = String(received.path.dropFirst("/v1/".count)).components(separatedBy: "/batchPredictionJobs")[0]
        let last = received.path.split(separator: "/").last.map(String.init) ?? ""
        if last == "batchPredictionJobs" {
            return received.method == "POST" ? create(body, parent, box) : list(received.query, parent, box)
        }
        if last.hasSuffix(":cancel") {
            box.withLockedValue { $0.batches[String(last.dropLast(7))]?.isCancelled = true }
            return Reply(json: "{}")
        }
        guard box.withLockedValue({ $0.batches[last] }) != nil else {
            return Reply(404, json: #"{"error":{"code":404,"message":"no such job","status":"NOT_FOUND"}}"#)
        }
        let isOver = BatchAnswers.poll(last, box)
        if isOver { finish(last, box) }
        return Reply(json: job(last, parent, isOver: isOver, box))
    }

    private static func create(_ body: JSONValue, _ parent: String, _ box: Answers.Box) -> Reply {
        guard body["inputConfig"]?["instancesFormat"]?.text == "jsonl",
            body["outputConfig"]?["predictionsFormat"]?.text == "jsonl",
            body["model"]?.text?.hasPrefix("publishers/google/models/") == true,
            let input = body["inputConfig"]?["gcsSource"]?["uris"]?[0]?.text,
            let output = body["outputConfig"]?["gcsDestination"]?["outputUriPrefix"]?.text
        else {
            return Reply(
                400, json: #"{"error":{"code":400,"message":"the job is not whole","status":"INVALID_ARGUMENT"}}"#)
        }
        let bytes = box.withLockedValue { $0.objects[String(input.dropFirst(5))] }
        let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").compactMap {
            JSONValue(parsing: String($0))
        }
        let name = BatchAnswers.create(
            lines.compactMap { $0["key"]?.text }, "77", box, called: body["displayName"]?.text)
        box.withLockedValue { state in
            state.batches[name]?.lines = lines
            state.batches[name]?.output = output
            // As at the real one, the job is made and fails then.
            if bytes == nil { state.batches[name]?.fate = .failed }
        }
        return Reply(json: job(name, parent, isOver: false, box))
    }

    private static func list(_ query: String, _ parent: String, _ box: Answers.Box) -> Reply {
        let wanted = (query.removingPercentEncoding ?? "").firstMatch(of: /display_name="([^"]*)"/).map { String($0.1) }
        let names = BatchAnswers.list(box).filter { $0.1.output != nil && (wanted == nil || $0.1.name == wanted) }.map(
            \.0)
        if names.isEmpty { return Reply(json: "{}") }
        // Nobody promises an order.
        let jobs = names.reversed().map { job($0, parent, isOver: false, box) }
        return Reply(json: #"{"batchPredictionJobs":[\#(jobs.joined(separator: ","))]}"#)
    }

    private static func job(_ name: String, _ parent: String, isOver: Bool, _ box: Answers.Box) -> String {
        guard let batch = box.withLockedValue({ $0.batches[name] }) else { return "{}" }
        let state: String
        var rest = ""
        if !isOver {
            state = batch.polls == 0 ? "JOB_STATE_PENDING" : "JOB_STATE_RUNNING"
        } else if batch.isCancelled {
            state = "JOB_STATE_CANCELLED"
        } else {
            switch batch.fate {
            case .done, .empty: state = "JOB_STATE_SUCCEEDED"
            case .partial: state = "JOB_STATE_PARTIALLY_SUCCEEDED"
            case .expired: state = "JOB_STATE_EXPIRED"
            case .failed:
                state = "JOB_STATE_FAILED"
                rest = #","error":{"code":3,"message":"the input could not be read"}"#
            }
        }
        if isOver { rest += #","outputInfo":{"gcsOutputDirectory":"\#(batch.output ?? "")/prediction-model-1"}"# }
        return
            #"{"name":"\#(parent)/batchPredictionJobs/\#(name)","displayName":"\#(batch.name ?? "")","state":"\#(state)","createTime":"\#(UTC.text(batch.createdAt))"\#(rest)}"#
    }

    /// Writes the answers, in the reverse order of the questions.
    private static func finish(_ name: String, _ box: Answers.Box) {
        box.withLockedValue { state in
            guard let batch = state.batches[name], let output = batch.output, !batch.isWritten else { return }
            state.batches[name]?.isWritten = true
            let folder = "\(output.dropFirst(5))/prediction-model-1"
            state.objects["\(folder)/errors_stats.jsonl"] = Array(#"{"none":0}"#.utf8)
            let count = batch.answered
            if batch.fate == .failed || count == 0 { return }
            let lines = batch.lines.prefix(count).reversed().map(line)
            state.objects["\(folder)/predictions.jsonl"] = Array((lines.joined(separator: "\n") + "\n").utf8)
        }
    }

    private static func line(_ question: JSONValue) -> String {
        let request = question["request"] ?? .null
        // With vectors the key comes back, with conversations the request alone.
        let isEmbedding = request["content"] != nil
        let key = isEmbedding ? #""key":\#((question["key"] ?? .null).line),"# : ""
        let head = #"{\#(key)"processed_time":"2026-11-28T10:00:00.000+00:00","request":\#(request.line)"#
        if request.line.contains("MAKE-400") {
            let error =
                #"Bad Request: {"error": {"code": 400, "message": "this text cannot be worked on", "status": "INVALID_ARGUMENT"}}"#
            return #"\#(head),"response":{},"status":\#(JSONValue.string(error).line)}"#
        }
        if isEmbedding {
            let text = request["content"]?["parts"]?[0]?["text"]?.text ?? ""
            return
                #"\#(head),"response":{"embedding":{"values":[\#(GoogleAnswers.numbers(text))]},"usageMetadata":{"promptTokenCount":\#(text.utf8.count)}},"status":""}"#
        }
        let text =
            request.line.contains("<data ")
            ? RowAnswers.text(request) : "answer \(Answers.lastText(request["contents"]))"
        return
            #"\#(head),"response":{"candidates":[{"content":{"role":"model","parts":[{"text":\#(JSONValue.string(text).line)}]},"finishReason":"STOP"}],"modelVersion":"gemini-2.5-flash","usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":10}},"status":""}"#
    }
}
