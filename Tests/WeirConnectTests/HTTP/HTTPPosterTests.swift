import Foundation
import Testing
import WeirCore

@testable import WeirConnect

@Suite("Posting JSON")
struct HTTPPosterTests {
    static let quick = Backoff(attempts: 3, base: .milliseconds(1), cap: .milliseconds(5))

    private func post(_ url: String, key: Secret? = nil, timeout: Duration = .seconds(10)) -> JSONPost {
        JSONPost(
            url: url, body: Array(#"{"ü":1}"#.utf8), headers: ["X-Test": "yes"], apiKey: key, timeout: timeout,
            backoff: Self.quick)
    }

    private func failure(_ post: JSONPost) async -> WeirError? {
        do {
            _ = try await HTTPPoster().post(post)
            return nil
        } catch { return error as? WeirError }
    }

    @Test("sends the document, its type, the headers and the key")
    func sends() async throws {
        let server = try LoopbackServer([.status("201 Created", body: "fine")])
        let reply = try await HTTPPoster().post(post(server.url + "/api?x=1", key: Secret("sesame-1")))
        #expect(reply == HTTPReply(status: 201, body: Array("fine".utf8), attempts: 1))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /api?x=1 HTTP/1.1\r\n"))
        #expect(request.contains("Authorization: Bearer sesame-1\r\n"))
        #expect(request.contains("Content-Type: application/json\r\n"))
        #expect(request.contains("X-Test: yes\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"ü\":1}"))
    }

    @Test(
        "tries again after faults that pass, with the same document",
        arguments: [
            LoopbackServer.Reply.hangUp, .status("503 Busy"), .status("429 Slow", headers: "Retry-After: 0\r\n"),
            .status("500 Oops"), .stall("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .stall(""),
        ])
    func retries(_ reply: LoopbackServer.Reply) async throws {
        let server = try LoopbackServer([reply, .status("200 OK")])
        let answer = try await HTTPPoster().post(post(server.url, timeout: .seconds(4)))
        #expect(answer.status == 200)
        #expect(answer.attempts == 2)
        #expect(server.requests.last?.hasSuffix("{\"ü\":1}") == true)
    }

    @Test("gives up after its tries, and says that it may go better later")
    func givesUp() async throws {
        let server = try LoopbackServer(Array(repeating: .status("503 Busy", body: "maintenance"), count: 3))
        let error = await failure(post(server.url))
        #expect(error?.code == "http.unavailable")
        #expect(error?.isTransient == true)
        #expect(error?.message.contains("503: maintenance") == true)
        #expect(server.requests.count == 3)
    }

    @Test(
        "does not repeat what was refused",
        arguments: [
            ("400 Bad", "http.refused"), ("401 No", "http.unauthorized"), ("307 Elsewhere", "http.redirected"),
            ("404 None", "http.refused"),
        ])
    func refused(_ status: String, _ code: String) async throws {
        let server = try LoopbackServer([.status(status, headers: "Location: /other\r\n"), .status("200 OK")])
        let error = await failure(post(server.url))
        #expect(error?.code == code)
        #expect(error?.isTransient == false)
        #expect(server.requests.count == 1)
    }

    @Test("a server that is not there, or speaks nonsense, is an error that names it")
    func unreachable() async throws {
        #expect(await failure(post("http://127.0.0.1:1/x"))?.code == "http.unreachable")
        let server = try LoopbackServer(Array(repeating: .bytes("SSH-2.0-nonsense\r\n\r\n"), count: 3))
        #expect(await failure(post(server.url))?.code == "http.unreachable")
    }

    @Test("secrets stand in no message, though the server repeats them")
    func secrets() async throws {
        let server = try LoopbackServer([.status("400 Bad", body: "key sesame-1 is wrong; password=open-up")])
        let url = "http://ana:open-up@127.0.0.1:\(server.port)/x?token=in-query#frag"
        let error = try #require(await failure(post(url, key: Secret("sesame-1"))))
        for secret in ["sesame-1", "open-up", "in-query"] {
            #expect(!"\(error) \(error.hint ?? "")".contains(secret))
        }
        #expect(error.message.contains("/x answered 400"))
        let post = post(url, key: Secret("sesame-1"))
        #expect(!"\(post.apiKey as Any)".contains("sesame-1"))
    }

    @Test("credentials in the address go into a header and not over the wire in the address")
    func basic() async throws {
        let server = try LoopbackServer([.status("200 OK")])
        _ = try await HTTPPoster().post(post("http://ana:p%40ss@127.0.0.1:\(server.port)/x"))
        let request = try #require(server.requests.first)
        #expect(request.contains("Authorization: Basic \(Data("ana:p@ss".utf8).base64EncodedString())"))
        #expect(request.lowercased().contains("host: 127.0.0.1:\(server.port)\r\n"))
    }

    @Test(
        "an address that is none is a mistake of the user",
        arguments: ["", "nonsense", "ftp://x/y", "http://", "https:///x", "http://[/"])
    func badAddress(_ url: String) async {
        let error = await failure(post(url))
        #expect(error?.code == "http.invalid-url")
        #expect(error?.outcome == .wrongUsage)
    }

    @Test("an endless answer is cut")
    func longAnswer() async throws {
        let server = try LoopbackServer([.status("200 OK", body: String(repeating: "x", count: 300_000))])
        #expect(try await HTTPPoster().post(post(server.url)).body.count == 65_536)
    }

    @Test("a cancelled task stops waiting at once")
    func cancelled() async throws {
        let server = try LoopbackServer([.stall("")])
        let posting = Task { try await HTTPPoster().post(post(server.url, timeout: .seconds(600))) }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        posting.cancel()
        await #expect(throws: CancellationError.self) { try await posting.value }
    }
}
