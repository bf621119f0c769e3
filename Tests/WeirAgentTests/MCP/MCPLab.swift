import Foundation
import Synchronization
import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

/// A server with tools of the test's own, and everything that it sends.
final class MCPLab: Sendable {
    let server: MCPServer
    let sent = Mutex<[JSONValue]>([])
    let trail = Mutex<[AuditEntry]>([])

    /// Does what its argument says.
    struct Worker: ConfirmableTool {
        let spec: ToolSpec
        let gate: Gate

        init(_ name: String, _ level: ToolLevel, gate: Gate, planned: Bool = false) {
            self.gate = gate
            let extra = planned ? [ToolSchema.Field("plan_id", .string, "")] : []
            spec = ToolSpec(
                name: name, title: name, summary: "A tool of a test.",
                input: ToolSchema.object([.init("do", .string, "")] + extra).json,
                output: ToolSchema.object([.init("did", .string, "", isRequired: true)]).json, level: level)
        }

        func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? {
            let word = try arguments.optionalText("do")
            if word == "nothing" { return nil }
            if word == "mistake" { throw WeirError("test.mistake", "it will not work") }
            return "Do \(word ?? "it")?"
        }

        func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
            let word = try arguments.optionalText("do") ?? "work"
            switch word {
            case "fail", "mistake": throw WeirError("test.failed", "it failed", hint: "do something else")
            case "wait": try await gate.wait()
            case "progress":
                for step in 1...4 {
                    context.progress(Double(step) / 4, "step \(step)")
                    try await Task.sleep(for: .milliseconds(120))
                }
            case "crash": throw CocoaError(.fileNoSuchFile)
            default: break
            }
            return ToolAnswer(["did": .string(word)], isForeign: word == "foreign")
        }
    }

    /// Holds calls until it is opened.
    actor Gate {
        private var isOpen = false
        private(set) var waiting = 0
        private(set) var most = 0

        func open() { isOpen = true }

        func wait() async throws {
            waiting += 1
            most = max(most, waiting)
            defer { waiting -= 1 }
            while !isOpen { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    let gate: Gate

    init(
        allowsWrite: Bool = false, root: String = "/nowhere", workers: Int = 4, backlog: Int = 256,
        tools: [any Tool]? = nil, toolsets: [String] = [], looksEvery: Duration = .seconds(1)
    ) throws {
        let gate = Gate()
        self.gate = gate
        var settings = MCPServer.Settings(root: root)
        settings.allowsWrite = allowsWrite
        settings.workers = workers
        settings.backlog = backlog
        settings.looksEvery = looksEvery
        let own: [any Tool] = [
            Worker("schema", .read, gate: gate), Worker("plan", .propose, gate: gate),
            Worker("apply", .run, gate: gate, planned: true), Worker("run", .run, gate: gate),
        ]
        let toolset = try MCPToolset(tools ?? own, toolsets: toolsets, allowsWrite: allowsWrite)
        let box = Box()
        server = MCPServer(
            settings, toolset: toolset, cache: ProjectCache(),
            audit: { entry in box.lab?.trail.withLock { $0.append(entry) } },
            send: { message in box.lab?.sent.withLock { $0.append(message) } })
        box.set(self)
    }

    private final class Box: Sendable {
        private let held = Mutex<Weak>(Weak(lab: nil))
        struct Weak: Sendable { weak var lab: MCPLab? }
        var lab: MCPLab? { held.withLock { $0.lab } }
        func set(_ lab: MCPLab) { held.withLock { $0.lab = lab } }
    }

    // MARK: Talking

    func say(_ text: String) async { await server.receive(.message(Array(text.utf8))) }

    func say(_ message: JSONValue) async { await server.receive(.message(message.bytes)) }

    static let meta: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
        "io.modelcontextprotocol/clientInfo": ["name": "lab", "version": "1"],
    ]

    static let metaThatAsks: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": ["elicitation": ["form": [:]]],
    ]

    /// A request of 2026-07-28, with its answer.
    func ask(
        _ method: String, _ params: JSONValue = [:], id: JSONValue = 1, meta: JSONValue = MCPLab.meta
    ) async -> JSONValue {
        var fields = params.fields ?? [:]
        fields["_meta"] = meta
        return await plain(method, .object(fields), id: id)
    }

    /// A request as it is, with its answer.
    func plain(_ method: String, _ params: JSONValue = [:], id: JSONValue = 1) async -> JSONValue {
        sent.withLock { $0.removeAll { $0["id"] == id } }
        await say(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params])
        await server.settle()
        return answer(id) ?? .null
    }

    func answer(_ id: JSONValue) -> JSONValue? { sent.withLock { $0.last { $0["id"] == id && $0["method"] == nil } } }

    func initialize(_ capabilities: JSONValue = [:], version: String = "2025-11-25") async -> JSONValue {
        let answer = await plain(
            "initialize",
            [
                "protocolVersion": .string(version), "capabilities": capabilities,
                "clientInfo": ["name": "old", "version": "1"],
            ], id: "init")
        await say(["jsonrpc": "2.0", "method": "notifications/initialized"])
        return answer
    }

    func count(_ method: String) -> Int { sent.withLock { $0.count { $0["method"]?.text == method } } }

    /// Waits for something that other tasks bring about.
    func until(_ what: @Sendable () async -> Bool, at location: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<5000 {
            if await what() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        Issue.record("it did not come about", sourceLocation: location)
    }
}
