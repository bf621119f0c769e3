import WeirCore

struct BashTool: Tool {
    let root: String

    var spec: ToolSpec {
        ToolSpec(
            name: "Bash", title: "Run a command",
            summary: """
                Runs a shell command in the project's folder and answers its output and exit code. It gets no secrets, \
                no input and no terminal; it and all it started end at the time limit. Prefer the other tools: they \
                need no permission.
                """,
            input: ToolSchema.object([
                .init("command", .string, "", isRequired: true),
                .init("timeout", .integer, "Seconds, at most 600; 120 where not given."),
            ]).json,
            output: ToolSchema.object([
                .init("exit_code", .integer, ""), .init("output", .string, "Standard output and errors."),
                .init("bytes", .integer, "Bytes that it wrote."), .init("truncated", .boolean, ""),
                .init("timed_out", .boolean, ""),
            ]).json, level: .run, isDestructive: true, isIdempotent: false, isOpenWorld: true)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let command = try arguments.text("command")
        if command.allSatisfy(\.isWhitespace) { throw WeirError("tool.bad-arguments", "Bash: the command is empty") }
        if command.utf8.contains(0) { throw WeirError("tool.bad-arguments", "Bash: a command has no zero byte") }
        let seconds = try arguments.int("timeout", usual: 120, in: 1...600)
        let ended = try await ShellProcess(root: root, command: command, limit: .seconds(seconds)).run()
        let output = Redaction.clean(ended.output)
        var text = output.isEmpty ? "(no output)\n" : output + (output.hasSuffix("\n") ? "" : "\n")
        text += ended.isTimedOut ? "(ended after \(seconds) s)" : "(exit code \(ended.code))"
        return ToolAnswer(
            [
                "exit_code": .int(Int64(ended.code)), "output": .string(output), "bytes": .int(Int64(ended.bytes)),
                "truncated": .bool(ended.isCut), "timed_out": .bool(ended.isTimedOut),
            ], text: text, isError: ended.code != 0 || ended.isTimedOut, isForeign: true)
    }
}
