import Testing
import WeirCore

@testable import WeirAI

@Suite("The key of a prediction server")
struct PredictionKeyTests {
    private static var settings: AISettings {
        var settings = AISettings()
        settings.providers = [
            ProviderSettings(
                name: "all", type: .openAICompatible, key: Secret("key-of-all"), baseURL: "https://ai.example"),
            ProviderSettings(
                name: "one", type: .openAICompatible, key: Secret("secret-of-mine"),
                baseURL: "https://ai.example/v2/models"),
            ProviderSettings(name: "none", type: .openAICompatible, key: Secret("key-of-none"), baseURL: ""),
        ]
        return settings
    }

    @Test(
        "it is that of the provider whose address the server's begins with, and the nearest of several",
        arguments: [
            ("https://ai.example/classify", "all"), ("https://ai.example/v2/models/churn/infer", "one"),
            ("https://ai.example/v2/modelsx/infer", "all"),
        ])
    func found(url: String, name: String) {
        #expect(Self.settings.provider(of: url)?.name == name)
    }

    @Test(
        "no other host gets one, however its name begins",
        arguments: [
            "https://ai.example.evil/classify", "https://ai.example@evil/classify", "https://ai.example:8443/classify",
            "http://ai.example/classify", "https://ai.examples/classify", "/classify", "",
            "https://evil/https://ai.example/classify", "https://ai.example\\@evil/classify",
        ])
    func others(url: String) {
        #expect(Self.settings.provider(of: url) == nil)
    }

    @Test("an error does not repeat what the server says of the key")
    func told() async throws {
        let settings = Self.settings
        let client = try await AIClient(settings: settings, store: nil, exchanger: Parrot())
        await #expect {
            try await client.predictor(url: "https://ai.example/v2/models/churn/infer", model: "").predict(
                [PredictionFeature(name: "x", datatype: .number, values: [1])], rows: 1, output: "y")
        } throws: {
            let message = ($0 as? WeirError)?.message ?? ""
            return message.contains("no access with") && !message.contains("secret-of-mine")
        }
    }

    /// Refuses every request, and says with which key it came.
    private struct Parrot: Exchanger {
        func exchange(
            _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
        ) async throws {
            let said = JSONValue.object(["error": .string("no access with \(request.headers["authorization"] ?? "")")])
            try await take(WireHead(status: 403), said.bytes)
        }
    }
}
