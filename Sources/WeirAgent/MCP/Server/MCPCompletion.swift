import WeirCore
import WeirPipeline

/// Completes what a person types as an argument of a prompt or a resource.
struct MCPCompletion: Sendable {
    let cache: ProjectCache
    let context: ToolContext

    /// The most values that the protocol lets an answer have.
    private static let limit = 100

    /// - Throws: ``RPCFault`` for a reference to nothing.
    func complete(_ params: JSONValue) async throws -> JSONValue {
        guard let argument = params["argument"], let name = argument["name"]?.text, let typed = argument["value"]?.text
        else { throw RPCFault(.invalidParams, "\"argument\" needs a \"name\" and a \"value\", both texts") }
        let ref = params["ref"]
        switch ref?["type"]?.text {
        case "ref/prompt":
            let wanted = ref?["name"]?.text ?? ""
            guard let prompt = MCPPrompt.all.first(where: { $0.name == wanted }) else {
                throw RPCFault(.invalidParams, "there is no prompt \"\(wanted)\"")
            }
            guard prompt.arguments.contains(where: { $0.name == name }) else {
                throw RPCFault(.invalidParams, "the prompt \(wanted) has no argument \"\(name)\"")
            }
        case "ref/resource":
            let wanted = ref?["uri"]?.text ?? ""
            guard MCPResources.templates.contains(where: { $0.uri == wanted }) else {
                throw RPCFault(.invalidParams, "there is no resource template \"\(wanted)\"")
            }
        default: throw RPCFault(.invalidParams, "\"ref\" is to be of type ref/prompt or ref/resource")
        }
        let text = typed.lowercased()
        let all = try await values(name)
        // Names that begin so come before those that hold it somewhere.
        let found =
            all.filter { $0.lowercased().hasPrefix(text) }
            + all.filter { !$0.lowercased().hasPrefix(text) && $0.lowercased().contains(text) }
        return [
            "completion": [
                "values": JSONValue(Array(found.prefix(Self.limit))), "total": .int(Int64(found.count)),
                "hasMore": .bool(found.count > Self.limit),
            ]
        ]
    }

    private func values(_ argument: String) async throws -> [String] {
        switch argument {
        case "table", "subject":
            let tables = try await cache.catalogue(context, environment: context.environment).value.tables
            let columns =
                argument == "subject"
                ? tables.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } } : []
            return tables.map(\.name.description) + columns
        case "path", "+path": return try await cache.project(context).contracts.keys.sorted()
        case "run":
            let book = try await RunBook.open(try await cache.project(context))
            return ["latest"] + (try await book.runs(limit: 200)).map(\.run.id)
        default: return []
        }
    }
}
