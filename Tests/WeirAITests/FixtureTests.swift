import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite("Recorded exchanges")
struct FixtureTests {
    @Test("are replayed byte for byte and hold no key", arguments: Lab.models)
    func replay(_ model: String) async throws {
        let server = try await StandIn()
        var style = StreamStyle()
        style.isByteByByte = true
        server.set(style: style)
        let settings = Lab.settings(server)
        let recorder = Recorder(secrets: settings.secrets)
        let live = try await AIClient(settings: settings, store: nil, exchanger: recorder)
        let whole = try await live.complete(.asking(model, "Zürich"))
        var streamed: [AIEvent] = []
        for try await event in live.stream(.asking(model, "東京")) { streamed.append(event) }
        await server.stop()
        let text = try await recorder.fixture.text()
        #expect(!text.contains(StandIn.key))
        let path = FileManager.default.temporaryDirectory.appending(path: "fixture-\(UUID().uuidString).json").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let replayer = Replayer(try Fixture(path: path), secrets: settings.secrets)
        let again = try await AIClient(settings: settings, store: nil, exchanger: replayer)
        #expect(try await again.complete(.asking(model, "Zürich")).text == whole.text)
        var replayed: [AIEvent] = []
        for try await event in again.stream(.asking(model, "東京")) { replayed.append(event) }
        #expect(replayed == streamed)
        #expect(await replayer.remaining == 0)
        await #expect(throws: WeirError.self) { try await again.complete(.asking(model, "never asked")) }
    }

    @Test("keys in addresses, forms and answers are removed")
    func cleaning() {
        let secret = Secret("s3cret-value")
        #expect(Fixture.cleaned("https://h/x?key=abc&y=1", []) == "https://h/x?key=***&y=1")
        #expect(Fixture.cleaned("grant_type=a&assertion=aaa.bbb.ccc", []) == "grant_type=a&assertion=***")
        #expect(Fixture.cleaned(#"{"access_token":"ya29","n":1}"#, []) == #"{"access_token":"***","n":1}"#)
        #expect(Fixture.cleaned("says s3cret-value", [secret]) == "says ***")
        #expect(
            Fixture.cleaned(["Authorization": "Bearer x", "accept": "y"]) == ["Authorization": "***", "accept": "y"])
    }
}
