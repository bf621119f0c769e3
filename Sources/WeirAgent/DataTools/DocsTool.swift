import Foundation
import WeirCore
import WeirPipeline

/// Finds what people wrote about the project: reasons, decisions, descriptions, contracts.
struct DocsTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "docs", title: "Read the documentation",
        summary:
            "What people wrote down: why tables are as they are, decisions, descriptions of columns, contracts, tests. `search` finds passages; `table` tells all of one table, its SQL included; `contract` is the text of a contract's file. Read it before you change something.",
        input: ToolSchema.object([
            .init("search", .string, "Words to find; passages that hold more of them come first."),
            .init("table", .string, "All of this table."),
            .init("contract", .string, "A file like contracts/orders.yaml."),
            DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [.init("table", .any, "What is known of the table."), .init("file", .string, "The file whose text it is.")]
                + AnswerCutter.fields(
                    "passages",
                    .object([
                        .init("about", .string, "The table, column or file.", isRequired: true),
                        .init(
                            "kind", .string, "why, decision, column, rule, contract, origin, sql or text.",
                            isRequired: true),
                        .init("text", .string, "", isRequired: true),
                    ]), "The best first.")
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let environment = try arguments.environment(context)
        let project = try await cache.project(context)
        let offset = try arguments.offset()
        if let path = try arguments.optionalText("contract") {
            return try contract(path, project, arguments, offset)
        }
        let catalogue = try await cache.catalogue(context, environment: environment).value
        if let name = try arguments.optionalText("table") {
            let table = try catalogue.table(name)
            let model = project.model(table.name)
            let passages =
                DocsPassage.all(of: table) + (model.map { [DocsPassage(table.name.description, "sql", $0.sql)] } ?? [])
            return ToolAnswer(
                AnswerCutter().answer(
                    passages.filter { $0.kind != "column" && $0.kind != "rule" }.flatMap { $0.pieces() },
                    key: "passages",
                    beside: ["table": SchemaTool.whole(table).without("why")], from: offset, mark: arguments.mark))
        }
        let all = catalogue.tables.flatMap(DocsPassage.all) + DocsPassage.contracts(of: project)
        let words = (try arguments.optionalText("search") ?? "").lowercased().split { !$0.isLetter && !$0.isNumber }
            .map(String.init)
        let found = words.isEmpty ? all.filter { $0.kind == "why" } : DocsPassage.ranked(all, by: words)
        return ToolAnswer(
            AnswerCutter().answer(
                found.flatMap { $0.pieces() }, key: "passages", from: offset, mark: arguments.mark))
    }

    private func contract(
        _ path: String, _ project: Project, _ arguments: ToolArguments, _ offset: Int
    ) throws -> ToolAnswer {
        guard project.contracts[path] != nil else {
            throw WeirError(
                "contract.unknown", "the project has no contract \(path)",
                hint: DidYouMean.hint(for: path, among: project.contracts.keys.sorted()))
        }
        let text = (try? String(contentsOfFile: try ProjectPath.file(path, in: project.root), encoding: .utf8)) ?? ""
        return ToolAnswer(
            AnswerCutter().answer(
                DocsPassage(path, "text", text).pieces(), key: "passages", beside: ["file": .string(path)],
                from: offset, mark: arguments.mark))
    }
}

/// Something that somebody wrote about the project.
struct DocsPassage: Sendable, Hashable {
    let about: String
    let kind: String
    let text: String

    init(_ about: String, _ kind: String, _ text: String) {
        self.about = about
        self.kind = kind
        self.text = text
    }

    /// A long text is several passages, cut between lines.
    func pieces() -> [JSONValue] {
        var pieces: [String] = []
        var piece = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if piece.utf8.count + line.utf8.count > 6000, !piece.isEmpty {
                pieces.append(piece)
                piece = ""
            }
            piece += (piece.isEmpty ? "" : "\n") + line
        }
        return (pieces + [piece]).map { ["about": .string(about), "kind": .string(kind), "text": .string($0)] }
    }

    static func all(of table: Catalogue.Table) -> [DocsPassage] {
        let name = table.name.description
        var passages: [DocsPassage] = []
        if let why = table.why { passages.append(DocsPassage(name, "why", why)) }
        passages += table.decisions.map { DocsPassage(name, "decision", $0) }
        if let origin = table.origin { passages.append(DocsPassage(name, "origin", origin)) }
        passages += table.rules.map { DocsPassage(name, "rule", $0) }
        for column in table.columns {
            if let summary = column.summary {
                passages.append(DocsPassage("\(name).\(column.name)", "column", summary))
            }
            passages += column.rules.map { DocsPassage("\(name).\(column.name)", "rule", $0) }
        }
        return passages
    }

    static func contracts(of project: Project) -> [DocsPassage] {
        project.contracts.sorted { $0.key < $1.key }.flatMap { path, contract in
            [contract.name, contract.description].compactMap(\.self).map { DocsPassage(path, "contract", $0) }
        }
    }

    /// Those that hold at least one word, also in their subject; more words first, then shorter passages.
    static func ranked(_ passages: [DocsPassage], by words: [String]) -> [DocsPassage] {
        passages.compactMap { passage -> (score: Int, passage: DocsPassage)? in
            let text = passage.text.lowercased()
            let subject = passage.about.lowercased()
            let score = words.reduce(0) { $0 + (text.contains($1) ? 2 : 0) + (subject.contains($1) ? 1 : 0) }
            return score > 0 ? (score, passage) : nil
        }.sorted {
            ($1.score, $0.passage.text.count, $0.passage.about) < ($0.score, $1.passage.text.count, $1.passage.about)
        }.map(\.passage)
    }
}
