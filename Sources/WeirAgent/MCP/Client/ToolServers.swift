import Foundation
import WeirCore
import WeirPipeline

/// The servers that `mcp:` in weir.yaml names, with their tools as tools of Weir's agent.
///
/// ```swift
/// let servers = await ToolServers.connect(project)
/// defer { Task { await servers.close() } }
/// let box = Toolbox(DataTools.all() + servers.tools)
/// ```
public struct ToolServers: Sendable {
    /// In the order of the servers' names, then as each server lists them.
    public let tools: [any Tool]
    /// Servers that could not be started, and tools that cannot be used.
    public let warnings: [WeirError]
    private let connections: [ToolServerConnection]

    /// Starts all servers side by side. One that does not start is a warning.
    public static func connect(_ project: Project) async -> ToolServers {
        let started = await withTaskGroup(of: (Int, ToolServerConnection, Result<ListedTools, WeirError>).self) {
            group in
            for (index, settings) in project.mcp.enumerated() {
                group.addTask {
                    let connection = ToolServerConnection(settings, root: project.root)
                    do { return (index, connection, .success(try await connection.start())) } catch {
                        await connection.close()
                        return (index, connection, .failure(WeirError.wrapping(error)))
                    }
                }
            }
            var all: [(Int, ToolServerConnection, Result<ListedTools, WeirError>)] = []
            for await one in group { all.append(one) }
            return all.sorted { $0.0 < $1.0 }
        }
        var tools: [any Tool] = []
        var warnings: [WeirError] = []
        for (_, connection, result) in started {
            switch result {
            case .success(let listed):
                tools += listed.specs.map { ExternalTool(spec: $0.spec, original: $0.original, connection: connection) }
                warnings += listed.warnings
            case .failure(let error): warnings.append(error)
            }
        }
        return ToolServers(tools: tools, warnings: warnings, connections: started.map(\.1))
    }

    /// Ends the servers.
    public func close() async {
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close() } }
        }
    }
}

/// A tool of another server.
struct ExternalTool: Tool {
    let spec: ToolSpec
    /// Its name there.
    let original: String
    let connection: ToolServerConnection

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let result = try await connection.call(original, .object(arguments.values), progress: context.progress)
        let texts = (result["content"]?.items ?? []).compactMap { $0["text"]?.text }
        let text = texts.joined(separator: "\n")
        if result["isError"]?.truth == true {
            return ToolAnswer(
                ["error": ["code": "mcp.tool-failed", "message": .string(String(text.prefix(4000)))]], isError: true,
                isForeign: true)
        }
        guard result["resultType"]?.text ?? "complete" == "complete" else {
            throw WeirError("mcp.needs-input", "\(spec.name) wants an answer of a person, which cannot be given")
        }
        let content = result["structuredContent"] ?? ["text": .string(text)]
        let cut = ValueShrinker().fitting(content, bytes: AnswerCutter.usualBytes)
        var value = cut.value
        if cut.isCut, var fields = value.fields {
            fields["truncated"] = true
            value = .object(fields)
        }
        return ToolAnswer(value, isForeign: true)
    }
}

/// What a server lists.
struct ListedTools: Sendable {
    var specs: [(original: String, spec: ToolSpec)] = []
    var warnings: [WeirError] = []

    /// Reads the entries of `tools/list`. What a server says of a tool is a claim: only one that says it reads is taken
    /// to read, and that one may still be asked about.
    init(_ entries: [JSONValue], server: String) {
        for entry in entries {
            let name = entry["name"]?.text ?? ""
            let full = "\(server).\(name)"
            let isGood =
                !name.isEmpty && full.utf8.count <= 128
                && name.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_.-".utf8.contains(byte)
                }
            guard isGood, let input = entry["inputSchema"], input.fields != nil else {
                warnings.append(
                    WeirError(
                        "mcp.bad-tool", "the server \(server) lists a tool that cannot be used: \(full.prefix(150))"))
                continue
            }
            let hints = entry["annotations"]
            specs.append(
                (
                    name,
                    ToolSpec(
                        name: full, title: String((entry["title"]?.text ?? hints?["title"]?.text ?? name).prefix(100)),
                        summary: String((entry["description"]?.text ?? "").prefix(2000)), input: input,
                        level: hints?["readOnlyHint"]?.truth == true ? .read : .run,
                        isDestructive: hints?["destructiveHint"]?.truth ?? true,
                        isIdempotent: hints?["idempotentHint"]?.truth ?? false,
                        isOpenWorld: hints?["openWorldHint"]?.truth ?? true)
                ))
        }
    }
}
