import Foundation
import StandIn
import Testing

/// `weir agent` as a person has it: at a terminal device, with a model that is played.
@Suite("Talking with the agent at a terminal")
struct AgentChatTests {
    static func project(_ server: StandIn) throws -> TempProject {
        try TempProject(["weir.yaml": AgentCommandTests.settings(server)])
    }

    static func chat(
        _ project: TempProject, _ words: String..., environment: [String: String] = [:], columns: Int = 80,
        rows: Int = 24
    ) throws -> PseudoTerminal {
        try project.sit(
            ["agent"] + words, environment: AgentCommandTests.environment.merging(environment) { $1 },
            columns: columns, rows: rows)
    }

    static func says(_ server: StandIn, _ text: String) -> Reply {
        server.answer(#"{"content":[{"text":"\#(text)"}]}"#)
    }

    static func calls(_ server: StandIn, _ tool: String, _ arguments: String) -> Reply {
        server.answer(#"{"content":[{"tool_call":{"id":"call_1","name":"\#(tool)","arguments":\#(arguments)}}]}"#)
    }

    /// Whether a question holds a text; apart from the check, which would print the whole question.
    static func holds(_ server: StandIn, _ number: Int, _ text: String) -> Bool {
        server.received.indices.contains(number) && server.received[number].text.contains(text)
    }

    /// Half of the text is sent, and the rest does not come.
    static func halts(_ server: StandIn, _ text: String) throws -> Reply {
        var reply = says(server, text)
        let whole = String(decoding: reply.pieces.joined(), as: UTF8.self)
        let parts = whole.components(separatedBy: "event: content_block_delta")
        try #require(parts.count == 3)
        let first = parts[0] + "event: content_block_delta" + parts[1]
        reply.pieces = [Array(first.utf8), Array(whole.dropFirst(first.count).utf8)]
        reply.gap = .seconds(600)
        return reply
    }

    @Test("greets, streams an answer, stops at Ctrl-C, goes on, and leaves everything as it was")
    func streams() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        let chat = try Self.chat(project)
        let first = try await chat.prompt()
        #expect(first.text.contains("data-engineer, claude-haiku-4-5. /help explains."), "\(first.text)")
        #expect(first.takesPastes && !chat.isUsual)
        server.next(try Self.halts(server, "This came first. That came last."))
        chat.type("what is there?\r")
        let half = try await chat.wait(for: "This came first")
        #expect(!half.text.contains("That came last"))
        chat.type("\u{03}")
        try await chat.wait(for: "stopped; say what to do now")
        try await chat.prompt()
        server.next(Self.says(server, "All of it came."))
        chat.type("and now?\r")
        try await chat.wait(for: "All of it came.")
        try await chat.prompt()
        let asked = try #require(server.received.last?.text)
        #expect(asked.contains("what is there?") && asked.contains("and now?"))
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        let screen = chat.screen
        #expect(screen.text.contains(/weir agent --resume \d{8}-\d{6}-[0-9a-f]{6} goes on\./), "\(screen.text)")
        #expect(chat.isUsual && !screen.takesPastes && screen.unknown == [], "\(screen.unknown)")
        await server.stop()
    }

    @Test("arrows bring back what was typed, in this session and in the next")
    func history() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        server.next(Self.says(server, "One."), Self.says(server, "Two."))
        var chat = try Self.chat(project)
        try await chat.prompt()
        chat.type("first question\r")
        try await chat.wait { server.count == 1 }
        try await chat.prompt()
        chat.type("\u{1B}[A")
        try await chat.wait("the line before") { $0.line == "› first question" }
        chat.type("!\r")
        try await chat.wait { server.count == 2 }
        try await chat.prompt()
        #expect(server.received.last?.text.contains("first question!") == true)
        chat.type("/quit\r")
        #expect(try await chat.end() == 0)
        chat = try Self.chat(project)
        try await chat.prompt()
        chat.type("\u{1B}[A\u{1B}[A")
        try await chat.wait("the line of the session before") { $0.line == "› first question!" }
        // Ctrl-C drops the line; on an empty one it leaves.
        chat.type("\u{03}")
        try await chat.prompt()
        chat.type("\u{03}")
        #expect(try await chat.end() == 0)
        #expect(chat.screen.text.contains("weir agent --resume") && chat.isUsual)
        let path = project.path(".weir/agent/history")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        await server.stop()
    }

    @Test("several lines: by a backslash, by Alt-Enter, and by pasting, which sends nothing by itself")
    func lines() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        server.next(Self.says(server, "One."), Self.says(server, "Two."), Self.says(server, "Three."))
        let chat = try Self.chat(project)
        try await chat.prompt()
        chat.type("one\\\rtwo\u{1B}\rthree\r")
        try await chat.wait { server.count == 1 }
        #expect(Self.holds(server, 0, #"one\ntwo\nthree"#))
        try await chat.prompt()
        chat.type("\u{1B}[200~a\r\nb\tc\rd\u{1B}[201~")
        try await chat.wait("the pasted lines") { $0.lines.contains("  b    c") && $0.line == "  d" }
        #expect(server.count == 1)
        chat.type("\r")
        try await chat.wait { server.count == 2 }
        #expect(Self.holds(server, 1, #"a\nb    c\nd"#))
        try await chat.prompt()
        // Longer than the screen is high, and than what the device holds at once.
        let long = (1...400).map { "line \($0) of what was pasted" }
        chat.type("\u{1B}[200~\(long.joined(separator: "\n"))\u{1B}[201~")
        try await chat.wait("the end of the paste") { $0.line == "  line 400 of what was pasted" }
        #expect(chat.screen.lines.count < 100)
        chat.type("\r")
        try await chat.wait { server.count == 3 }
        #expect(Self.holds(server, 2, long.joined(separator: #"\n"#)))
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("characters of two columns, of none and of several scalars are typed, walked over and wrapped")
    func unicode() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        server.next(Self.says(server, "界"))
        let chat = try Self.chat(project, columns: 20)
        try await chat.prompt()
        chat.type("日本e\u{301}🙂x")
        try await chat.wait("the text") { $0.line == "› 日本é🙂x" && $0.column == 10 }
        chat.type("\u{1B}[D\u{7F}語")
        try await chat.wait("the change") { $0.line == "› 日本é語x" && $0.column == 9 }
        // The accent goes with its letter.
        chat.type("\u{1B}[D\u{7F}")
        try await chat.wait("the letter is gone") { $0.line == "› 日本語x" && $0.column == 6 }
        chat.type("\u{05}\(String(repeating: "界", count: 10))")
        try await chat.wait("two rows") {
            $0.lines.suffix(24).contains("› 日本語x界界界界界") && $0.line == "界界界界界" && $0.column == 10
        }
        chat.type("\u{01}>\r")
        try await chat.wait { server.count == 1 }
        #expect(server.received[0].text.contains(">日本語x界界界界界界界界界界"))
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        #expect(chat.screen.unknown == [])
        await server.stop()
    }

    @Test("what is typed while it works is shown once, at the next prompt")
    func ahead() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        let chat = try Self.chat(project)
        try await chat.prompt()
        var late = Self.says(server, "I am done.")
        late.delay = .milliseconds(500)
        server.next(late, Self.says(server, "And again."))
        chat.type("go\r")
        try await chat.wait { server.count == 1 }
        chat.type("nxet\u{7F}\u{7F}\u{7F}ext one")
        let screen = try await chat.wait("what was typed") { $0.line == "› next one" }
        #expect(screen.lines.count { $0.contains("next one") } == 1, "\(screen.text)")
        chat.type("\r")
        try await chat.wait(for: "And again.")
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("resumed, it shows where it was, and the model has it all")
    func resumes() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        var chat = try Self.chat(project)
        try await chat.prompt()
        server.next(
            Self.calls(
                server, "TodoWrite", #"{"todos":[{"content":"[Data Engineer] Count the orders","status":"pending"}]}"#),
            Self.says(server, "There are twelve orders."))
        chat.type("how many?\r")
        try await chat.wait(for: "There are twelve orders.")
        try await chat.prompt()
        chat.type("\u{04}")
        _ = try await chat.end()
        chat = try Self.chat(project, "--resume")
        let screen = try await chat.prompt()
        for part in ["last task how many?", "it said There are twelve orders.", "it ended done", "Count the orders"] {
            #expect(screen.text.contains(part), "\(part) is not in\n\(screen.text)")
        }
        server.next(Self.says(server, "Still twelve."))
        chat.type("sure?\r")
        try await chat.wait(for: "Still twelve.")
        #expect(server.received.last?.text.contains("There are twelve orders.") == true)
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }
}

extension PseudoTerminal {
    func wait(_ isTrue: () -> Bool) async throws { try await wait("what was waited for") { _ in isTrue() } }
}
