import Foundation
import WeirAI
import WeirCore
import WeirPipeline

/// A session as it went, for whoever watches, without a model and without a call.
public enum SessionReplay {
    /// What happened, in its order.
    public static func events(_ records: [SessionRecord]) -> [AgentEvent] {
        records.flatMap { record -> [AgentEvent] in
            switch record.event {
            case .began, .task, .ended: []
            case .memory(let lines): [.memory(lines)]
            case .answer(let answer):
                (answer.text.isEmpty ? [] : [.text(answer.text)]) + [.textEnded]
                    + answer.calls.map { .call(tool: $0.name, arguments: $0.arguments) }
            case .result(let result): [.result(result)]
            case .note(let text): [.note(text)]
            case .summary: [.summed]
            }
        }
    }

    /// A result that is another one now.
    public struct Difference: Sendable, Hashable, Encodable {
        public var tool: String
        public var arguments: JSONValue
        public var before: String
        public var after: String
    }

    /// Gives the recorded answers to the tools again, in a dry run and in a file that is thrown away, and compares.
    public static func again(
        _ records: [SessionRecord], project: Project, show: @escaping @Sendable (AgentEvent) -> Void
    ) async throws -> [Difference] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-replay-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var request = SessionRequest()
        request.answerer = RecordedModel(records)
        request.isDryRun = true
        request.folder = folder
        request.memory = AgentMemory.none
        request.show = show
        let heads = records.compactMap { if case .began(let head) = $0.event { head.agent } else { nil } }
        request.agent = heads.first.flatMap { $0.isEmpty ? nil : $0 }
        let session = try await AgentSession.open(project, settings: AISettings(), store: nil, request: request)
        for case .task(let task) in records.map(\.event) {
            do { _ = try await session.loop.run(task) } catch let error as WeirError
                where error.code == "agent.recording-ends"
            { break }
        }
        await session.close()
        return differences(records, try SessionShelf.read("\(folder)/\(session.id).jsonl"))
    }

    /// Compares two sessions that made the same calls.
    public static func differences(_ old: [SessionRecord], _ new: [SessionRecord]) -> [Difference] {
        func results(_ records: [SessionRecord]) -> [RecordedResult] {
            records.compactMap { if case .result(let result) = $0.event { result } else { nil } }
        }
        var waiting = results(old)
        return results(new).compactMap { after in
            let index = waiting.firstIndex { $0.tool == after.tool && $0.arguments == after.arguments }
            guard let index else { return nil }
            let before = waiting.remove(at: index)
            // What a dry run may not do, and what it only pretends to do, says nothing.
            if ["Write", "Edit"].contains(after.tool) || after.content?["error"]?["code"] == "tool.denied" {
                return nil
            }
            if before.content == after.content, before.isError == after.isError { return nil }
            return Difference(
                tool: before.tool, arguments: before.arguments, before: CutText.head(before.text, bytes: 400).text,
                after: CutText.head(after.text, bytes: 400).text)
        }
    }
}
