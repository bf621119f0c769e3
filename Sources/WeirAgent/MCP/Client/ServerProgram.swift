import Foundation
import WeirCore
import WeirPipeline

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The process of another server, with its input and output.
final class ServerProgram: Sendable {
    /// What it writes; ends with it.
    let lines: AsyncStream<MessageLines.Line>
    private let writer: StdioTransport.Writer
    private let input: FileHandle
    private let process: RunningProcess

    /// Foundation's class is not marked as safe to share: it is only asked whether it runs, and told to end, which it
    /// guards by locks of its own.
    private struct RunningProcess: @unchecked Sendable { let process: Process }

    /// Variables that programs need to run at all; secrets of ours are not among them.
    private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SHELL", "TZ"]

    /// - Throws: `mcp.no-command`, `mcp.cannot-start`.
    static func start(_ settings: ToolServerSettings, in root: String) throws -> ServerProgram {
        let own = ProcessInfo.processInfo.environment
        let path = try find(settings.command, in: root, own["PATH"] ?? "", server: settings.name)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = settings.arguments
        process.currentDirectoryURL = URL(fileURLWithPath: root)
        process.environment = own.filter { inherited.contains($0.key) }
            .merging(settings.environment.mapValues { $0.reveal() }) { $1 }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        signal(SIGPIPE, SIG_IGN)
        do { try process.run() } catch {
            throw WeirError(
                "mcp.cannot-start", "the server \(settings.name) cannot be started: \(error.localizedDescription)",
                outcome: .systemFailed)
        }
        return ServerProgram(process, input.fileHandleForWriting, output.fileHandleForReading)
    }

    private init(_ process: Process, _ input: FileHandle, _ output: FileHandle) {
        self.process = RunningProcess(process: process)
        self.input = input
        writer = StdioTransport.Writer(descriptor: input.fileDescriptor)
        let (lines, feed) = AsyncStream.makeStream(of: MessageLines.Line.self)
        self.lines = lines
        let thread = Thread {
            var splitter = MessageLines()
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = buffer.withUnsafeMutableBytes { read(output.fileDescriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                for line in splitter.take(buffer[..<count]) { feed.yield(line) }
            }
            feed.finish()
        }
        thread.name = "weir-mcp-server"
        thread.start()
    }

    func send(_ message: JSONValue) { writer.send(message) }

    /// Closes its input, which is how a server is asked to end; one that stays is ended.
    func end() async {
        try? input.close()
        for step in 0..<60 {
            if !process.process.isRunning { return }
            if step == 40 { process.process.terminate() }
            try? await Task.sleep(for: .milliseconds(50))
        }
        kill(process.process.processIdentifier, SIGKILL)
    }

    private static func find(_ command: String, in root: String, _ path: String, server: String) throws -> String {
        let candidates =
            command.contains("/")
            ? [command.hasPrefix("/") ? command : "\(root)/\(command)"]
            : path.split(separator: ":").map { "\($0)/\(command)" }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw WeirError(
                "mcp.no-command", "the server \(server) cannot be started: there is no program \(command)",
                hint: "install it, or write its full path in `mcp:` of weir.yaml")
        }
        return found
    }
}
