import ArgumentParser
import WeirCore

@main
struct WeirCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A data engineer in one binary: read, type, transform, check, quarantine, publish, explain.",
        version: Weir.version,
        subcommands: [
            InitCommand.self,
            PlanCommand.self,
            RunCommand.self,
            BackfillCommand.self,
            TestCommand.self,
            CheckCommand.self,
            QueryCommand.self,
            QuarantineCommand.self,
            LineageCommand.self,
            RunsCommand.self,
            DocsCommand.self,
            LintCommand.self,
            DoctorCommand.self,
            ProfileCommand.self,
            DiffCommand.self,
            DriftCommand.self,
            ContractCommand.self,
            AICommand.self,
            SearchCommand.self,
            AgentCommand.self,
            MemoryCommand.self,
            TodoCommand.self,
            MCPCommand.self,
        ])

    static func main() async {
        await CommandLineRun.main()
    }
}
