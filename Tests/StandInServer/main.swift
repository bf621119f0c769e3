import Foundation
import StandIn

// `weir-standin PORT [RECORDING …]`: the stand-in server as a process of its own, for benchmarks, tests that run the
// command, and anybody who wants to see a recorded session through a provider's wire.
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let server = try await StandIn(port: port)
server.forgetRequests()
for path in CommandLine.arguments.dropFirst(2) {
    server.play(try String(contentsOfFile: path, encoding: .utf8))
}
// Written at once, also into a pipe.
FileHandle.standardOutput.write(Data("\(server.url)\n".utf8))
// It lives until it is ended by whoever started it.
while true { try await Task.sleep(for: .seconds(3600)) }
