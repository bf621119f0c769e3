import Synchronization
import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

@Suite("Calling a tool")
struct ToolCallerTests {
    struct Echo: Tool {
        var spec = ToolSpec(
            name: "echo", title: "Echo", summary: "", input: ToolSchema.object([.init("text", .string, "")]).json,
            level: .write)

        func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
            switch try arguments.optionalText("text") {
            case "fail": throw WeirError("echo.failed", "it failed", hint: "say something else")
            case "cancel": throw CancellationError()
            case let text: return ToolAnswer(["said": .string(text ?? "")])
            }
        }
    }

    final class Trail: Sendable {
        let entries = Mutex<[AuditEntry]>([])
    }

    private func caller(_ trail: Trail, _ permission: ToolPermission = .allowed) -> ToolCaller {
        ToolCaller(
            tools: Toolbox([Echo()]), context: ToolContext(root: "/"), actor: "test", permit: { _, _ in permission },
            audit: { entry in trail.entries.withLock { $0.append(entry) } })
    }

    @Test("answers, fails and is refused in a form that a model can read, and each is written down")
    func calls() async throws {
        let trail = Trail()
        #expect(try await caller(trail).call("echo", ["text": "hi"]).content == ["said": "hi"])
        let failed = try await caller(trail).call("echo", ["text": "fail"])
        #expect(failed.isError && failed.content["error"]?["hint"] == "say something else")
        #expect(try await caller(trail).call("ecko", [:]).content["error"]?["hint"] == "did you mean \"echo\"?")
        #expect(try await caller(trail).call("echo", ["txt": 1]).content["error"]?["code"] == "tool.bad-arguments")
        #expect(try await caller(trail, .denied("rule")).call("echo", [:]).content["error"]?["code"] == "tool.denied")
        #expect(try await caller(trail, .refused("no")).call("echo", [:]).isError)
        await #expect(throws: CancellationError.self) { try await caller(trail).call("echo", ["text": "cancel"]) }
        let entries = trail.entries.withLock { $0 }
        #expect(
            entries.map(\.error) == [
                nil, "echo.failed", "tool.unknown", "tool.bad-arguments", "tool.denied", "tool.refused",
                "run.cancelled",
            ])
        #expect(
            entries.map(\.decision) == ["allowed", "allowed", "allowed", "allowed", "denied", "refused", "allowed"])
        #expect(entries[0].level == "write")
    }
}
