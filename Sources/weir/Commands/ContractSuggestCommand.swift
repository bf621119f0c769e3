import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct ContractSuggestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suggest",
        abstract: "Propose a contract for a file, a glob, a table or a query, with what each rule rests on.",
        discussion: """
            weir contract suggest data/orders.csv --to contracts/orders.yaml
            weir contract suggest mart.delays

            Rules are found on four of five rows, and only those are proposed that the fifth keeps as well.
            """)

    @Argument(help: "A file, a glob, schema.table or a SELECT.")
    var target: String

    @Option(name: .long, help: ArgumentHelp("Name of the object in the contract.", valueName: "name"))
    var name: String?

    @Option(name: .long, help: ArgumentHelp("Write the contract to this file.", valueName: "file"))
    var to: String?

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is asked.", valueName: "name"))
    var env: String?

    @OptionGroup var options: ProjectOptions

    func run() async throws {
        let here = FileManager.default.currentDirectoryPath
        let kind = try ProfileTarget(target, in: here)
        let progress = Progress(on: Terminal.of(descriptor: 2))
        var run = ProfileRun(target: target, project: try await options.load(isNeeded: !kind.isFiles), folder: here)
        run.environment = env
        let table = if case .table(let name) = kind { Optional(name) } else { TableName?.none }
        let suggester = ContractSuggester(
            target: target, name: name ?? Self.name(of: kind), physicalName: table?.description
        ) { text in Task { await progress.update(text) } }
        let suggestion = try await run.withRows { try suggester.suggest($0, isTable: $1, on: $2) }
        await progress.clear()
        if let to { try WholeFile.write(suggestion.contract, to: to) }
        try options.output.print(suggestion) {
            to == nil ? suggestion.contract.trimmingCharacters(in: .newlines) : Self.summary(suggestion, on: $0)
        }
    }

    /// `orders` of `data/orders-2024.csv`, `delays` of `mart.delays`.
    static func name(of kind: ProfileTarget) -> String {
        switch kind {
        case .table(let name): return name.table
        case .query: return "rows"
        case .files(let pattern):
            let file = pattern.split(separator: "/").last.map(String.init) ?? pattern
            let stem = file.prefix { $0 != "." && $0 != "*" && $0 != "?" && $0 != "[" }
            let trimmed = stem.trimmingCharacters(in: .init(charactersIn: "-_ 0123456789"))
            return trimmed.isEmpty ? "rows" : trimmed
        }
    }

    private static func summary(_ suggestion: ContractSuggestion, on terminal: Terminal) -> String {
        var table = TextTable(["rule", "says", "held-out values", "confidence"])
        for rule in suggestion.rules {
            table.add([rule.rule, rule.says, Figures.count(rule.heldOut), String(rule.confidence)])
        }
        var lines = [table.render(on: terminal)]
        if !suggestion.rejected.isEmpty {
            lines += ["", terminal.style("Not proposed", .strong)]
            lines += suggestion.rejected.map { "  \($0.rule): \($0.says) – \($0.why)" }
        }
        return lines.joined(separator: "\n")
    }
}
