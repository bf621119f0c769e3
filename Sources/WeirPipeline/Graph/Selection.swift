import WeirCore

/// Which tables a command is about: `mart.delays`, `+mart.delays`, `mart.delays+`, `staging.*`, `tag:x`, `changed+`.
public struct Selection: Sendable {
    let texts: [String]

    /// No text selects everything.
    public init(_ texts: [String]) { self.texts = texts }

    public var isEverything: Bool { texts.isEmpty }

    /// - Parameter changed: keys of tables whose definition changed, for `changed`.
    /// - Throws: `selection.nothing` for a text that matches no table, with the nearest name.
    func resolve(graph: ProjectGraph, project: Project, changed: Set<String>) throws -> Set<String> {
        if texts.isEmpty { return Set(graph.order.map(\.name.key)) }
        var selected = Set<String>()
        for text in texts {
            var core = text[...]
            let upstream = core.hasPrefix("+")
            if upstream { core = core.dropFirst() }
            let downstream = core.hasSuffix("+")
            if downstream { core = core.dropLast() }
            let matches = try match(String(core), graph: graph, project: project, changed: changed)
            selected.formUnion(matches.map(\.key))
            if upstream { selected.formUnion(graph.closure(of: matches, upstream: true)) }
            if downstream { selected.formUnion(graph.closure(of: matches, upstream: false)) }
        }
        return selected
    }

    private func match(
        _ text: String, graph: ProjectGraph, project: Project, changed: Set<String>
    ) throws -> [TableName] {
        let names = graph.order.map(\.name)
        // Nothing having changed is an answer, not a mistake.
        if text == "changed" { return names.filter { changed.contains($0.key) } }
        var found: [TableName]
        if text.hasPrefix("tag:") {
            let tag = String(text.dropFirst(4))
            found = names.filter { name in
                (project.model(name)?.notes ?? project.source(name)?.notes)?.tags.contains(tag) ?? false
            }
        } else if text.contains("*") {
            found = names.filter { Glob.matches(text, $0.key) }
        } else {
            found = names.filter { $0.key == text.lowercased() }
        }
        if found.isEmpty {
            let near = DidYouMean.closest(to: text, among: names.map(\.description)).map { "did you mean \($0)?" }
            throw WeirError(
                "selection.nothing", "no table matches \"\(text)\"",
                hint: near
                    ?? "a selector is a table, schema.*, tag:NAME or changed, with + for what is up- or downstream")
        }
        found.sort()
        return found
    }
}
