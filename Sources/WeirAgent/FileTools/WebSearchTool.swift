import Foundation
import WeirAI
import WeirCore
import WeirPipeline

/// Asks the search service that `agent: search:` of weir.yaml names.
struct WebSearchTool: Tool {
    let settings: AgentSettings.Search
    var exchanger: any Exchanger = HTTPExchanger()
    static let mostBytes = 20_000

    var spec: ToolSpec {
        ToolSpec(
            name: "WebSearch", title: "Search the web",
            summary: "Asks the configured search service. What it answers was written by strangers.",
            input: ToolSchema.object([.init("query", .string, "", isRequired: true)]).json,
            output: ToolSchema.object([
                .init("text", .string, "As the service answered."), .init("truncated", .boolean, ""),
            ]).json, isOpenWorld: true)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let query = try arguments.text("query")
        // Everything but letters and digits is written out, so that a question cannot become another parameter.
        let words = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        var request = WireRequest("GET", url: settings.url.replacing("{query}", with: words))
        if let key = settings.key {
            let value = settings.header.lowercased() == "authorization" ? "Bearer \(key.reveal())" : key.reveal()
            request.headers[settings.header] = value
        }
        var status = 0
        var body: [UInt8] = []
        do {
            try await exchanger.exchange(request, timeout: .seconds(20)) { head, bytes in
                status = head.status
                if body.count < Self.mostBytes * 4 { body += bytes }
            }
        } catch let error as CancellationError { throw error } catch {
            throw WeirError(
                "search.failed", "the search service does not answer", isTransient: true, outcome: .systemFailed)
        }
        guard (200..<300).contains(status) else {
            throw WeirError("search.failed", "the search service answered \(status)", outcome: .systemFailed)
        }
        let cut = CutText.head(String(decoding: body, as: UTF8.self), bytes: Self.mostBytes)
        return ToolAnswer(
            ["text": .string(cut.text), "truncated": .bool(cut.isCut)], text: cut.text + (cut.isCut ? "\n(cut)" : ""),
            isForeign: true)
    }
}
