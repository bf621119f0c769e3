import Foundation
import StandIn
import Testing
import WeirAI
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("A session's life")
struct SessionLifeTests {
    static func answer(_ parts: AIContent...) -> SessionRecord {
        let hasCalls = parts.contains { if case .toolCall = $0 { true } else { false } }
        return SessionRecord(
            .answer(
                RecordedAnswer(
                    content: parts, finish: AIFinish(hasCalls ? .toolCalls : .stop, raw: ""), model: "m", provider: "p",
                    inputTokens: 10, outputTokens: 5, cost: Money("$0.01"))))
    }

    static func call(_ name: String, _ arguments: JSONValue, id: String = UUID().uuidString) -> AIContent {
        .toolCall(AIToolCall(id: id, name: name, arguments: arguments))
    }

    @Test("is gone on with where it was, with what was said and proven")
    func resume() async throws {
        let lab = try await AgentLab("fix-model")
        let first = try await lab.work("fix-model") { $0.maxTurns = 3 }
        #expect(first.end.code == "agent.turns")
        // The run was made; only the test is missing.
        lab.server.play(
            #"{"type":"task","text":"Go on then."}"# + "\n"
                + #"{"type":"answer","content":[{"tool_call":{"id":"z1","name":"test","arguments":{}}}]}"# + "\n"
                + #"{"type":"answer","content":[{"text":"Tested."}]}"#)
        let again = try await lab.session { $0.resume = first.session }
        #expect(again.id == first.session)
        // The recording of the first task has answers left, and its task stands in the conversation too.
        let second = try await again.loop.run("Go on then.")
        #expect(second.end.status == .done, "\(second.end)")
        let sent = try #require(lab.server.received.last?.text)
        #expect(sent.contains("Orders are counted twice") && sent.contains("Go on then.") && sent.contains("GROUP BY"))
        #expect(try lab.records(second).count { if case .ended = $0.event { true } else { false } } == 2)
        await lab.server.stop()
    }

    @Test("survives a kill at any byte of its file")
    func torn() async throws {
        let lab = try await AgentLab("fix-model")
        let outcome = try await lab.work("fix-model")
        let path = "\(SessionShelf(root: lab.folder.path).folder)/\(outcome.session).jsonl"
        let whole = try #require(FileManager.default.contents(atPath: path))
        let all = try SessionShelf.read(path)
        for cut in stride(from: 1, to: whole.count, by: max(1, whole.count / 97)) {
            try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
            let read = try SessionShelf.read(path)
            #expect(read.elementsEqual(all.prefix(read.count)))
            // What can be asked next is always a conversation that providers take: no call without its result.
            let messages = Conversation(usesSchema: false, records: read).messages()
            for (index, message) in messages.enumerated() where message.role == .assistant {
                let calls = message.content.compactMap { if case .toolCall(let call) = $0 { call.id } else { nil } }
                let next = index + 1 < messages.count ? messages[index + 1].content : []
                let answered = next.compactMap { if case .toolResult(let result) = $0 { result.id } else { nil } }
                #expect(Set(answered) == Set(calls), "cut at \(cut)")
            }
            let file = try SessionFile(id: outcome.session, folder: SessionShelf(root: lab.folder.path).folder)
            try file.append(.note("after the kill"))
            #expect(try SessionShelf.read(path).last?.event == .note("after the kill"))
        }
        await lab.server.stop()
    }

    @Test("cannot be gone on with by two at once")
    func busy() async throws {
        let lab = try await AgentLab("fix-model")
        let session = try await lab.session()
        await #expect { try await lab.session { $0.resume = session.id } } throws: {
            ($0 as? WeirError)?.code == "agent.session-busy"
        }
        #expect(session.tools.contains("Read"))
        await #expect { try await lab.session { $0.resume = "1999" } } throws: {
            ($0 as? WeirError)?.code == "agent.no-session"
        }
        await lab.server.stop()
    }

    @Test("a step that is stopped leaves a session that goes on")
    func cancel() async throws {
        var lab = try await AgentLab()
        let started = Counted()
        lab.tools.append(
            FakeTool("wait", fields: [], level: .read) { _ in
                started.add()
                try await Task.sleep(for: .seconds(600))
                return ToolAnswer([:])
            })
        let records = [
            Self.answer(Self.call("wait", [:], id: "w1")), Self.answer(.text("Here I am again.")),
        ]
        let model = RecordedModel(records)
        let session = try await lab.session { $0.answerer = model }
        let work = Task { try await session.loop.run("Wait for it") }
        while started.count == 0 { await Task.yield() }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        let outcome = try await session.loop.run("And now?")
        #expect(outcome.end.status == .done && outcome.answer == "Here I am again.")
        let events = try lab.records(outcome).map(\.event)
        #expect(events.contains(.ended(SessionEnd(.cancelled, code: "agent.cancelled", reason: "stopped on request"))))
        #expect(
            events.contains {
                if case .result(let result) = $0 { result.call == "w1" && result.isError } else { false }
            })
        await lab.server.stop()
    }

    @Test("stays within the model's window: old results are cut first, then old turns are summed up")
    func room() async throws {
        let lab = try await AgentLab(agent: "  context_tokens: 6000")
        var records: [SessionRecord] = []
        for index in 0..<30 { records.append(Self.answer(Self.call("flood", ["bytes": .int(6_000 + Int64(index))]))) }
        records.append(Self.answer(.text("All seen.")))
        let model = Listening(records, summary: "Thirty floods were looked at.")
        let outcome = try await lab.session { $0.answerer = model }.loop.run("Look at the flood")
        #expect(outcome.end.status == .done, "\(outcome.end)")
        #expect(await model.summaries > 0)
        // One answer and its result may stand above the limit; more may not.
        #expect(await model.largest < 6_000 * 3 + 6_000)
        #expect(await model.alwaysKnowsTask)
        let rebuilt = Conversation(usesSchema: false, records: try lab.records(outcome)).messages()
        guard case .text(let first, _)? = rebuilt.first?.content.first else {
            Issue.record("no text")
            return
        }
        #expect(first.contains("Look at the flood") && first.contains("Thirty floods"))
        await lab.server.stop()
    }

    /// A recorded model that writes summaries when it is asked for one, and looks at what it is sent.
    actor Listening: AgentModel {
        private let inner: RecordedModel
        private let summary: String
        private(set) var summaries = 0
        private(set) var largest = 0
        private(set) var alwaysKnowsTask = true

        init(_ records: [SessionRecord], summary: String) {
            inner = RecordedModel(records)
            self.summary = summary
        }

        func answer(
            _ request: AIRequest, session: String, deliver: @escaping @Sendable (AIEvent) -> Void,
            warn: @escaping @Sendable (AIWarning) -> Void
        ) async throws -> AIResponse {
            alwaysKnowsTask = alwaysKnowsTask && "\(request.messages)".contains("Look at the flood")
            if request.tools.isEmpty {
                summaries += 1
                return AIResponse(
                    id: "", model: "", content: [.text(summary)], finish: AIFinish(.stop, raw: ""), usage: AIUsage())
            }
            let bytes = request.messages.flatMap(\.content).reduce(0) { sum, content in
                switch content {
                case .text(let text, _): sum + text.utf8.count
                case .toolResult(let result): sum + result.text.utf8.count
                default: sum
                }
            }
            largest = max(largest, bytes)
            return try await inner.answer(request, session: session, deliver: deliver, warn: warn)
        }
    }

    @Test("is shown again without a model, told as a page, and replayed against the project as it is now")
    func replay() async throws {
        let lab = try await AgentLab("wrong-turn")
        let outcome = try await lab.work("wrong-turn")
        let records = try lab.records(outcome)
        let events = SessionReplay.events(records)
        #expect(events.count { if case .result = $0 { true } else { false } } == outcome.calls)
        let page = SessionMarkdown.page(records)
        #expect(
            page.contains("# Session \(outcome.session)") && page.contains("## End: done")
                && page.contains("I guessed the text"))
        let summary = try #require(SessionShelf(root: lab.folder.path).list().first)
        #expect(summary.turns == outcome.turns && summary.status == "done" && summary.task.contains("find it"))
        let project = try ProjectLoader.load(root: lab.folder.path)
        let differences = try await SessionReplay.again(records, project: project) { _ in }
        // The model was mended, so what was read then is no longer there.
        #expect(differences.contains { $0.tool == "Read" && $0.after.contains("GROUP BY") }, "\(differences)")
        #expect(SessionShelf(root: lab.folder.path).ids().count == 1)
        await lab.server.stop()
    }

    @Test("a record comes back as it was written")
    func coding() throws {
        let echo = AIEcho(wire: .anthropic, block: ["type": "thinking", "signature": "s"])
        let events: [SessionRecord.Event] = [
            .began(SessionHead(id: "a", agent: "b", model: "c", isDryRun: true)), .task("é\n\u{0}"), .memory(["x"]),
            .memory([]),
            .answer(
                RecordedAnswer(
                    content: [
                        .opaque(echo), .text("t", echo: echo), .text("u"),
                        .toolCall(AIToolCall(id: "1", name: "n", arguments: "{broken", echo: echo)),
                    ], finish: AIFinish(.refused, raw: "refused", detail: "why"), model: "m", provider: "p",
                    inputTokens: 1,
                    outputTokens: 2, cost: Money("$0.000000000001"))),
            .result(
                RecordedResult(
                    call: "1", tool: "n", arguments: ["a": [1, .null]], text: "x", content: ["y": 1.5.json],
                    isError: true, file: "f", milliseconds: 7)),
            .note("n"), .summary("s", through: 3),
            .ended(SessionEnd(.unproven, code: "c", reason: "r", missing: ["m"])),
        ]
        for event in events {
            let record = SessionRecord(at: UTC.rounded(Date()), event)
            #expect(SessionRecord(line: record.line) == record, "\(record.line)")
            #expect(!record.line.contains("\n"))
        }
        for line in ["", "{", "[]", "{}", #"{"type":"later"}"#, #"{"type":"result"}"#, #"{"type":"end","status":"x"}"#]
        {
            #expect(SessionRecord(line: line) == nil)
        }
    }
}
