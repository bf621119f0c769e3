import Foundation
import Synchronization
import WeirAgent
import WeirCore

/// A conversation with an agent at a terminal.
struct AgentChat {
    let session: AgentSession
    let display: AgentDisplay
    let root: String
    private static let help = """
        Type what is to be done. Enter sends; Alt-Enter, or a backslash at the end, begins another line.
        Ctrl-C stops what is under way and keeps the session. Ctrl-D or /quit leaves.
        /patch shows what was changed, /tools what it can do.

        """

    func run() async throws {
        Self.say("\(session.profile.name), \(session.model)\(session.isDryRun ? ", a dry run" : ""). /help explains.\n")
        let editor = LineEditor(historyPath: "\(root)/.weir/agent/history")
        while let line = await editor.line(prompt: "› ") {
            try Task.checkCancellation()
            let words = line.trimmingCharacters(in: .whitespacesAndNewlines)
            switch words {
            case "": continue
            case "/quit", "/exit": return leave()
            case "/help": Self.say(Self.help)
            case "/tools": Self.say(session.tools.joined(separator: ", ") + "\n")
            case "/patch": Self.say(await session.loop.patch())
            case _ where words.hasPrefix("/") && !words.contains(" "):
                let commands = ["/help", "/tools", "/patch", "/quit"]
                Self.say("There is no \(Cell.visible(words)); \(DidYouMean.hint(for: words, among: commands) ?? "")\n")
            default: try await work(line)
            }
        }
        leave()
    }

    /// One task. Ctrl-C stops it, and the conversation goes on.
    private func work(_ task: String) async throws {
        let loop = session.loop
        let step = Task { try await loop.run(task) }
        Interruption.taken.withLock {
            $0 = {
                if step.isCancelled { return false }
                step.cancel()
                return true
            }
        }
        defer { Interruption.taken.withLock { $0 = nil } }
        do {
            let outcome = try await withTaskCancellationHandler {
                try await step.value
            } onCancel: {
                step.cancel()
            }
            display.close()
            display.end(outcome, dryRun: session.isDryRun)
        } catch is CancellationError {
            display.close()
            try Task.checkCancellation()
            Self.say("stopped; say what to do now\n")
        } catch let error as WeirError {
            display.close()
            Console().fail(error)
        }
    }

    private func leave() { Self.say("weir agent --resume \(session.id) goes on.\n") }

    private static func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
