import ArgumentParser
import Foundation
import WeirAI
import WeirCore
import WeirPipeline

struct AIModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "The models that the configured services offer, with their prices.",
        discussion: "Servers of your own are asked for their list; the others are looked up in the price table.")

    @OptionGroup var options: ProjectOptions

    private struct Report: Encodable { var models: [AIModelReport] }

    func run() async throws {
        let client = try await AIDesk.open(try await options.loadIfAny()).client()
        if client.settings.providers.isEmpty {
            throw WeirError(
                "ai.no-provider", "no AI service is configured",
                hint: "set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or write `ai: providers:` in weir.yaml")
        }
        let models = try await client.models(asking: true).map(AIModelReport.init)
        try options.output.print(Report(models: models)) { AIText.models(models, on: $0) }
    }
}

struct AIDoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Try each configured service with one tiny call, and explain what is wrong.")

    @OptionGroup var options: ProjectOptions

    func run() async throws {
        let report = await AIDoctor.examine(try await AIDesk.open(try await options.loadIfAny()))
        try options.output.print(report) { DoctorText.render(report, on: $0) }
        if report.outcome != .done { throw ExitCode(report.outcome.rawValue) }
    }
}

/// One model of `weir ai models`. Prices are dollars for a million tokens.
struct AIModelReport: Encodable {
    var provider: String
    var model: String
    var kind: String?
    var inputPrice: Money?
    var outputPrice: Money?
    var maxInputTokens: Int?
    var maxOutputTokens: Int?

    init(_ model: AIModel) {
        provider = model.provider
        self.model = model.name
        kind = model.price?.mode
        inputPrice = model.price?.perMillion.input
        outputPrice = model.price?.perMillion.output
        maxInputTokens = model.price?.maxInputTokens
        maxOutputTokens = model.price?.maxOutputTokens
    }
}

/// `weir ai prices`.
struct AIPriceReport: Encodable {
    struct Entry: Encodable {
        var model: String
        var inputPrice: Money?
        var outputPrice: Money?
        var cacheReadPrice: Money?
        var ends: String?
    }
    var version: String
    var prices: [Entry]

    init(_ table: PriceTable) {
        version = table.version
        prices = table.models.map { name, price in
            let each = price.perMillion
            return Entry(
                model: name, inputPrice: each.input, outputPrice: each.output, cacheReadPrice: each.cacheRead,
                ends: price.deprecation)
        }
    }
}
