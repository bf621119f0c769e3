import ArgumentParser

struct AICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ai", abstract: "Ask AI services, and see what they cost.",
        subcommands: [
            AIAskCommand.self, AIModelsCommand.self, AIUsageCommand.self, AIBudgetCommand.self, AIDoctorCommand.self,
            AIPricesCommand.self, AIRetryCommand.self,
        ])
}
