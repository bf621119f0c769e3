import Synchronization
import WeirAI
import WeirCore
import WeirEngine
import WeirStore

/// What the AI steps of one run share: one client, so that limits and budgets hold for all of them together.
actor StepDesk {
    private let project: Project
    private let store: StateStore?
    private var opened: Task<AIClient, any Error>?
    private let claims = BatchClaims()

    init(project: Project, store: StateStore?) {
        self.project = project
        self.store = store
    }

    /// The client, made when the first step needs one.
    ///
    /// - Throws: `ai.no-ledger` where nothing could be accounted for.
    func client() async throws -> AIClient {
        if let opened { return try await opened.value }
        guard let store else {
            throw WeirError(
                "ai.no-ledger", "the project's state store cannot be used, and without it no budget holds",
                hint: "see the warning about .weir/state.db above", outcome: .systemFailed)
        }
        let settings = Self.settings(project)
        let task = Task { try await AIClient(settings: settings, store: store) }
        opened = task
        return try await task.value
    }

    /// The project's settings with the budgets of its steps.
    static func settings(_ project: Project) -> AISettings {
        var settings = project.ai ?? .usual()
        for model in project.models {
            guard var budget = model.ai?.budget else { continue }
            budget.node = model.name.description
            settings.budgets.append(budget)
        }
        return settings
    }

    /// Everything that runs a model's step.
    func stepRun(
        of model: ModelDefinition, _ context: NodeContext, on connection: Connection,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> StepRun {
        guard let step = model.ai else {
            throw WeirError("system.unexpected", "\(model.name) has no AI step", outcome: .systemFailed)
        }
        let sql = try context.environmentSQL(of: model)
        let columns = try await connection.perform { try OutputColumns.of(sql, source: model.text, on: $0) }
        let resolved = try ResolvedStep(step, of: model, in: project, columns: columns)
        let store = AnswerStore(
            resolved: resolved, runID: context.runID, now: context.now, target: context.target)
        let warnings = OncePerText()
        var options = AICallOptions()
        options.tag = AICallTag(runID: context.runID, node: model.name.description, step: step.task.rawValue)
        options.priority = .batch
        options.warn = { warning in
            guard warnings.isNew(warning.message) else { return }
            events(.warning(WeirError(warning.code, "\(model.name): \(warning.message)")))
        }
        var run = StepRun(
            resolved: resolved, store: store, answering: try await answering(resolved, options),
            progress: { events(.asking(model.name, $0)) })
        if let batched = run.answering as? any BatchAnswering {
            run.batches = BatchStep(store: store, answering: batched, claims: claims)
        } else if step.batching != .never {
            // The project's settings, not the step, say who makes vectors.
            options.warn(
                AIWarning("ai.no-batch", "`batch:` has no effect: the built-in embedder makes its vectors here"))
        }
        return run
    }

    private func predictor(_ step: AIStep) async throws -> any Predictor {
        if let file = step.modelFile { return OnnxPredictor(file, type: step.type) }
        let (settings, url) = (Self.settings(project), step.url ?? "")
        // Only a server that has a key needs the client, and with it the ledger.
        guard settings.provider(of: url) != nil else {
            return PredictionClient(url: url, model: step.model, retry: settings.retry)
        }
        return try await client().predictor(url: url, model: step.model)
    }

    /// - Throws: `yaml.wrong-value`, placed in the header, where the engine knows no such type.
    private func check(of resolved: ResolvedStep) async throws -> AnswerCheck {
        do { return try await AnswerCheck(resolved.shape) } catch let error as WeirError {
            guard let type = resolved.step.type, error.code == "sql.unknown-name" else { throw error }
            throw WeirError(
                "yaml.wrong-value", "\"\(type)\" is no type of a column", hint: "like DOUBLE, BIGINT or VARCHAR",
                at: resolved.step.places["type"])
        }
    }

    /// Who answers a step's rows.
    private func answering(_ resolved: ResolvedStep, _ options: AICallOptions) async throws -> any Answering {
        let step = resolved.step
        switch step.task {
        case .predict:
            return PredictionAnswering(
                predictor: try await predictor(step), resolved: resolved, check: try await check(of: resolved))
        case .embed where step.model == AIStep.builtin:
            return BuiltinEmbedding(embedder: try BuiltinEmbedder.shared(), unit: step.unit)
        case .embed: return EmbeddingAnswering(client: try await client(), step: step, options: options)
        case .chunk: return ChunkAnswering(step: step, tokenizer: try BuiltinEmbedder.shared().tokenizer)
        case .extract, .classify, .generate, .image:
            return ModelAnswering(
                asker: Asker(resolved: resolved), client: try await client(),
                check: try await AnswerCheck(resolved.shape), options: options)
        }
    }
}

/// Many calls have the same thing to tell a person; it is told once.
private final class OncePerText: Sendable {
    private let seen = Mutex(Set<String>())

    func isNew(_ text: String) -> Bool { seen.withLock { $0.insert(text).inserted } }
}
