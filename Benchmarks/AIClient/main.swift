import Foundation
import StandIn
import WeirAI
import WeirCore
import WeirStore

// What `Benchmarks/run ai` measures: weir-ai-bench calls|limiter|budget … Each prints one JSON object.

/// Peak resident memory of this process, in bytes.
func peakMemory() -> Int64 {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int64($0) } ?? 0) * 1024
}

func client(
    _ url: String, folder: String, clock: AIClock = .system, _ change: (inout AISettings) -> Void = { _ in }
) async throws -> (AIClient, StateStore) {
    var provider = ProviderSettings(name: "bench", type: .openAI, key: Secret(StandIn.key), baseURL: "\(url)/v1")
    provider.limits.inFlight = 1000
    var settings = AISettings()
    settings.providers = [provider]
    change(&settings)
    let store = try await StateStore.open("\(folder)/state.db")
    return (try await AIClient(settings: settings, store: store, clock: clock), store)
}

func question(_ number: Int) -> AIRequest {
    AIRequest(model: "gpt-4o-mini", messages: [.user("question \(number)")], maxTokens: 50)
}

/// Makes calls, so many at once, and returns how long each took.
func ask(_ client: AIClient, _ numbers: Range<Int>, atOnce: Int) async throws -> [Duration] {
    try await withThrowingTaskGroup(of: Duration.self) { group in
        var times: [Duration] = []
        times.reserveCapacity(numbers.count)
        for (position, number) in numbers.enumerated() {
            if position >= atOnce, let time = try await group.next() { times.append(time) }
            group.addTask {
                let began = ContinuousClock.now
                _ = try await client.complete(question(number))
                return ContinuousClock.now - began
            }
        }
        for try await time in group { times.append(time) }
        return times
    }
}

/// Calls a second with everything on: limits, budget, ledger, cache. The median of the whole shows what one call costs.
func calls(_ url: String, _ folder: String, count: Int, atOnce: Int) async throws -> JSONValue {
    let (client, store) = try await client(url, folder: folder) {
        $0.providers[0].limits.requestsPerMinute = 100_000_000
        $0.budgets = [Budget(limit: Money("1000000") ?? .zero, per: .day)]
    }
    _ = try await ask(client, 0..<min(1000, count / 10), atOnce: atOnce)
    let memory = peakMemory()
    let began = ContinuousClock.now
    let times = try await ask(client, 1_000_000..<(1_000_000 + count), atOnce: atOnce).sorted()
    let took = ContinuousClock.now - began
    let recorded = try await store.usage(by: .provider).reduce(0) { $0 + $1.calls }
    return [
        "calls": .int(Int64(count)), "seconds": .double(took / .seconds(1)),
        "median_ms": .double(times[times.count / 2] / .milliseconds(1)), "recorded": .int(recorded),
        "memory_before": .int(memory), "memory_after": .int(peakMemory()),
    ]
}

/// The same requests by the bare HTTP client, one at a time: what no client can be faster than.
func floor(_ url: String, count: Int) async throws -> JSONValue {
    let exchanger = HTTPExchanger()
    var times: [Duration] = []
    for number in 0..<count {
        var request = WireRequest.json(
            [
                "model": "gpt-4o-mini", "max_completion_tokens": 50,
                "messages": [["role": "user", "content": .string("question \(2_000_000 + number)")]],
            ], to: "\(url)/v1/chat/completions")
        request.headers["authorization"] = "Bearer \(StandIn.key)"
        let began = ContinuousClock.now
        var body: [UInt8] = []
        try await exchanger.exchange(request, timeout: .seconds(10)) { body += $1 }
        times.append(ContinuousClock.now - began)
        guard JSONValue(parsing: body)?["choices"] != nil else {
            throw AIFault(.garbled, String(decoding: body, as: UTF8.self))
        }
    }
    times.sort()
    return ["calls": .int(Int64(count)), "median_ms": .double(times[count / 2] / .milliseconds(1))]
}

/// Queued calls against a server that enforces 600 requests and 100,000 tokens a minute, with the clock scaled.
func limiter(_ folder: String, count: Int, scale: Int) async throws -> JSONValue {
    let server = try await StandIn()
    server.forgetRequests()
    server.set(limits: .init(requests: 600, tokens: 100_000, window: .seconds(60) / scale))
    let (client, _) = try await client(server.url, folder: folder, clock: .scaled(by: scale)) {
        $0.providers[0].limits.requestsPerMinute = 600
        $0.providers[0].limits.tokensPerMinute = 100_000
        $0.cache.isOn = false
    }
    let began = ContinuousClock.now
    _ = try await ask(client, 0..<count, atOnce: count)
    let minutes = (ContinuousClock.now - began) * scale / .seconds(60)
    return [
        "refused": .int(Int64(server.refused)), "minutes": .double(minutes),
        // Of the 600 that are allowed a minute.
        "share": .double(Double(count) / (600 * minutes)),
    ]
}

/// 64 workers and money for about a thousand calls.
func budget(_ url: String, _ folder: String) async throws -> JSONValue {
    let (plain, _) = try await client(url, folder: "\(folder)/plain")
    let one = try plain.estimate(question(1000)).worstCost ?? .zero
    let limit = Money(pico: one.pico * 1000)
    let (client, store) = try await client(url, folder: folder) {
        $0.budgets = [Budget(limit: limit)]
        $0.cache.isOn = false
    }
    let refused = await withTaskGroup(of: Int.self) { group in
        for worker in 0..<64 {
            group.addTask {
                for number in 0... {
                    do { _ = try await client.complete(question(1000 + worker * 100_000 + number)) } catch { return 1 }
                }
                return 0
            }
        }
        return await group.reduce(0, +)
    }
    let sum = try await store.usage(by: .provider).first
    return [
        "limit": .int(limit.pico), "spent": .int(sum?.cost ?? 0), "calls": .int(sum?.calls ?? 0),
        "stopped": .int(Int64(refused)),
    ]
}

let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "calls" where words.count == 5:
    print(try await calls(words[1], words[2], count: Int(words[3]) ?? 0, atOnce: Int(words[4]) ?? 1).line)
case "floor" where words.count == 3:
    print(try await floor(words[1], count: Int(words[2]) ?? 0).line)
case "limiter" where words.count == 4:
    print(try await limiter(words[1], count: Int(words[2]) ?? 0, scale: Int(words[3]) ?? 60).line)
case "budget" where words.count == 3:
    print(try await budget(words[1], words[2]).line)
default:
    print("weir-ai-bench calls URL FOLDER COUNT AT_ONCE | limiter FOLDER COUNT SCALE | budget URL FOLDER")
    exit(2)
}
