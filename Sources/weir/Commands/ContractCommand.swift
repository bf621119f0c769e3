import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct ContractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Work with data contracts: look for mistakes, compare, convert, and propose one from data.",
        subcommands: [
            ContractLintCommand.self, ContractDiffCommand.self, ContractFormatCommand.self, ContractImportCommand.self,
            ContractExportCommand.self, ContractSuggestCommand.self, ContractTestCommand.self,
        ])
}

/// `weir check` under the name that other contract tools give it.
struct ContractTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "The same as weir check.")

    @OptionGroup var check: CheckCommand

    func run() async throws { try await check.run() }
}

struct ContractLintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Report every mistake in contracts, what of them is enforced, and what is not.",
        discussion: "Ends with 2 when a contract has a mistake; with --strict also when there is a warning.")

    @Argument(help: ArgumentHelp("Contract files.", valueName: "file"))
    var files: [String]

    @Flag(name: .long, help: "A warning counts like a mistake.")
    var strict = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        var reports: [ContractReport] = []
        for path in files {
            let file = try ContractFile(readingFrom: path, in: FileManager.default.currentDirectoryPath)
            reports.append(ContractReport(file, found: try await EngineCheck(file).run()))
        }
        try output.print(reports) { terminal in
            reports.map { ContractLintText.render($0, on: terminal) }.joined(separator: "\n\n")
        }
        if reports.contains(where: { !$0.errors.isEmpty || (strict && !$0.warnings.isEmpty) }) {
            throw ExitCode(Outcome.wrongUsage.rawValue)
        }
    }
}

struct ContractDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two versions of a contract, whom it breaks, and why.",
        discussion: "Ends with 1 when a change is breaking. In a project, the tables that bind what changed are named.")

    @Argument(help: ArgumentHelp("The contract as it was.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The contract as it is to be.", valueName: "new"))
    var new: String

    @OptionGroup var options: ProjectOptions

    func run() async throws {
        let here = FileManager.default.currentDirectoryPath
        let before = try ContractFile(readingFrom: old, in: here)
        let after = try ContractFile(readingFrom: new, in: here)
        var diff = try ContractDiff(from: before, to: after)
        // Outside of any project there are no consumers to look for.
        let project = options.project == "." ? try await options.loadIfAny() : try await options.load()
        if let project, let contract = before.contract {
            let paths = [old, new].map { path in
                let full = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: here)).standardizedFileURL.path
                return full.hasPrefix(project.root + "/") ? String(full.dropFirst(project.root.count + 1)) : full
            }
            diff = try await Runner(project, options: RunOptions()).consumers(
                of: diff, contract: contract, paths: Set(paths))
        }
        try options.output.print(diff) { ContractDiffText.render(diff, on: $0) }
        if diff.isBreaking { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}

struct ContractFormatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format",
        abstract: "Write a contract in its one form: v3.1.0, or v3.2.0 where something in it needs that.",
        discussion: "Keys stand in the order of the standard. Comments are not kept.")

    @Argument(help: ArgumentHelp("A contract file.", valueName: "file"))
    var file: String

    @Flag(name: .long, help: "Write the file instead of printing.")
    var inPlace = false

    func run() async throws {
        let contract = try ContractFile(readingFrom: file, in: FileManager.default.currentDirectoryPath)
        _ = try contract.valid()
        let text = contract.document?.yaml ?? ""
        if inPlace { try WholeFile.write(text, to: file) } else { Console().say(String(text.dropLast())) }
    }
}
