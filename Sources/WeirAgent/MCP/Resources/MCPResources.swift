import Foundation
import WeirCore
import WeirPipeline

/// What a client may read without calling a tool: `weir://tables/…`, contracts, lineage, runs, documentation.
///
/// Each is what a tool answers, so that both say the same and both are audited.
struct MCPResources: Sendable {
    let cache: ProjectCache
    let context: ToolContext

    static let templates: [(uri: String, name: String, title: String, about: String, mime: String)] = [
        (
            "weir://tables/{table}", "table", "A table", "Columns, types, keys and rules of a table.",
            "application/json"
        ),
        ("weir://contracts/{+path}", "contract", "A contract", "The text of a contract's file.", "application/yaml"),
        (
            "weir://lineage/{subject}", "lineage", "Lineage",
            "What a table (mart.delays) or a column (mart.delays.minutes) is made of, and what is made of it.",
            "application/json"
        ),
        (
            "weir://runs/{run}", "run", "A run", "What became of each table in a run; `latest` is the last one.",
            "application/json"
        ),
        (
            "weir://docs/{table}", "docs", "Documentation of a table", "Why it is as it is, decisions, its SQL.",
            "application/json"
        ),
    ]

    /// The call that reads a resource.
    struct Reading: Sendable, Hashable {
        var tool: String
        var arguments: JSONValue
        var mime: String
    }

    /// All that can be listed.
    func list() async throws -> [JSONValue] {
        let (catalogue, _) = try await cache.catalogue(context, environment: context.environment)
        let project = try await cache.project(context)
        let fixed: [JSONValue] = [
            Self.entry("weir://docs", "docs", "Why the tables are as they are", "application/json"),
            Self.entry("weir://runs", "runs", "Earlier runs", "application/json"),
        ]
        let tables = catalogue.tables.map { table in
            Self.entry(
                Self.uri("tables", table.name.description), table.name.description, table.why ?? "", "application/json")
        }
        let contracts = project.contracts.sorted { $0.key < $1.key }.map { path, contract in
            Self.entry(Self.uri("contracts", path), path, contract.description ?? "", "application/yaml")
        }
        return fixed + tables + contracts
    }

    private static func entry(_ uri: String, _ name: String, _ about: String, _ mime: String) -> JSONValue {
        var fields: [String: JSONValue] = ["uri": .string(uri), "name": .string(name), "mimeType": .string(mime)]
        if !about.isEmpty { fields["description"] = .string(String(about.prefix(300))) }
        return .object(fields)
    }

    static func uri(_ kind: String, _ name: String) -> String {
        let allowed = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
        return "weir://\(kind)/\(name.addingPercentEncoding(withAllowedCharacters: allowed) ?? name)"
    }

    /// Nil for an address that no resource has.
    static func reading(_ uri: String) -> Reading? {
        guard uri.hasPrefix("weir://") else { return nil }
        let parts = uri.dropFirst(7).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first.map(String.init) else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else {
            switch kind {
            case "docs" where parts.count == 1: return Reading(tool: "docs", arguments: [:], mime: "application/json")
            case "runs" where parts.count == 1: return Reading(tool: "usage", arguments: [:], mime: "application/json")
            default: return nil
            }
        }
        guard let name = String(parts[1]).removingPercentEncoding else { return nil }
        switch kind {
        case "tables":
            // A pattern is no table.
            if name.contains("*") { return nil }
            return Reading(tool: "schema", arguments: ["tables": [.string(name)]], mime: "application/json")
        case "contracts":
            return Reading(tool: "docs", arguments: ["contract": .string(name)], mime: "application/yaml")
        case "lineage": return Reading(tool: "lineage", arguments: ["subject": .string(name)], mime: "application/json")
        case "runs": return Reading(tool: "usage", arguments: ["run": .string(name)], mime: "application/json")
        case "docs": return Reading(tool: "docs", arguments: ["table": .string(name)], mime: "application/json")
        default: return nil
        }
    }

    /// What was read, as the protocol wants it.
    static func contents(_ uri: String, _ reading: Reading, _ answer: ToolAnswer) -> JSONValue {
        var text = answer.content.line
        if reading.mime == "application/yaml" {
            let pieces = answer.content["passages"]?.items.compactMap { $0["text"]?.text } ?? []
            let isCut = answer.content["truncated"]?.truth == true
            text = pieces.joined(separator: "\n") + (isCut ? "\n# … the file goes on" : "")
        }
        return [["uri": .string(uri), "mimeType": .string(reading.mime), "text": .string(text)]]
    }
}
