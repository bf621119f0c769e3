import Foundation
import WeirCore

/// What a model is told before a session.
struct AgentPrompt: Sendable {
    let profile: AgentProfile
    let project: String
    let foreign: ForeignText
    let isDryRun: Bool
    let isUnattended: Bool
    let tools: Toolbox
    /// The model knows no tool calls: each answer is one JSON object.
    let usesSchema: Bool

    var text: String {
        var parts = [profile.instructions.trimmingCharacters(in: .whitespacesAndNewlines)]
        parts.append(
            """
            # Where you are
            You work in the Weir project "\(project)". Paths are relative to its folder, and nothing outside of it can be \
            reached. Models are models/<schema>/<table>.sql, sources are sources/*.yaml, contracts are contracts/*.yaml, \
            tests are tests/**/*.yaml. Independent calls that only read may be made together in one answer.
            """)
        parts.append(foreign.rule)
        if isDryRun {
            parts.append(
                """
                This is a dry run. Write and Edit change nothing on disk: what they would change is shown as a patch at \
                the end, and you read your own changes back. Nothing can be run or published. Say what you could not try.
                """)
        }
        if isUnattended {
            parts.append(
                "Nobody is there to answer questions. Decide what can be decided from the project; say what cannot be.")
        }
        if !profile.duties.isEmpty, !isDryRun {
            parts.append(
                "Finish only when the tools' results of this session show that it works. What is missing is sent back once."
            )
        }
        if !profile.steps.isEmpty {
            let steps = profile.steps.enumerated().map { "\($0 + 1). \($1.text)" }
            parts.append("Work in these steps, in this order:\n\(steps.joined(separator: "\n"))")
        }
        if usesSchema { parts.append(SchemaCalls.manual(tools)) }
        return parts.joined(separator: "\n\n")
    }

    /// The first words of a task: what is remembered, and what is asked.
    static func memory(_ lines: [String]) -> String {
        """
        # What you remember of this project
        Review it before you begin. It was true when it was written down; what you see now counts more.
        \(lines.map { "- \($0)" }.joined(separator: "\n"))
        """
    }
}
