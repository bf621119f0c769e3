import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite("Asking a second time when an answer is late", .timeLimit(.minutes(2)))
struct HedgingTests {
    private func lab(hedge: Duration?) async throws -> Lab {
        try await Lab({ $0.retry.hedgeAfter = hedge }, clock: .system)
    }

    private func slow(_ text: String, _ delay: Duration) -> Reply {
        var reply = Reply(
            json:
                #"{"id":"c","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        )
        reply.delay = delay
        return reply
    }

    @Test("off by default: a late answer is waited for")
    func off() async throws {
        let lab = try await lab(hedge: nil)
        lab.server.next(slow("late", .milliseconds(300)))
        #expect(try await lab.client.complete(.asking("openai/gpt-4o-mini")).text == "late")
        #expect(lab.server.count == 1)
        await lab.server.stop()
    }

    @Test("the first answer counts, and both calls stand in the ledger")
    func second() async throws {
        let lab = try await lab(hedge: .milliseconds(50))
        lab.server.next(slow("late", .seconds(20)), slow("soon", .zero))
        #expect(try await lab.client.complete(.asking("openai/gpt-4o-mini")).text == "soon")
        #expect(lab.server.count == 2)
        for _ in 0..<100 where try await lab.rows().count < 2 { try await Task.sleep(for: .milliseconds(20)) }
        let statuses = try await lab.rows().map(\.status)
        #expect(Set(statuses) == [.done, .cancelled])
        await lab.server.stop()
    }

    @Test("an answer in time is asked for once; a refusal is not waited over")
    func inTime() async throws {
        let lab = try await lab(hedge: .seconds(30))
        #expect(try await lab.client.complete(.asking("openai/gpt-4o-mini")).text == "echo: hello")
        lab.server.next(Reply(400, json: #"{"error":{"message":"no","type":"invalid_request_error"}}"#))
        #expect(await lab.failure(.asking("openai/gpt-4o-mini", "x"))?.code == "ai.bad-request")
        #expect(lab.server.count == 2)
        await lab.server.stop()
    }

    @Test("an answer that comes packed is unpacked")
    func gzip() async throws {
        let lab = try await lab(hedge: nil)
        let packed =
            "H4sIAAAAAAACAz2NSwrDMAxE7zLrFErbla9SSjC2mpjEkokUKATfvcqiXWmYz9OBkhGQMKBKptX11OzykEstXNxNs5REivA8UDjTB+HqXVKNEyEc2GT1i6ha1CLbuRE2chWwc4tpoYw+4O1AnceNogp7piYN/TVg/6HaJrXZaLIQ+8f7SaptJSvCf/fW+xfOZhhZtQAAAA=="
        let bytes = try #require(Data(base64Encoded: packed))
        lab.server.next(
            Reply(
                200, headers: ["content-type": "application/json", "content-encoding": "gzip"], pieces: [Array(bytes)]))
        #expect(try await lab.client.complete(.asking("openai/gpt-4o-mini")).text == "unpacked")
        await lab.server.stop()
    }
}
