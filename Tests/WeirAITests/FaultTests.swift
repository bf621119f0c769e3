import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite("Faults of real services")
struct FaultTests {
    static func error(_ type: String, code: String = "") -> String {
        #"{"type":"error","error":{"type":"\#(type)","code":"\#(code)","message":"told by the server"}}"#
    }

    @Test("faults that pass are tried again, each try with a row in the ledger")
    func passing() async throws {
        let faults: [Reply] = [
            Reply(429, json: Self.error("rate_limit_error"), headers: ["retry-after": "1"]),
            Reply(429, json: Self.error("rate_limit_error"), headers: ["retry-after-ms": "900"]),
            Reply(529, json: Self.error("overloaded_error")), Reply(500, json: Self.error("api_error")),
            Reply(503, pieces: [Array("<html>busy</html>".utf8)]),
        ]
        for fault in faults {
            let lab = try await Lab()
            lab.server.next(fault)
            let answer = try await lab.client.complete(.asking("claude/claude-haiku-4-5"))
            #expect(answer.attempts == 2)
            let rows = try await lab.rows()
            #expect(rows.map(\.status) == [.failed, .done])
            #expect(rows[0].cost == 0 && rows[0].httpStatus == fault.status)
            #expect(rows[0].callID == rows[1].callID)
            await lab.server.stop()
        }
    }

    @Test("three server faults end the call")
    func three() async throws {
        let lab = try await Lab()
        for _ in 0..<3 { lab.server.next(Reply(500, json: Self.error("api_error"))) }
        let error = await lab.failure(.asking("claude/claude-haiku-4-5"))
        #expect(error?.code == "ai.server")
        #expect(lab.server.count == 3)
        #expect(try await lab.rows().count == 3)
        await lab.server.stop()
    }

    static let final: [(String, Reply, String)] = [
        ("claude/claude-haiku-4-5", Reply(401, json: error("authentication_error")), "ai.unauthorized"),
        ("claude/claude-haiku-4-5", Reply(400, json: error("invalid_request_error")), "ai.bad-request"),
        ("claude/claude-haiku-4-5", Reply(404, json: error("not_found_error")), "ai.not-found"),
        ("claude/claude-haiku-4-5", Reply(413, json: error("request_too_large")), "ai.too-large"),
        (
            "claude/claude-haiku-4-5",
            Reply(429, json: error("rate_limit_error"), headers: ["retry-after": "600"]), "ai.rate-limited"
        ),
        (
            "claude/claude-haiku-4-5",
            Reply(500, json: error("api_error"), headers: ["x-should-retry": "false"]), "ai.server"
        ),
        ("openai/gpt-4o-mini", Reply(429, json: error("x", code: "insufficient_quota")), "ai.quota-exhausted"),
        ("openai/gpt-4o-mini", Reply(400, json: error("x", code: "context_length_exceeded")), "ai.context-overflow"),
        ("openai/gpt-4o-mini", Reply(pieces: [Array("<html>sign in</html>".utf8)]), "ai.garbled"),
        ("local/any", Reply(400, json: #"{"error":"just a text"}"#), "ai.bad-request"),
        (
            "gemini/gemini-2.5-flash",
            Reply(
                429,
                json:
                    #"[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]}]}}]"#
            ),
            "ai.quota-exhausted"
        ),
    ]

    @Test("faults that stay are not tried again", arguments: 0..<11)
    func staying(_ index: Int) async throws {
        let (model, reply, code) = Self.final[index]
        let lab = try await Lab()
        lab.server.next(reply)
        let error = await lab.failure(.asking(model))
        #expect(error?.code == code)
        #expect(lab.server.count == 1)
        #expect(error?.hint != nil)
        await lab.server.stop()
    }

    @Test("Gemini's own delay is waited for")
    func geminiDelay() async throws {
        let lab = try await Lab()
        lab.server.next(
            Reply(
                429,
                json:
                    #"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}"#
            ))
        let began = lab.client.clock.now()
        _ = try await lab.client.complete(.asking("gemini/gemini-2.5-flash"))
        #expect(lab.client.clock.now() - began >= .seconds(34))
        await lab.server.stop()
    }

    @Test("a stream that is cut is no success, and what it used is accounted for", arguments: Lab.models)
    func cut(_ model: String) async throws {
        let lab = try await Lab()
        var style = StreamStyle()
        style.isCut = true
        lab.server.set(style: style)
        do {
            _ = try await lab.events(.asking(model))
            Issue.record("a stream that was cut ended well")
        } catch let error as WeirError {
            #expect(error.code == "ai.cut")
        }
        // Text had been delivered, so that it must not be begun again.
        let rows = try await lab.rows()
        #expect(rows.count == (model.hasPrefix("gemini") ? 3 : 1))
        #expect(rows.allSatisfy { $0.status == .failed && $0.inputUncached > 0 })
        await lab.server.stop()
    }

    @Test("an error inside a stream fails the call after text, and is tried again before it")
    func errorInStream() async throws {
        let text =
            #"event: content_block_start\#ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\#n\#nevent: content_block_delta\#ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"}}\#n\#n"#
        let fault = #"event: error\#ndata: {"type":"error","error":{"type":"overloaded_error","message":"m"}}\#n\#n"#
        let headers = ["content-type": "text/event-stream"]
        let lab = try await Lab()
        lab.server.next(Reply(headers: headers, pieces: [Array((text + fault).utf8)]))
        await #expect(throws: WeirError.self) { try await lab.events(.asking("claude/claude-haiku-4-5")) }
        #expect(lab.server.count == 1)
        lab.server.next(Reply(headers: headers, pieces: [Array(fault.utf8)]))
        let events = try await lab.events(.asking("claude/claude-haiku-4-5"))
        #expect(lab.server.count == 3)
        guard case .finish(let answer)? = events.last else {
            Issue.record("no end")
            return
        }
        #expect(answer.text == "echo: hello")
        await lab.server.stop()
    }

    @Test("a stream without usage is estimated and flagged")
    func noUsage() async throws {
        let lab = try await Lab()
        var style = StreamStyle()
        style.tellsUsage = false
        lab.server.set(style: style)
        _ = try await lab.events(.asking("openai/gpt-4o-mini"))
        let row = try await lab.rows().last
        #expect(row?.isUsageMissing == true)
        #expect(row?.inputUncached ?? 0 > 0 && row?.outputTotal ?? 0 > 0)
        await lab.server.stop()
    }

    @Test("a server that is not there, and a wrong key, are told as such; no text shows the key")
    func unreachable() async throws {
        let lab = try await Lab {
            $0.providers[0].baseURL = "http://127.0.0.1:1"
            $0.providers[1].key = Secret("wrong-key-987654321")
        }
        #expect(await lab.failure(.asking("claude/claude-haiku-4-5"))?.code == "ai.unreachable")
        let error = await lab.failure(.asking("openai/gpt-4o-mini"))
        #expect(error?.code == "ai.unauthorized")
        #expect(!"\(String(describing: error))".contains("wrong-key"))
        await lab.server.stop()
    }

    @Test("another model is asked when one is down, and never when the question is wrong")
    func fallback() async throws {
        let lab = try await Lab { $0.fallbacks = ["claude/claude-haiku-4-5": ["openai/gpt-4o-mini"]] }
        for _ in 0..<3 { lab.server.next(Reply(529, json: Self.error("overloaded_error"))) }
        let answer = try await lab.client.complete(.asking("claude/claude-haiku-4-5"))
        #expect(answer.provider == "openai" && answer.attempts == 4)
        #expect(
            try await lab.rows().map(\.model) == [
                "claude-haiku-4-5", "claude-haiku-4-5", "claude-haiku-4-5", "gpt-4o-mini",
            ])
        lab.server.next(Reply(400, json: Self.error("invalid_request_error")))
        #expect(await lab.failure(.asking("claude/claude-haiku-4-5"))?.code == "ai.bad-request")
        await lab.server.stop()
    }

    @Test("who stops listening ends the call, and it stands in the ledger")
    func cancelled() async throws {
        let lab = try await Lab()
        var slow = Reply(
            headers: ["content-type": "text/event-stream"],
            pieces: Array(repeating: Array(": wait\n".utf8), count: 1000))
        slow.delay = .milliseconds(20)
        lab.server.next(slow)
        let task = Task { try await lab.events(.asking("openai/gpt-4o-mini")) }
        while lab.server.count == 0 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        _ = await task.result
        while try await lab.rows().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        let row = try await lab.rows()[0]
        #expect(row.status == .cancelled && row.isUsageMissing)
        await lab.server.stop()
    }
}
