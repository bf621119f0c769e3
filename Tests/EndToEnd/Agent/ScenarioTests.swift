import Foundation
import StandIn
import Testing
import WeirAI
import WeirAgent
import WeirCore

@Suite("Scenarios of broken projects", .serialized)
struct ScenarioTests {
    static let folder = "\(Repository.root)/Tests/Scenarios"
    static let names: [String] = (try? Scenario.all(in: folder).map(\.name)) ?? []

    private func scenario(_ name: String) throws -> Scenario {
        try #require(try Scenario.all(in: Self.folder).first { $0.name == name })
    }

    @Test("there are twelve, and all can be read")
    func all() throws { #expect(try Scenario.all(in: Self.folder).count == 12) }

    @Test("is broken before anybody comes: its check can fail", arguments: names)
    func broken(name: String) async throws {
        let scenario = try scenario(name)
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-broken-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try ScenarioLab.prepare(scenario, in: folder)
        if scenario.runsBefore { try await ScenarioLab.build(folder) }
        let failed = await ScenarioLab.examine(scenario, in: folder)
        #expect(failed.contains { !$0.hasPrefix("it is tested") }, "\(failed)")
    }

    @Test("is mended by the recorded agent, through a provider's wire, and the state shows it", arguments: names)
    func mended(name: String) async throws {
        let scenario = try scenario(name)
        let server = try await StandIn()
        server.play(try String(contentsOfFile: scenario.recording, encoding: .utf8))
        var settings = AISettings()
        settings.providers = [
            ProviderSettings(name: "claude", type: .anthropic, key: Secret(StandIn.key), baseURL: server.url)
        ]
        var request = SessionRequest()
        request.model = "claude/claude-haiku-4-5"
        let score = try await ScenarioLab(settings: settings, request: request).run(scenario)
        #expect(score.solved && score.status == "done" && score.error == nil, "\(score)")
        #expect(server.unsaid == 0, "the agent ended before its recording did")
        await server.stop()
    }

    @Test("an agent that only talks solves nothing")
    func talker() async throws {
        let scenario = try scenario("join-fan-out")
        let server = try await StandIn()
        server.play(
            #"{"type":"task","text":"\#(scenario.task)"}"# + "\n"
                + #"{"type":"answer","content":[{"text":"All is mended, every test passes."}]}"#)
        var settings = AISettings()
        settings.providers = [
            ProviderSettings(name: "claude", type: .anthropic, key: Secret(StandIn.key), baseURL: server.url)
        ]
        var request = SessionRequest()
        request.model = "claude/claude-haiku-4-5"
        let score = try await ScenarioLab(settings: settings, request: request).run(scenario)
        #expect(!score.solved && score.failed.count == 3, "\(score)")
        await server.stop()
    }
}
