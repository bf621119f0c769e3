import Testing
import WeirCore

@testable import WeirAI

@Suite("What Vertex AI says of a batch, line by line")
struct VertexLineTests {
    @Test("states of jobs, also those that nobody knows")
    func states() {
        let expected: [(String, AIBatchStatus.State)] = [
            ("QUEUED", .pending), ("PENDING", .pending), ("RUNNING", .pending), ("PAUSED", .pending),
            ("CANCELLING", .pending), ("UPDATING", .pending), ("DREAMING", .pending), ("SUCCEEDED", .ended),
            ("PARTIALLY_SUCCEEDED", .ended), ("FAILED", .failed), ("CANCELLED", .cancelled), ("EXPIRED", .expired),
        ]
        for (word, state) in expected {
            #expect(VertexBatch.status(["state": .string("JOB_STATE_\(word)")]).state == state, "\(word)")
        }
        #expect(VertexBatch.status(.null).state == .pending)
    }

    @Test("lines without keys are matched by the request that they repeat, keys or order aside")
    func keys() {
        func line(_ key: String?, _ text: String, fails: Bool = false) -> JSONValue {
            var fields: [String: JSONValue] = [
                "request": ["contents": [["role": "user", "parts": [["text": .string(text)]]]], "extra": "x"],
                "response": fails ? [:] : ["candidates": []], "status": fails ? "Internal error" : "",
            ]
            if let key { fields["key"] = .string(key) }
            return .object(fields)
        }
        let questions = [line("a", "1"), line("b", "2"), line("c", "2"), line("d", "3")]
        let found = VertexBatch.keyed([line(nil, "2"), line("d", "3"), line(nil, "1"), line(nil, "2")], by: questions)
        #expect(found.compactMap(VertexBatch.key) == ["b", "d", "a", "c"])
        // More answers than questions, and one to nobody's.
        #expect(
            VertexBatch.keyed([line(nil, "1"), line(nil, "1"), line(nil, "9"), .null], by: questions).compactMap(
                VertexBatch.key) == ["a", "?1", "?2"])
        #expect(VertexBatch.keyed([line(nil, "1")], by: []).compactMap(VertexBatch.key) == ["?0"])
        // A first try that failed does not take the key of the second; where nothing else came, it has one.
        func named(_ lines: JSONValue...) -> [String] {
            VertexBatch.keyed(lines, by: questions).compactMap { line in
                VertexBatch.key(line).map { line["status"]?.text == "" ? $0 : "-\($0)" }
            }
        }
        #expect(named(line(nil, "1", fails: true), line(nil, "1")) == ["a"])
        #expect(named(line(nil, "2", fails: true), line(nil, "2"), line(nil, "2")) == ["b", "c"])
        #expect(named(line(nil, "2", fails: true), line(nil, "2", fails: true), line(nil, "2")) == ["-c", "b"])
        #expect(named(line("a", "1", fails: true), line(nil, "1")) == ["-a", "a"])
        #expect(named(line("a", "1"), line(nil, "1")) == ["a", "?1"], "paid, and nobody's")
        #expect(named(line(nil, "9", fails: true)) == ["-?0"])
        // Whoever has its key is not given away again.
        #expect(
            VertexBatch.keyed([line("b", "2"), line(nil, "2")], by: questions).compactMap(VertexBatch.key) == [
                "b", "c",
            ])
    }

    @Test("what a line's status means")
    func statuses() {
        let told = VertexBatch.fault(
            #"Bad Request: {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}"#)
        #expect(told.kind == .badRequest && told.message == "no")
        #expect(VertexBatch.fault("INVALID_ARGUMENT: too odd").kind == .badRequest)
        #expect(VertexBatch.fault("Internal error {").kind == .server)
        #expect(VertexBatch.fault(#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"#).kind == .rateLimited)
    }

    @Test("folders of Cloud Storage")
    func folders() throws {
        #expect(CloudFolder("gs://my-bucket")?.uri == "gs://my-bucket")
        #expect(CloudFolder("gs://my-bucket/")?.inside("x").uri == "gs://my-bucket/x")
        #expect(CloudFolder("gs://my.bucket_1/a//b/")?.uri == "gs://my.bucket_1/a/b")
        for wrong in [
            "", "my-bucket", "s3://my-bucket", "gs://", "gs:///a", "gs://My-Bucket", "gs://ab", "gs://a b c/x",
        ] {
            #expect(CloudFolder(wrong) == nil, "\(wrong)")
        }
        let folder = try #require(CloudFolder("gs://my-bucket/ä &?/b"))
        #expect(
            CloudStorage.download(folder, at: "http://h").url
                == "http://h/storage/v1/b/my-bucket/o/%C3%A4%20%26%3F%2Fb?alt=media")
    }
}
