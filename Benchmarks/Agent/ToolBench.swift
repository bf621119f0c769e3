import Foundation
import WeirAgent
import WeirCore
import WeirStore

/// What a call of a tool costs beside its work: reading the arguments, the permission, the audit trail on disk.
struct ToolBench {
    let folder: String
    let count: Int

    private struct Nothing: Tool {
        let spec = ToolSpec(
            name: "nothing", title: "Nothing", summary: "", input: ToolSchema.object([.init("text", .string, "")]).json)

        func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
            ToolAnswer(["said": .string(try arguments.text("text"))])
        }
    }

    func run() async throws -> JSONValue {
        let path = "\(folder)/state.db"
        let trail = AuditTrail(open: { try await StateStore.open(path) })
        let caller = ToolCaller(
            tools: Toolbox([Nothing()]), context: ToolContext(root: folder), actor: "bench",
            permit: { _, _ in .allowed }, audit: { await trail.add($0) })
        var times: [Double] = []
        for number in 0..<count {
            times.append(
                try await milliseconds { _ = try await caller.call("nothing", ["text": .string("call \(number)")]) })
        }
        await trail.flush()
        let recorded = try await StateStore.open(path).audit(limit: count + 1).count
        return ["median_ms": .double(times.sorted()[count / 2]), "recorded": .int(Int64(recorded))]
    }
}
