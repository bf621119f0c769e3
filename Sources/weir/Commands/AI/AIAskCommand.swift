import ArgumentParser
import Foundation
import WeirAI
import WeirCore
import WeirPipeline

struct AIAskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Ask a model, and show its answer as it comes.",
        discussion: "Works outside of a project too; within one the call stands in its ledger and its budgets hold.")

    @OptionGroup var options: ProjectOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model, or PROVIDER/MODEL; `ai: model:` of weir.yaml where not given.", valueName: "name"))
    var model: String = ""

    @Option(name: .long, help: ArgumentHelp("What the model should be or do in general.", valueName: "text"))
    var system: String?

    @Option(name: .long, help: ArgumentHelp("A PDF or text to read; may be given several times.", valueName: "path"))
    var file: [String] = []

    @Option(name: .long, help: ArgumentHelp("An image to look at; may be given several times.", valueName: "path"))
    var image: [String] = []

    @Option(name: .long, help: ArgumentHelp("JSON Schema that the answer must fit.", valueName: "path"))
    var schema: String?

    @Option(name: .long, help: "Most tokens of the answer, thinking included.")
    var maxTokens: Int = 4096

    @Flag(name: .long, help: "Show the answer when it is whole.")
    var noStream = false

    @Flag(name: .long, help: "Ask again although the answer is kept.")
    var noCache = false

    @Argument(help: "The question.")
    var question: String

    func validate() throws {
        if maxTokens < 1 { throw ValidationError("--max-tokens is 1 or more") }
        if question.allSatisfy(\.isWhitespace) { throw ValidationError("the question is empty") }
    }

    func run() async throws {
        let console = Console(format: options.output.output)
        let request = try request()
        let client = try await AIDesk.open(try await options.loadIfAny()).client()
        var call = AICallOptions()
        call.priority = .interactive
        call.usesCache = !noCache
        call.tag = AICallTag(step: "ask")
        call.warn = { console.warn(WeirError($0.code, $0.message)) }
        let answer: AIResponse
        if noStream || options.output.output == .json {
            answer = try await client.complete(request, options: call)
            console.say(answer.text)
        } else {
            answer = try await show(client.stream(request, options: call))
        }
        for warning in answer.warnings { console.warn(WeirError(warning.code, warning.message)) }
        try Self.judge(answer)
        if options.output.output == .json {
            try console.show(AIAnswerReport(answer)) { _ in "" }
        } else {
            FileHandle.standardError.write(Data((console.errors.style(Self.footer(answer), .faint) + "\n").utf8))
        }
    }

    private func request() throws -> AIRequest {
        var content: [AIContent] = try image.map { .image(try MediaFile.image($0)) }
        content += try file.map { .document(try MediaFile.document($0)) }
        var request = AIRequest(
            model: model, system: system, messages: [AIMessage(.user, content + [.text(question)])],
            maxTokens: maxTokens)
        if let schema {
            guard let text = try? String(contentsOfFile: schema, encoding: .utf8) else {
                throw WeirError("ai.unreadable-file", "\(schema) cannot be read", at: Place(file: schema))
            }
            guard JSONValue(parsing: text)?.fields != nil else {
                throw WeirError("ai.bad-schema", "\(schema) is no JSON object", at: Place(file: schema))
            }
            // As it is written: models fill in keys in their order.
            request.output = AIOutputSchema(schema: .literal(text))
        }
        return request
    }

    private func show(_ events: AsyncThrowingStream<AIEvent, any Error>) async throws -> AIResponse {
        for try await event in events {
            switch event {
            case .textDelta(let text):
                // What comes from outside must not move the cursor or colour the screen.
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    Cell.visible(String($0))
                }
                try? FileHandle.standardOutput.write(contentsOf: Data(lines.joined(separator: "\n").utf8))
            case .finish(let answer):
                try? FileHandle.standardOutput.write(contentsOf: Data("\n".utf8))
                return answer
            default: break
            }
        }
        throw CancellationError()
    }

    /// An answer that was refused or cut is no success.
    private static func judge(_ answer: AIResponse) throws {
        switch answer.finish.kind {
        case .refused:
            throw WeirError(
                "ai.refused", "the model refused to answer: \(answer.finish.detail ?? answer.finish.raw)",
                outcome: .gateFailed)
        case .length:
            throw WeirError(
                "ai.cut-answer", "the answer was cut at the limit of tokens", hint: "give more with --max-tokens",
                outcome: .gateFailed)
        default: return
        }
    }

    private static func footer(_ answer: AIResponse) -> String {
        let cost = answer.isCached ? "from the cache, $0.00" : answer.cost.map(\.description) ?? "no price known"
        return "\(answer.model) · \(Figures.count(answer.usage.inputTotal)) tokens in, "
            + "\(Figures.count(answer.usage.outputTotal)) out · \(cost)"
    }
}

/// `weir ai ask -o json`.
struct AIAnswerReport: Encodable {
    var answer: String
    var attempts: Int
    var cached: Bool
    var cost: Money?
    var finish: String
    var model: String
    var provider: String
    var requestId: String?
    var usage: Usage
    var warnings: [AIWarning]

    struct Usage: Encodable {
        var cacheRead: Int64
        var cacheWrite: Int64
        var input: Int64
        var output: Int64
        var reasoning: Int64
        var estimated: Bool
    }

    init(_ response: AIResponse) {
        answer = response.text
        attempts = response.attempts
        cached = response.isCached
        cost = response.cost
        finish = response.finish.kind.rawValue
        model = response.model
        provider = response.provider
        requestId = response.requestID
        usage = Usage(
            cacheRead: response.usage.cacheRead,
            cacheWrite: response.usage.cacheWrite5m + response.usage.cacheWrite1h,
            input: response.usage.inputUncached, output: response.usage.outputTotal,
            reasoning: response.usage.outputReasoning, estimated: response.usage.isMissing)
        warnings = response.warnings
    }
}
