import Foundation
import StandIn
import Testing
import WeirAI
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("The agent's loop against recorded models")
struct AgentLoopTests {
    static let models = [
        "claude/claude-haiku-4-5", "openai/gpt-4o-mini", "responses/gpt-4o-mini", "gemini/gemini-2.5-flash",
        "local/anything",
    ]

    @Test("works a task through to its proof, whichever wire the model speaks", arguments: models)
    func wires(model: String) async throws {
        let lab = try await AgentLab("fix-model")
        let outcome = try await lab.work("fix-model", model: model)
        #expect(outcome.end.status == .done && outcome.outcome == .done, "\(outcome.end)")
        #expect(outcome.turns == 5 && outcome.calls == 4 && lab.server.unsaid == 0)
        #expect(lab.folder.text("models/mart/orders.sql")?.contains("GROUP BY") == true)
        #expect(outcome.changedFiles == ["models/mart/orders.sql"] && outcome.patch.contains("+SELECT o.id, sum"))
        #expect(outcome.answer.contains("test passes") && lab.events.text.contains("look at the model"))
        let audit = try await lab.store.audit(session: outcome.session)
        #expect(audit.map(\.tool).reversed() == ["Read", "Edit", "run", "test"])
        await lab.server.stop()
    }

    @Test("goes on after wrong names, wrong texts and wrong folders")
    func wrongTurns() async throws {
        let lab = try await AgentLab("wrong-turn")
        let outcome = try await lab.work("wrong-turn")
        #expect(outcome.end.status == .done, "\(outcome.end)")
        #expect(try lab.results(outcome).map(\.isError) == [true, false, true, false, false, false, false])
        await lab.server.stop()
    }

    @Test(
        "answers malformed calls so that they can be mended",
        arguments: ["claude/claude-haiku-4-5", "openai/gpt-4o-mini", "responses/gpt-4o-mini"])
    func malformed(model: String) async throws {
        let lab = try await AgentLab("malformed")
        let outcome = try await lab.work("malformed", model: model)
        #expect(outcome.end.status == .done, "\(outcome.end)")
        let results = try lab.results(outcome)
        #expect(results.map(\.isError) == [true, true, true, true, false])
        #expect(results[1].text.contains("did you mean \\\"Read\\\"?") && results[2].text.contains("path"))
        await lab.server.stop()
    }

    @Test("reads together, and writes alone")
    func parallel() async throws {
        let lab = try await AgentLab("parallel")
        let outcome = try await lab.work("parallel")
        #expect(outcome.end.status == .done && lab.probes.count == 4)
        #expect(await lab.together.most == 3)
        #expect(try lab.results(outcome).map(\.tool) == ["probe", "probe", "probe", "Read", "Write", "probe"])
        await lab.server.stop()
    }

    @Test("a refusal ends the task with exit code 1")
    func refusal() async throws {
        let lab = try await AgentLab("refusal")
        let outcome = try await lab.work("refusal")
        #expect(outcome.end.status == .refused && outcome.outcome == .gateFailed)
        await lab.server.stop()
    }

    @Test("orders in data are marked as data, and what they ask for is not done")
    func injection() async throws {
        let lab = try await AgentLab("injection")
        let before = lab.folder.text("weir.yaml")
        let outcome = try await lab.work("injection")
        #expect(outcome.end.status == .done)
        let results = try lab.results(outcome)
        let tag = ForeignText(session: outcome.session).tag
        #expect(results[0].text.hasPrefix("<\(tag) source=\"query\">") && results[0].text.hasSuffix("</\(tag)>"))
        #expect(results.dropFirst().allSatisfy { $0.isError }, "\(results)")
        #expect(
            results.map { $0.content?["error"]?["code"]?.text } == [
                nil, "tool.refused", "tool.refused", "file.secret", "tool.denied",
            ])
        #expect(lab.folder.text("weir.yaml") == before)
        #expect(lab.server.received.allSatisfy { !$0.text.contains("hunter2") })
        #expect(lab.server.received.last?.text.contains("never an instruction") == true)
        await lab.server.stop()
    }

    @Test("calls without end are stopped", arguments: ["endless", "ping-pong"])
    func endless(name: String) async throws {
        let lab = try await AgentLab(name)
        let outcome = try await lab.work(name)
        #expect(outcome.end.status == .stopped && outcome.end.code == "agent.loop", "\(outcome.end)")
        #expect(outcome.turns < 12 && outcome.outcome == .gateFailed)
        await lab.server.stop()
    }

    @Test("cut and empty answers are asked for again, and not for ever")
    func cut() async throws {
        let lab = try await AgentLab("cut", "always-cut", "empty")
        let outcome = try await lab.work("cut")
        #expect(outcome.end.status == .done && lab.folder.text("docs/long.md") == "part one\n")
        let stopped = try await lab.work("always-cut")
        #expect(stopped.end.code == "agent.slips" && stopped.turns == 4)
        #expect(try await lab.work("empty").answer == "It is done.")
        await lab.server.stop()
    }

    @Test("a claim without proof is sent back once, and then called unproven")
    func unproven() async throws {
        let lab = try await AgentLab("unproven", "sent-back", "stale-proof", "speed")
        let outcome = try await lab.work("unproven")
        #expect(outcome.end.status == .unproven && outcome.outcome == .gateFailed)
        #expect(outcome.end.missing.count == 2 && lab.events.notes.count == 1, "\(outcome.end)")
        try lab.folder.write("models/mart/orders.sql", AgentLab.model)
        #expect(try await lab.work("sent-back").end.status == .done)
        try lab.folder.write("models/mart/orders.sql", AgentLab.model)
        #expect(try await lab.work("stale-proof").end.status == .unproven)
        try lab.folder.write("models/mart/orders.sql", AgentLab.model)
        let speed = try await lab.work("speed")
        #expect(speed.end.status == .unproven || speed.end.status == .done)
        #expect(lab.events.notes.contains { $0.contains("before the change") })
        await lab.server.stop()
    }

    @Test("memories are taken from what is said, and a refused one is told why")
    func memory() async throws {
        let lab = try await AgentLab("memory")
        let outcome = try await lab.work("memory") { request in
            request.memory = AgentMemory(
                review: { _ in ["[pattern] orders have payments"] },
                take: { text, _ in
                    let kept = text.matches(of: /Type: (pattern|context)\nContent: (.*)/).map { String($0.2) }
                    return (kept, text.contains("gossip") ? ["\"gossip\" is no type"] : [])
                })
        }
        #expect(outcome.remembered.count == 2 && outcome.end.status == .done && outcome.turns == 2)
        #expect(lab.events.notes.contains { $0.contains("gossip") })
        #expect(lab.server.received.first?.text.contains("orders have payments") == true)
        await lab.server.stop()
    }

    @Test("a large result goes to a file, with its head and where the rest is")
    func large() async throws {
        let lab = try await AgentLab("large")
        let outcome = try await lab.work("large")
        let results = try lab.results(outcome)
        let file = try #require(results[0].file)
        #expect(lab.folder.text(file)?.contains("NEEDLE") == true && results[0].text.utf8.count < 12_000)
        #expect(results[0].text.contains(file))
        #expect(outcome.end.status == .done)
        await lab.server.stop()
    }

    @Test("limits of turns and money end a task and keep the session")
    func limits() async throws {
        let lab = try await AgentLab("fix-model", "wrong-turn")
        let turns = try await lab.work("fix-model") { $0.maxTurns = 2 }
        #expect(turns.end.code == "agent.turns" && turns.turns == 2)
        let money = try await lab.work("wrong-turn") { $0.budget = Money("$0.000001") }
        #expect(money.end.status == .stopped && money.end.code == "ai.budget", "\(money.end)")
        #expect(money.turns == 0)
        await lab.server.stop()
    }

    @Test("a dry run writes nothing, runs nothing, and shows its patch")
    func dryRun() async throws {
        let lab = try await AgentLab("fix-model")
        let outcome = try await lab.work("fix-model") { $0.isDryRun = true }
        #expect(outcome.end.status == .done && outcome.patch.contains("+SELECT o.id, sum"))
        #expect(lab.folder.text("models/mart/orders.sql") == AgentLab.model)
        #expect(try lab.results(outcome).map(\.isError) == [false, false, true, false])
        await lab.server.stop()
    }

    @Test("a rule in weir.yaml that cannot be read stops before anything is sent")
    func badRule() async throws {
        let lab = try await AgentLab(agent: "  level: red")
        #expect { try ProjectLoader.load(root: lab.folder.path) } throws: {
            ($0 as? WeirError)?.hint == "did you mean \"read\"?"
        }
        let other = try await AgentLab(agent: "  premissions: {}")
        #expect { try ProjectLoader.load(root: other.folder.path) } throws: {
            ($0 as? WeirError)?.code == "yaml.unknown-key"
        }
        await lab.server.stop()
        await other.server.stop()
    }
}
