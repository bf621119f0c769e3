import Foundation
import WeirCore

/// Cloud Storage's JSON API, as far as batches need it: upload, list, download, delete.
enum StorageAnswers {
    static func isOne(_ received: Received) -> Bool { received.path.contains("/storage/v1/b/") }

    static func answer(_ received: Received, _ box: Answers.Box) -> Reply {
        let parts = received.path.components(separatedBy: "/storage/v1/b/").last?.components(separatedBy: "/o") ?? []
        let bucket = parts.first ?? ""
        let query = Dictionary(
            received.query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
                .map { ($0[0], $0.count > 1 ? $0[1].removingPercentEncoding ?? "" : "") },
            uniquingKeysWith: { first, _ in first })
        switch box.withLockedValue({ $0.buckets[bucket] }) {
        case nil: return error(404, "The specified bucket does not exist.", "notFound")
        case false?:
            return error(
                403,
                "weir@example.iam does not have storage.objects.create access to the Google Cloud Storage object.",
                "forbidden")
        case true?: break
        }
        if received.path.hasPrefix("/upload/") {
            guard query["uploadType"] == "media", let name = query["name"] else {
                return error(400, "Required parameter: name", "required")
            }
            box.withLockedValue { $0.objects["\(bucket)/\(name)"] = received.body }
            return Reply(json: resource(bucket, name, received.body))
        }
        guard received.path.contains("/o/") else { return list(bucket, query, box) }
        let name = (received.path.components(separatedBy: "/o/").last ?? "").removingPercentEncoding ?? ""
        guard let bytes = box.withLockedValue({ $0.objects["\(bucket)/\(name)"] }) else {
            return error(404, "No such object: \(bucket)/\(name)", "notFound")
        }
        if received.method == "DELETE" {
            box.withLockedValue { $0.objects["\(bucket)/\(name)"] = nil }
            return Reply(204, pieces: [[]])
        }
        guard query["alt"] == "media" else { return Reply(json: resource(bucket, name, bytes)) }
        return Reply(headers: ["content-type": "application/octet-stream"], pieces: [bytes])
    }

    /// Two objects a page, so that there is a second one.
    private static func list(_ bucket: String, _ query: [String: String], _ box: Answers.Box) -> Reply {
        let prefix = "\(bucket)/\(query["prefix"] ?? "")"
        let first = Int(query["pageToken"] ?? "") ?? 0
        let found = box.withLockedValue { state in
            state.objects.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        }
        let page = found.dropFirst(first).prefix(2)
        // An empty list has no `items`.
        if page.isEmpty { return Reply(json: #"{"kind":"storage#objects"}"#) }
        let items = page.map { resource(bucket, String($0.key.dropFirst(bucket.count + 1)), $0.value) }
        let next = first + 2 < found.count ? #","nextPageToken":"\#(first + 2)""# : ""
        return Reply(json: #"{"kind":"storage#objects","items":[\#(items.joined(separator: ","))]\#(next)}"#)
    }

    private static func resource(_ bucket: String, _ name: String, _ bytes: [UInt8]) -> String {
        #"{"kind":"storage#object","bucket":"\#(bucket)","name":\#(JSONValue.string(name).line),"size":"\#(bytes.count)"}"#
    }

    private static func error(_ status: Int, _ message: String, _ reason: String) -> Reply {
        let text = JSONValue.string(message).line
        return Reply(
            status,
            json:
                #"{"error":{"code":\#(status),"message":\#(text),"errors":[{"message":\#(text),"domain":"global","reason":"\#(reason)"}]}}"#
        )
    }
}
