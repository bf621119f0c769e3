import Foundation
import WeirAI
import WeirCore

/// Reads the `ai:` of a model's header.
struct AIStepReader {
    let project: ProjectDraft

    func read(_ map: YAMLMap) -> AIStep? {
        if !map.has("task") {
            map.report(
                "yaml.missing-key", "`ai:` needs the key \"task\"",
                hint: "one of \(AIStep.Task.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let task = map.choice("task", AIStep.Task.self)
        var step = AIStep(
            task: task ?? .generate, model: map.string("model") ?? "",
            column: map.string("column") ?? task.flatMap { AIStep.usualColumns[$0] } ?? "answer", place: map.place())
        step.prompt = prompt(map)
        step.output = map.string("output")
        step.labels = labels(map)
        step.input = map.strings("input")
        step.images = map.strings("images")
        step.budget = budget(map)
        step.batching = map.choice("batch", AIStep.Batching.self) ?? .never
        if let least = map.money("batch_above") { step.batchAbove = least }
        step.maxTokens = map.positive("max_tokens")
        step.temperature = map.double("temperature")
        step.effort = map.choice("effort", AIEffort.self)
        step.rowsPerCall = map.positive("rows_per_call")
        if let count = map.positive("in_flight") { step.inFlight = count }
        step.dimensions = map.positive("dimensions")
        step.chunking = Chunking(
            limit: map.positive("chunk_tokens") ?? Chunking.usual.limit,
            overlap: map.int("overlap_tokens") ?? Chunking.usual.overlap)
        step.url = map.string("url")
        step.type = map.string("type")
        if task == .predict, OnnxFile.isOne(step.model) { step.modelFile = modelFile(step.model, map) }
        for key in ["prompt", "output", "column", "input", "images", "model", "type"] where map.has(key) {
            step.places[key] = map.place(key)
        }
        map.finish("`ai:`")
        guard task != nil else { return nil }
        checkFit(step, map)
        return step
    }

    /// Keys that the task needs, and those that would have no effect with it.
    private func checkFit(_ step: AIStep, _ map: YAMLMap) {
        let task = step.task
        func need(_ key: String, _ why: String, when: Bool) {
            if when, !map.has(key) {
                map.report("project.missing-key", "task \(task.rawValue) needs `\(key):`, \(why)", key: "task")
            }
        }
        func only(_ key: String, for tasks: Set<AIStep.Task>) {
            if map.has(key), !tasks.contains(task) {
                map.report("project.useless-key", "`\(key):` has no effect with task \(task.rawValue)", key: key)
            }
        }
        let prompted: Set<AIStep.Task> = [.extract, .classify, .generate, .image]
        need("prompt", "what the model is asked", when: [.extract, .generate, .image].contains(task))
        need("output", "the contract whose fields are wanted", when: task == .extract)
        need("labels", "what a row can be", when: task == .classify)
        need("images", "the columns that hold the pictures", when: task == .image)
        let isFile = OnnxFile.isOne(step.model)
        need(
            "url", "like http://127.0.0.1:8000/v2/models/churn/infer, or `model:`, like models/churn.onnx",
            when: task == .predict && !isFile)
        need("input", "the columns that the model takes", when: task == .predict)
        only("prompt", for: prompted)
        only("output", for: [.extract, .image])
        only("labels", for: [.classify])
        only("images", for: [.image])
        only("url", for: [.predict])
        only("type", for: [.predict])
        only("dimensions", for: [.embed])
        only("chunk_tokens", for: [.chunk])
        only("overlap_tokens", for: [.chunk])
        if map.has("dimensions"), step.model == AIStep.builtin {
            map.report("project.useless-key", "the built-in embedder has one length, 256", key: "dimensions")
        }
        if step.model == AIStep.builtin {
            for key in ["batch", "batch_above"] where map.has(key) {
                map.report("project.useless-key", "`\(key):` has no effect with the built-in embedder", key: key)
            }
        }
        for key in ["max_tokens", "temperature", "effort"] { only(key, for: prompted) }
        only("model", for: prompted.union(isFile || step.labelsTexts ? [.embed, .predict] : [.embed]))
        for key in ["budget", "batch", "batch_above"] { only(key, for: prompted.union([.embed])) }
        if step.output != nil, map.has("column") {
            map.report(
                "project.useless-key", "`column:` has no effect beside `output:`, whose fields are the columns",
                key: "column")
        }
        if task == .predict, let url = step.url, isFile || OnnxFile.isOne(url) {
            let named = isFile ? "`url:` has no effect beside a model in a file" : "\(url) is a file, and no address"
            map.report(
                "project.useless-key", named, hint: "name the file alone: `model: \(isFile ? step.model : url)`",
                key: "url")
        }
        if let type = step.type, !Self.isTypeName(type) {
            map.report("yaml.wrong-value", "\"\(type)\" is no type of a column", key: "type")
        }
    }

    private func prompt(_ map: YAMLMap) -> PromptTemplate? {
        guard let said = map.string("prompt") else { return nil }
        guard said.hasSuffix(".md") || said.hasSuffix(".txt") else {
            return template(PromptTemplate(text: said, file: nil, place: map.place("prompt")), map)
        }
        guard FileManager.default.fileExists(atPath: "\(project.root)/\(said)") else {
            let known = ProjectFiles.list("prompts", suffixes: [".md", ".txt"], root: project.root)
            map.report(
                "project.missing-prompt", "the prompt \(said) does not exist",
                hint: DidYouMean.closest(to: said, among: known).map { "did you mean \"\($0)\"?" }, key: "prompt")
            return nil
        }
        guard let text = project.problems.catching({ try ProjectFiles.text(said, root: project.root) }) else {
            return nil
        }
        return template(PromptTemplate(text: text, file: said, place: Place(file: said)), map)
    }

    private func modelFile(_ path: String, _ map: YAMLMap) -> OnnxFile? {
        do { return try OnnxFile(path, root: project.root) } catch {
            let known = ProjectFiles.list(".", suffixes: [".onnx"], root: project.root).map { String($0.dropFirst(2)) }
            let error = WeirError.wrapping(error)
            map.report(
                error.code, error.message,
                hint: DidYouMean.closest(to: path, among: known).map { "did you mean \"\($0)\"?" }
                    ?? known.first.map { "the project has \($0)" }, key: "model")
            return nil
        }
    }

    private func template(_ template: PromptTemplate, _ map: YAMLMap) -> PromptTemplate? {
        if !template.text.contains(where: { !$0.isWhitespace }) {
            map.report("project.empty-prompt", "the prompt is empty", key: "prompt")
            return nil
        }
        if let open = template.unclosed {
            project.problems.add(
                WeirError(
                    "project.bad-prompt", "a {{ is not closed", hint: "write {{column}}", at: template.place(of: open)))
            return nil
        }
        return template
    }

    private func labels(_ map: YAMLMap) -> [AIStep.Label] {
        guard let value = map.value("labels") else { return [] }
        let labels: [AIStep.Label]
        if value.isMap, let entries = value.map() {
            labels = entries.keys.map { AIStep.Label(name: $0, meaning: entries.string($0)) }
        } else {
            labels = value.strings().map { AIStep.Label(name: $0, meaning: nil) }
        }
        if labels.count < 2 { map.report("yaml.wrong-value", "`labels:` needs two or more", key: "labels") }
        if Set(labels.map(\.name)).count < labels.count {
            map.report("yaml.wrong-value", "`labels:` names one twice", key: "labels")
        }
        return labels
    }

    /// `$2.00` is for one run; a map says for how long.
    private func budget(_ map: YAMLMap) -> Budget? {
        guard let value = map.value("budget") else { return nil }
        guard value.isMap, let entry = value.map() else {
            return map.money("budget").map { Budget(limit: $0, per: .run) }
        }
        let budget = entry.budget(per: .run)
        entry.finish("a budget")
        return budget
    }

    /// A type of a column as people write it: words, digits and brackets, so that it can stand in SQL.
    private static func isTypeName(_ text: String) -> Bool {
        text.first?.isLetter == true
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_ (),[]".unicodeScalars.contains($0))
            }
    }
}
