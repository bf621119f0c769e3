import Foundation
import StandIn

// `weir-standin PORT`: the stand-in server as a process of its own, for benchmarks and tests that run the command.
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let server = try await StandIn(port: port)
server.forgetRequests()
// Written at once, also into a pipe.
FileHandle.standardOutput.write(Data("\(server.url)\n".utf8))
// It lives until it is ended by whoever started it.
while true { try await Task.sleep(for: .seconds(3600)) }
