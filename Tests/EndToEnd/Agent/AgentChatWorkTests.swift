import Foundation
import StandIn
import Testing

@Suite("What the agent shows and asks at a terminal")
struct AgentChatWorkTests {
    private static func todos(_ first: String, _ second: String) -> String {
        #"{"todos":[{"content":"[Data Engineer] Profile the orders","status":"\#(first)"},{"content":"[Data Engineer] Mend the join","status":"\#(second)"}]}"#
    }

    @Test("the task list is one list that changes in its place")
    func tasks() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        server.next(
            AgentChatTests.calls(server, "TodoWrite", Self.todos("in_progress", "pending")),
            AgentChatTests.calls(server, "Glob", #"{"pattern":"**/*.sql"}"#),
            AgentChatTests.calls(server, "TodoWrite", Self.todos("completed", "in_progress")),
            AgentChatTests.says(server, "I am at it."))
        chat.type("mend it\r")
        try await chat.wait(for: "I am at it.")
        let screen = try await chat.prompt()
        #expect(chat.bytes.contains("▸") && chat.bytes.contains("✓"))
        let lines = screen.lines
        #expect(lines.count { $0.contains("Profile the orders") } == 1, "\(screen.text)")
        let done = try #require(lines.firstIndex { $0.contains("✓") && $0.contains("Profile the orders") })
        #expect(lines[done + 1].contains("▸") && lines[done + 1].contains("Mend the join"), "\(screen.text)")
        // What was done in between stands above it.
        #expect((lines.firstIndex { $0.contains("→ Glob") } ?? .max) < done)
        chat.type("/tasks\r")
        try await chat.wait("the list with its numbers") { $0.lines.contains { $0.contains(/1 .*Profile the orders/) } }
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("a call that is asked about: no, yes, always; and what was typed before the question is no answer")
    func asks() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        func touch(_ name: String) -> Reply {
            AgentChatTests.calls(server, "Bash", #"{"command":"touch \#(name)"}"#)
        }
        var late = touch("no.txt")
        late.delay = .milliseconds(700)
        server.next(late, touch("yes.txt"), touch("always.txt"))
        chat.type("make files\r")
        try await chat.wait { server.count == 1 }
        chat.type("y\r")
        try await chat.wait("the first question") { $0.line.hasPrefix("Do it?") }
        #expect(chat.screen.text.contains("touch no.txt"))
        chat.type("n\r")
        try await chat.wait("the second question") { $0.text.contains("touch yes.txt") && $0.line.hasSuffix("[n]o:") }
        #expect(server.received.last?.text.contains("the person said no") == true)
        chat.type("y\r")
        try await chat.wait("the third question") {
            $0.text.contains("touch always.txt") && $0.line.hasSuffix("[n]o:")
        }
        server.next(
            AgentChatTests.calls(server, "Bash", #"{"command":"rm always.txt"}"#), touch("always.txt"),
            AgentChatTests.says(server, "They are there."))
        chat.type("a\r")
        try await chat.wait("the fourth question") { $0.text.contains("rm always.txt") && $0.line.hasSuffix("[n]o:") }
        chat.type("yes\r")
        // The third one is not asked about again.
        try await chat.wait(for: "They are there.")
        try await chat.prompt()
        let files = FileManager.default
        #expect(!files.fileExists(atPath: project.path("no.txt")))
        #expect(files.fileExists(atPath: project.path("yes.txt")))
        #expect(files.fileExists(atPath: project.path("always.txt")))
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("Ctrl-C at a question stops the step and keeps the conversation")
    func stopsAtQuestion() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        server.next(AgentChatTests.calls(server, "Bash", #"{"command":"touch x.txt"}"#))
        chat.type("make a file\r")
        try await chat.wait("the question") { $0.line.hasSuffix("[n]o:") }
        chat.type("\u{03}")
        try await chat.wait(for: "stopped; say what to do now")
        try await chat.prompt()
        #expect(server.count == 1 && !FileManager.default.fileExists(atPath: project.path("x.txt")))
        server.next(AgentChatTests.says(server, "As you like."))
        chat.type("leave it\r")
        try await chat.wait(for: "As you like.")
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        #expect(chat.isUsual)
        await server.stop()
    }

    @Test("Ctrl-C ends a shell command that is under way, with the step")
    func stopsCommand() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        server.next(
            AgentChatTests.calls(server, "Bash", #"{"command":"echo $$ > pid.txt; sleep 600; touch late.txt"}"#))
        chat.type("wait\r")
        try await chat.wait("the question") { $0.line.hasSuffix("[n]o:") }
        chat.type("y\r")
        let path = project.path("pid.txt")
        try await chat.wait { (try? String(contentsOfFile: path, encoding: .utf8))?.hasSuffix("\n") == true }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let shell = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        chat.type("\u{03}")
        try await chat.wait(for: "stopped; say what to do now")
        try await chat.prompt()
        try await chat.wait { kill(shell, 0) != 0 }
        #expect(!FileManager.default.fileExists(atPath: project.path("late.txt")))
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test(
        "SIGTERM ends it at the prompt, while it works and at a question, and the terminal is as before",
        arguments: 0..<3)
    func terminated(when: Int) async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        if when == 1 {
            server.next(try AgentChatTests.halts(server, "Half of it. The rest of it."))
            chat.type("go\r")
            try await chat.wait(for: "Half of it")
        } else if when == 2 {
            server.next(AgentChatTests.calls(server, "Bash", #"{"command":"ls"}"#))
            chat.type("go\r")
            try await chat.wait("the question") { $0.line.hasSuffix("[n]o:") }
        }
        #expect(!chat.isUsual)
        chat.signal(SIGTERM)
        #expect(try await chat.end() == 3)
        let screen = chat.screen
        #expect(
            screen.text.contains("agent.cancelled") && screen.text.contains("weir agent --resume"), "\(screen.text)")
        #expect(chat.isUsual && !screen.takesPastes)
        await server.stop()
    }

    @Test("colours are shown where they are wanted alone", arguments: [false, true])
    func colours(plain: Bool) async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        server.next(AgentChatTests.says(server, "Hello."))
        let chat = try AgentChatTests.chat(project, environment: plain ? ["NO_COLOR": "1"] : [:])
        try await chat.prompt()
        chat.type("hello\r")
        try await chat.wait { server.count == 1 }
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        #expect(chat.screen.hasColour == !plain)
        await server.stop()
    }

    @Test("a dumb terminal gets plain lines and no sequence at all")
    func dumb() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project, environment: ["TERM": "dumb"])
        try await chat.prompt()
        server.next(
            AgentChatTests.calls(server, "TodoWrite", Self.todos("in_progress", "pending")),
            AgentChatTests.calls(server, "Bash", #"{"command":"touch x.txt"}"#),
            AgentChatTests.says(server, "Plain and simple."))
        chat.type("one\\\r")
        try await chat.wait("the next line") { $0.line == "…" }
        chat.type("two\r")
        try await chat.wait("the question") { $0.line.hasSuffix("[n]o:") }
        chat.type("y\r")
        try await chat.wait(for: "Plain and simple.")
        try await chat.prompt()
        #expect(AgentChatTests.holds(server, 0, #"one\ntwo"#))
        #expect(FileManager.default.fileExists(atPath: project.path("x.txt")))
        #expect(chat.screen.lines.contains { $0.contains("▸") && $0.contains("Profile the orders") })
        chat.type("\u{03}")
        #expect(try await chat.end() == 0)
        #expect(!chat.bytes.contains("\u{1B}"))
        #expect(chat.screen.text.contains("weir agent --resume"))
        await server.stop()
    }

    @Test("slash commands tell about the session, and begin a new one")
    func commands() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        _ = try await project.weir("memory", "add", "--type", "context", "Orders come at six")
        let chat = try AgentChatTests.chat(project, rows: 60)
        try await chat.prompt()
        func ask(_ command: String, _ expected: String) async throws {
            chat.type("\(command)\r")
            try await chat.wait(for: expected)
            try await chat.prompt()
        }
        try await ask("/help", "/compact")
        try await ask("/tasks", "There is nothing to do.")
        try await ask("/memory", "Orders come at six")
        try await ask("/memory submarines", "Nothing that is remembered has to do with it.")
        try await ask("/cost", "0 turns, 0 calls")
        try await ask("/patch", "Nothing was changed.")
        try await ask("/tools", "TodoWrite")
        try await ask("/tsks", "/tasks")
        #expect(server.count == 0)
        server.next(AgentChatTests.says(server, "It is 42."))
        try await ask("/data/orders.csv is what?", "It is 42.")
        try await ask("/cost", "1 turn, 0 calls")
        try await ask("/compact", "nothing that could be shorter")
        try await ask("/clear", "A new session.")
        server.next(AgentChatTests.says(server, "Never heard of it."))
        try await ask("what was it?", "Never heard of it.")
        #expect(server.received.last?.text.contains("It is 42.") == false)
        chat.type("/exit\r")
        #expect(try await chat.end() == 0)
        let sessions = try await project.weir("agent", "sessions", "-o", "json")
        #expect(sessions.out.matches(of: /"id" :/).count == 2, "\(sessions)")
        await server.stop()
    }
}
