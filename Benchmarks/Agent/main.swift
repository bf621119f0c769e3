import Foundation
import WeirAI
import WeirAgent
import WeirCore
import WeirStore

// What `Benchmarks/run` measures of the agent: weir-agent-bench CASE ARGUMENTS… Each case prints one JSON object.

/// Chances that are the same each time (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func milliseconds(_ body: () async throws -> Void) async rethrows -> Double {
    let began = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - began) / .milliseconds(1)
}

/// A case by its name, with how it is called.
struct Case: Sendable {
    let name: String
    let usage: String
    let count: Int
    let run: @Sendable ([String]) async throws -> JSONValue
}

let cases = [
    Case(name: "memory", usage: "FOLDER COUNT", count: 2) { words in
        try await MemoryBench(folder: words[0], count: Int(words[1]) ?? 10_000).run()
    },
    Case(name: "tool", usage: "FOLDER COUNT", count: 2) { words in
        try await ToolBench(folder: words[0], count: Int(words[1]) ?? 10_000).run()
    },
]

let words = Array(CommandLine.arguments.dropFirst())
guard let chosen = cases.first(where: { $0.name == words.first }), words.count == chosen.count + 1 else {
    print("weir-agent-bench " + cases.map { "\($0.name) \($0.usage)" }.joined(separator: " | "))
    exit(2)
}
print(try await chosen.run(Array(words.dropFirst())).line)
