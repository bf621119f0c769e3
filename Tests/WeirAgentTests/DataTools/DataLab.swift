import Foundation
import Testing
import WeirCore
import WeirPipeline

@testable import WeirAgent

/// The project that `weir init` writes, in a folder of its own, with the tools of data.
final class DataLab: Sendable {
    let root: String
    let cache = ProjectCache()
    let tools: Toolbox

    /// - Parameter runs: also runs it, which leaves one row in quarantine.
    init(runs: Bool = true) async throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "weir-agent-\(UUID().uuidString)")
        root = base.appending(path: "shop").resolvingSymlinksInPath().path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        _ = try ProjectInit.sample(in: root)
        tools = Toolbox(DataTools.all(cache: cache))
        if runs { try await run() }
    }

    deinit { try? FileManager.default.removeItem(atPath: URL(fileURLWithPath: root).deletingLastPathComponent().path) }

    @discardableResult
    func run() async throws -> RunSummary {
        try await Runner(try ProjectLoader.load(root: root), options: RunOptions()).run()
    }

    var context: ToolContext { ToolContext(root: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// A call as a model makes it: mistakes are answers.
    func answer(_ tool: String, _ arguments: JSONValue = [:]) async throws -> ToolAnswer {
        try await ToolCaller(
            tools: tools, context: context, actor: "test", permit: { _, _ in .allowed }, audit: { _ in }
        ).call(tool, arguments)
    }

    /// The content of a call that succeeds and is as its schema says.
    func call(
        _ tool: String, _ arguments: JSONValue = [:], at location: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = try await answer(tool, arguments)
        #expect(!answer.isError, "\(answer.content.line)", sourceLocation: location)
        let faults = SchemaCheck.faults(of: answer.content, against: try #require(tools[tool]?.spec.output))
        #expect(faults.isEmpty, "\(answer.content.line)", sourceLocation: location)
        #expect(answer.content.bytes.count <= 26_000, sourceLocation: location)
        return answer.content
    }

    /// The error of a call that fails.
    func error(_ tool: String, _ arguments: JSONValue = [:]) async throws -> JSONValue {
        let answer = try await answer(tool, arguments)
        #expect(answer.isError, "\(answer.content.line)")
        return answer.content["error"] ?? .null
    }
}

/// Holds a value against the part of JSON Schema that ``ToolSchema`` writes.
enum SchemaCheck {
    static func faults(of value: JSONValue, against schema: JSONValue, at path: String = "") -> [String] {
        if let choices = schema["anyOf"]?.items {
            return choices.contains { faults(of: value, against: $0).isEmpty } ? [] : ["\(path) fits no choice"]
        }
        switch schema["type"]?.text {
        case "string":
            let words = schema["enum"]?.items ?? []
            return value.text != nil && (words.isEmpty || words.contains(value)) ? [] : ["\(path) is no such text"]
        case "integer": return value.integer != nil ? [] : ["\(path) is no whole number"]
        case "number": return value.number != nil ? [] : ["\(path) is no number"]
        case "boolean": return value.truth != nil ? [] : ["\(path) is no truth"]
        case "null": return value == .null ? [] : ["\(path) is not null"]
        case "array":
            guard case .array(let items) = value else { return ["\(path) is no list"] }
            return items.enumerated().flatMap { index, item in
                faults(of: item, against: schema["items"] ?? [:], at: "\(path)[\(index)]")
            }
        case "object":
            guard let fields = value.fields else { return ["\(path) is no object"] }
            let properties = schema["properties"]?.fields ?? [:]
            let missing = (schema["required"]?.items ?? []).compactMap(\.text).filter { fields[$0] == nil }
            return missing.map { "\(path).\($0) is missing" }
                + fields.flatMap { key, value in
                    properties[key].map { faults(of: value, against: $0, at: "\(path).\(key)") }
                        ?? ["\(path).\(key) is unknown"]
                }
        default: return []
        }
    }
}
