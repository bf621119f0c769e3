import Testing

@testable import WeirAI

@Suite("Calls that are the same at the same time")
struct FlightsTests {
    private let answer = AIResponse(
        id: "a", model: "m", content: [.text("yes")], finish: AIFinish(.stop, raw: "stop"), usage: AIUsage())

    @Test("who is cancelled leaves at once, and the others get their answer")
    func leaving() async throws {
        let flights = Flights()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let answer = answer
        let fly: @Sendable () async throws -> AIResponse = {
            for await _ in gate { break }
            try Task.checkCancellation()
            return answer
        }
        let patient = Task { try await flights.join("k", fly) }
        for _ in 0..<20 {
            let hasty = Task { try await flights.join("k", fly) }
            await Task.yield()
            hasty.cancel()
            // The gate is closed: this ends because it is not waited for.
            await #expect(throws: CancellationError.self) { try await hasty.value }
        }
        open.yield()
        #expect(try await patient.value.0.text == "yes")
    }

    @Test("the last one who leaves ends the call, and the next one begins another")
    func last() async throws {
        let flights = Flights()
        let (ended, tell) = AsyncStream<Bool>.makeStream()
        let only = Task {
            try await flights.join("k") {
                do { try await Task.sleep(for: .seconds(600)) } catch { tell.yield(true) }
                throw CancellationError()
            }
        }
        await Task.yield()
        try await Task.sleep(for: .milliseconds(20))
        only.cancel()
        await #expect(throws: CancellationError.self) { try await only.value }
        for await wasCancelled in ended {
            #expect(wasCancelled)
            break
        }
        let answer = answer
        let next = try await flights.join("k") { answer }
        #expect(next.0.text == "yes" && !next.isShared)
    }
}
