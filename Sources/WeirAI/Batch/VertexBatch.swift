import Foundation
import WeirCore

/// Batches of Vertex AI: the questions lie in Cloud Storage, and the answers come there too. Pure.
///
/// A line of answers has the whole request beside the response, and a `status` that is empty where all went well
/// (https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/batch-prediction-from-cloud-storage). Their order is
/// not that of the questions. A `key` of the input line comes back with embeddings
/// (https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/embeddings/batch-prediction-genai-embeddings),
/// and is not promised for `generateContent`; labels would come back too, but Google advises against one a request. So a
/// line without its key is matched by the request that it repeats.
enum VertexBatch {
    static let input = "input.jsonl"
    static let output = "output"

    /// The folder of one batch.
    static func folder(_ name: String, in bucket: CloudFolder) -> CloudFolder {
        bucket.inside("\(BatchList.mark)-\(name)")
    }

    private static func jobs(_ target: WireTarget) -> String {
        let provider = target.provider
        return
            "\(target.baseURL)/projects/\(provider.project ?? "")/locations/\(provider.location ?? "global")/batchPredictionJobs"
    }

    static func lines(_ items: [AIBatchItem], to target: WireTarget) throws -> [JSONValue] {
        try items.map { item in
            let request: JSONValue
            switch item.question {
            case .conversation(let asked):
                request = try target.provider.wire.encode(asked, to: target, stream: false).body
            case .embedding(let asked): request = EmbeddingWire.vertexLine(asked)
            }
            return ["key": .string(item.id), "request": request]
        }
    }

    static func create(named name: String, in folder: CloudFolder, to target: WireTarget) -> WireRequest {
        .json(
            [
                "displayName": .string("\(BatchList.mark)-\(name)"),
                "model": .string("publishers/google/models/\(target.model)"),
                "inputConfig": [
                    "instancesFormat": "jsonl", "gcsSource": ["uris": [.string(folder.inside(input).uri)]],
                ],
                "outputConfig": [
                    "predictionsFormat": "jsonl",
                    "gcsDestination": ["outputUriPrefix": .string(folder.inside(output).uri)],
                ],
            ], to: jobs(target))
    }

    /// The jobs of one name, of which there is one at most.
    static func list(named name: String?, after page: String?, _ target: WireTarget) -> WireRequest {
        let wanted = name.map { "display_name=\"\(BatchList.mark)-\($0)\"" }
        let filter = wanted?.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { "&filter=\($0)" } ?? ""
        return WireRequest("GET", url: "\(jobs(target))?pageSize=100\(filter)\(page.map { "&pageToken=\($0)" } ?? "")")
    }

    static func status(_ body: JSONValue) -> AIBatchStatus {
        let state: AIBatchStatus.State =
            switch body["state"]?.text {
            case "JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED": .ended
            case "JOB_STATE_FAILED": .failed
            case "JOB_STATE_CANCELLED": .cancelled
            case "JOB_STATE_EXPIRED": .expired
            // Also one that was paused: somebody can resume it.
            default: .pending
            }
        var status = AIBatchStatus(state: state)
        status.message = body["error"]?["message"]?.text
        return status
    }

    /// Files of answers, among those that a job leaves: `predictions.jsonl`, or `prediction.results-00000-of-00002`.
    static func holdsAnswers(_ object: CloudFolder) -> Bool {
        let name = object.path.split(separator: "/").last ?? ""
        return name.hasPrefix("predictions") || name.hasPrefix("prediction.results")
    }

    // MARK: Which answer is whose

    static func key(_ line: JSONValue) -> String? { line["key"]?.text }

    /// What two requests for the same answer share, however the rest of them was written down again.
    private static func mark(_ line: JSONValue) -> String? {
        let request = line["request"]
        return (request?["contents"] ?? request?["content"]).map { Fingerprint.of([$0.line]) }
    }

    /// An answer to none of our questions; the mark is no letter of an id. It was paid all the same.
    static func isStray(_ id: String) -> Bool { id.hasPrefix("?") }

    /// A line with an answer, and not only with what went wrong.
    private static func isAnswer(_ line: JSONValue) -> Bool {
        line["response"]?.fields?.isEmpty == false && line["status"]?.text?.isEmpty != false
    }

    /// Lines of answers with the keys of the questions that they repeat. Equal questions take the answers in turn, and
    /// answers before failures: a question may have been tried again. A failure that is left over then tells nothing.
    static func keyed(_ lines: [JSONValue], by questions: [JSONValue]) -> [JSONValue] {
        let taken = Set(lines.compactMap(key))
        let answered = Set(lines.filter(isAnswer).compactMap(key))
        var waiting: [String: [String]] = [:]
        var failed: [String: [String]] = [:]
        for question in questions.reversed() {
            guard let id = key(question), let mark = mark(question) else { continue }
            waiting[mark, default: []] += taken.contains(id) ? [] : [id]
            if taken.contains(id), !answered.contains(id) { failed[mark, default: []].append(id) }
        }
        var keys = lines.map(key)
        for (number, line) in lines.enumerated() where keys[number] == nil && isAnswer(line) {
            let mark = mark(line) ?? ""
            keys[number] = waiting[mark]?.popLast() ?? failed[mark]?.popLast() ?? "?\(number)"
        }
        for (number, line) in lines.enumerated() where keys[number] == nil {
            let mark = mark(line) ?? ""
            keys[number] = waiting[mark]?.popLast() ?? (waiting[mark] == nil ? "?\(number)" : nil)
        }
        return zip(lines, keys).compactMap { line, key in
            guard let key, case .object(var fields) = line else { return nil }
            fields["key"] = .string(key)
            return .object(fields)
        }
    }

    // MARK: Answers

    /// The fault that a line's `status` tells: words, often with Google's error as JSON behind them.
    static func fault(_ status: String) -> AIFault {
        if let brace = status.firstIndex(of: "{"), let body = JSONValue(parsing: String(status[brace...])),
            body["error"] != nil
        {
            return GeminiFaults.fault(status: nil, body)
        }
        let words = status.lowercased()
        let isRefusal = ["bad request", "invalid_argument", "invalid argument"].contains { words.contains($0) }
        return AIFault(isRefusal ? .badRequest : .server, status)
    }
}
