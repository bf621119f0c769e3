import WeirAI
import WeirCore
import WeirPipeline

/// Which model answers: what a person asks for, then the project's word, then the profile's.
enum ModelChoice {
    /// The name for requests; empty for the project's usual model.
    static func name(asked: String?, settings: AgentSettings, profile: AgentProfile) -> String {
        for word in [asked, settings.model] {
            if let word, !word.isEmpty { return settings.models[word] ?? word }
        }
        guard let word = profile.model, !word.isEmpty, word != "inherit" else { return "" }
        if let model = settings.models[word] { return model }
        // A class says how clever, not who: without a mapping the project's usual model answers.
        return ProfileJudge.classes.contains(word) ? "" : word
    }

    /// Whether tool calls must be made by a schema.
    static func usesSchema(_ settings: AgentSettings, _ profile: ModelProfile) -> Bool {
        switch settings.toolCalls {
        case .native: false
        case .schema: true
        case .automatic: profile.supportsTools == false
        }
    }
}
