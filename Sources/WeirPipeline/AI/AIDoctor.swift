import WeirAI
import WeirCore

/// Tries each configured AI service with one tiny call and tells what is wrong.
public enum AIDoctor {
    public static func examine(_ desk: AIDesk) async -> Diagnosis {
        var report = Diagnosis()
        if desk.settings.providers.isEmpty {
            report.fail(
                "providers", "no AI service is configured",
                "set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or write `ai: providers:` in weir.yaml",
                .wrongUsage)
            return report
        }
        do {
            let client = try await desk.client()
            for provider in desk.settings.providers { await examine(provider, client, &report) }
        } catch { report.fail("ledger", error) }
        return report
    }

    private static func examine(
        _ provider: ProviderSettings, _ client: AIClient, _ report: inout Diagnosis
    ) async {
        let check = "provider \(provider.name)"
        do {
            guard let model = try await client.cheapestModel(of: provider.name) else {
                report.warn(check, "no model of it is known", "name one under `models:` of the provider")
                return
            }
            var request = AIRequest(
                model: "\(provider.name)/\(model)", messages: [.user("Answer with the word ok.")], maxTokens: 64)
            request.effort = nil
            var options = AICallOptions()
            options.usesCache = false
            options.fallbacks = []
            options.retry = RetryPolicy(attempts: 1, limit: .seconds(60))
            options.tag = AICallTag(step: "doctor")
            let answer = try await client.complete(request, options: options)
            let cost = answer.cost.map { ", \($0)" } ?? ", no price is known for it"
            let server = await client.detectedServer(of: provider.name).map { Self.words($0, model) } ?? ""
            report.ok(check, "\(answer.model.isEmpty ? model : answer.model) answered\(cost)\(server)")
        } catch { report.fail(check, error) }
    }

    private static func words(_ server: DetectedServer, _ model: String) -> String {
        let context = server.models.first { $0.name == model }?.context
        return " (\(server.kind.rawValue)\(context.map { ", a context of \(Figures.count($0)) tokens" } ?? ""))"
    }
}
