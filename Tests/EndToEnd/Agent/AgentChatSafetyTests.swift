import Foundation
import StandIn
import Testing

/// What must not be done behind a person's back, and how their terminal is left.
@Suite("A person stays in charge of their terminal, and of what they agree to")
struct AgentChatSafetyTests {
    @Test("a long command is agreed to when all of it was shown, and not before", arguments: ["lines", "one line"])
    func longCommand(kind: String) async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project, rows: 60)
        try await chat.prompt()
        let command =
            kind == "lines"
            ? (1...40).map { $0 == 20 ? "touch hidden.txt" : ": line \($0)" }.joined(separator: #"\n"#)
            : ": \(String(repeating: "a", count: 5_000)); touch hidden.txt; : \(String(repeating: "b", count: 5_000))"
        let call = AgentChatTests.calls(server, "Bash", #"{"command":"\#(command)"}"#)
        server.next(call, call, AgentChatTests.says(server, "It is done."))
        chat.type("work\r")
        let first = try await chat.wait("the question") { $0.line.hasSuffix("[n]o:") }
        #expect(first.text.contains(/… \d+ more lines, not shown here …/), "\(first.text)")
        #expect(!first.text.contains("hidden.txt") && !first.line.contains("[y]es"), "\(first.text)")
        if kind == "lines" { #expect(first.text.contains(": line 40") && first.text.contains("22 more lines")) }
        chat.type("y\r")
        let all = try await chat.wait("all of it") { $0.text.contains("hidden.txt") && $0.line.contains("[y]es") }
        #expect(all.text.contains("Not all of it was shown yet."))
        let path = project.path("hidden.txt")
        #expect(!FileManager.default.fileExists(atPath: path))
        chat.type("n\r")
        // The same again: one who asks to see it, sees it, and agrees.
        try await chat.wait("the second question") { server.count == 2 && $0.line.hasSuffix("all of it first, [n]o:") }
        #expect(!FileManager.default.fileExists(atPath: path))
        chat.type("s\r")
        try await chat.wait("all of it again") { $0.line.contains("[y]es") }
        chat.type("y\r")
        try await chat.wait(for: "It is done.")
        try await chat.prompt()
        #expect(FileManager.default.fileExists(atPath: path))
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("the patch of a dry run does not reach the screen as it is, and a pipe gets it as it is")
    func patch() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let write = AgentChatTests.calls(
            server, "Write", #"{"path":"docs/x.md","content":"\u001b]0;title\u0007\u001b[2J\n"}"#)
        let says = AgentChatTests.says(server, "Proposed.")
        server.next(write, says)
        let chat = try AgentChatTests.chat(project, "write it", "--dry-run")
        _ = try await chat.end()
        let screen = chat.screen
        #expect(screen.text.contains("+++ b/docs/x.md") && screen.text.contains(#"+\u{1B}]0;title"#), "\(screen.text)")
        #expect(!chat.bytes.contains("\u{1B}]0;") && !chat.bytes.contains("\u{1B}[2J"))
        server.next(write, says)
        let piped = await
            (try project.start(["agent", "write it", "--dry-run"], environment: AgentCommandTests.environment))
            .finish()
        #expect(piped.out.contains("+\u{1B}]0;title\u{07}\u{1B}[2J\n"), "\(piped)")
        await server.stop()
    }

    @Test("a signal of any kind leaves the terminal as it was", arguments: [SIGTERM, SIGQUIT, SIGHUP], [false, true])
    func signals(number: Int32, atWork: Bool) async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        if atWork {
            server.next(try AgentChatTests.halts(server, "Half of it. The rest of it."))
            chat.type("go\r")
            try await chat.wait(for: "Half of it")
            // As the key does it.
            if number == SIGQUIT { chat.type("\u{1C}") } else { chat.signal(number) }
        } else {
            chat.signal(number)
        }
        #expect(try await chat.end() == 3)
        #expect(chat.screen.text.contains("weir agent --resume"), "\(chat.screen.text)")
        #expect(chat.isUsual && !chat.screen.takesPastes)
        await server.stop()
    }

    @Test("two signals at once leave it as it was too, whichever ends the command", arguments: 0..<4)
    func twoSignals(round: Int) async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        #expect(try await chat.prompt().takesPastes)
        for number in [SIGTERM, SIGHUP, SIGQUIT] { chat.signal(number) }
        #expect([3, 128 + SIGTERM, 128 + SIGHUP, 128 + SIGQUIT].contains(try await chat.end()))
        #expect(chat.isUsual && !chat.screen.takesPastes)
        await server.stop()
    }

    @Test("under nohup the end of the terminal stops nothing")
    func nohup() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try PseudoTerminal(
            "/bin/sh", ["-c", #"trap '' HUP; exec "$0" agent"#, Binary.path], in: project.root,
            environment: ProcessInfo.processInfo.environment.merging(
                AgentCommandTests.environment.merging(["TERM": "xterm-256color"]) { $1 }
            ) { $1 }, columns: 80, rows: 24)
        try await chat.prompt()
        chat.signal(SIGHUP)
        server.next(AgentChatTests.says(server, "Still here."))
        chat.type("are you there?\r")
        try await chat.wait(for: "Still here.")
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }

    @Test("Ctrl-C ends a paste whose end never comes; in one that ends it is no key")
    func paste() async throws {
        let server = try await StandIn()
        let project = try AgentChatTests.project(server)
        let chat = try AgentChatTests.chat(project)
        try await chat.prompt()
        chat.type("\u{1B}[200~lost and found")
        chat.type("\u{03}")
        try await chat.wait("what was pasted, dropped") { $0.text.contains("lost and found") && $0.line == "›" }
        server.next(AgentChatTests.says(server, "Keys again."))
        chat.type("hello\r")
        try await chat.wait(for: "Keys again.")
        #expect(!AgentChatTests.holds(server, 0, "lost and found"))
        try await chat.prompt()
        chat.type("\u{1B}[200~one\u{03}\rtwo\u{1B}[201~")
        try await chat.wait("the pasted lines") { $0.lines.contains("› one") && $0.line == "  two" }
        #expect(server.count == 1)
        chat.type("\u{03}")
        try await chat.prompt()
        chat.type("\u{04}")
        #expect(try await chat.end() == 0)
        await server.stop()
    }
}
