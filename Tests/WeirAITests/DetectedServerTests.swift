import Synchronization
import Testing
import WeirCore

@testable import WeirAI

@Suite("Servers of one's own, and what they say of themselves")
struct DetectedServerTests {
    static let llama = """
        {"models":[{"name":"smollm","capabilities":["completion"]}],"object":"list",
        "data":[{"id":"smollm","object":"model","owned_by":"llamacpp","meta":{"n_ctx_train":8192}}]}
        """
    static let vllm = #"{"data":[{"id":"qwen","owned_by":"vllm","max_model_len":32768},{"id":"other"}]}"#
    static let ollama = #"{"object":"list","data":[{"id":"llama3:8b","owned_by":"library"}]}"#

    /// Answers as such a server does, and counts what it was asked.
    final class Server: Exchanger {
        let list: String
        let status: Int
        let asked = Mutex<[String]>([])
        let bodies = Mutex<[JSONValue]>([])

        init(_ list: String, status: Int = 200) {
            self.list = list
            self.status = status
        }

        func exchange(
            _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
        ) async throws {
            let path = String(request.url.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" })
            asked.withLock { $0.append(path) }
            switch path {
            case "/v1/models": try await take(WireHead(status: status), Array(list.utf8))
            case "/props":
                try await take(
                    WireHead(status: 200), Array(#"{"default_generation_settings":{"n_ctx":4096}}"#.utf8))
            default:
                bodies.withLock { $0.append(JSONValue(parsing: request.body) ?? .null) }
                let answer = #"""
                    {"id":"1","model":"m","choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],
                    "usage":{"prompt_tokens":9,"completion_tokens":1}}
                    """#
                try await take(WireHead(status: 200), Array(answer.utf8))
            }
        }
    }

    private func client(_ server: Server) async throws -> AIClient {
        var settings = AISettings()
        settings.providers = [
            ProviderSettings(name: "own", type: .openAICompatible, baseURL: "http://127.0.0.1:1/v1")
        ]
        settings.cache.isOn = false
        return try await AIClient(settings: settings, store: nil, exchanger: server)
    }

    @Test(
        "each is known by its list of models",
        arguments: [
            (llama, DetectedServer.Kind.llamaCpp), (vllm, .vLLM), (ollama, .ollama),
            (#"{"data":[{"id":"x"}]}"#, .other),
            ("[]", .other), (#"{"data":[{"id":7,"owned_by":[]}]}"#, .other),
        ])
    func kinds(list: String, kind: DetectedServer.Kind) throws {
        #expect(DetectedServer(try #require(JSONValue(parsing: list))).kind == kind)
    }

    @Test("it is asked once, and its context and ways are known after that")
    func once() async throws {
        let server = Server(Self.llama)
        let client = try await client(server)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try? await client.complete(AIRequest(model: "smollm", messages: [.user("hi")])) }
            }
        }
        let asked = server.asked.withLock { $0 }
        #expect(asked.filter { $0 == "/v1/models" }.count == 1)
        #expect(asked.filter { $0 == "/props" }.count == 1)
        #expect(asked.filter { $0.hasSuffix("completions") }.count == 8)
        let found = try #require(await client.detectedServer(of: "own"))
        #expect(found.models.first?.context == 4096)
        #expect(found.models.first?.supportsVision == false)
    }

    @Test(
        "where the server does not enforce a required call of a tool, the caller is told",
        arguments: [(vllm, true), (ollama, false)])
    func toolChoice(list: String, isEnforced: Bool) async throws {
        let server = Server(list)
        var request = AIRequest(model: "own/qwen", messages: [.user("hi")])
        request.tools = [AITool(name: "look", description: "", schema: ["type": "object"])]
        request.toolChoice = .required
        let answer = try await client(server).complete(request)
        #expect(server.bodies.withLock { $0.first }?["tool_choice"] == "required")
        #expect(answer.warnings.isEmpty == isEnforced)
    }

    @Test("a prompt that Ollama cut without a word is told of")
    func truncated() async throws {
        let long = AIRequest(model: "own/llama3:8b", messages: [.user(String(repeating: "many words ", count: 3_000))])
        #expect(try await client(Server(Self.ollama)).complete(long).warnings.map(\.code) == ["ai.truncated-prompt"])
        #expect(try await client(Server(Self.llama)).complete(long).warnings.isEmpty)
    }

    @Test("a server that says nothing of itself is called all the same, and is not asked before every call")
    func silent() async throws {
        let server = Server("<html>", status: 404)
        let client = try await client(server)
        for _ in 0..<2 {
            #expect(try await client.complete(AIRequest(model: "x", messages: [.user("hi")])).text == "ok")
        }
        #expect(await client.detectedServer(of: "own") == nil)
        #expect(await client.detectedServer(of: "nobody") == nil)
        #expect(server.asked.withLock { $0 }.filter { $0 == "/v1/models" }.count == 1)
    }
}
