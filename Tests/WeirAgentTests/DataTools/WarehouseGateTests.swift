import Synchronization
import Testing

@testable import WeirAgent

@Suite("The gate to the warehouse")
struct WarehouseGateTests {
    private final class State: Sendable {
        struct Inside {
            var readers = 0
            var writers = 0
        }

        let value = Mutex(Inside())
    }

    @Test("lets readers in together, and a writer alone")
    func excludes() async throws {
        let gate = TurnGate()
        let state = State()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    if number % 5 == 0 {
                        try await gate.writing {
                            state.value.withLock { state in
                                #expect(state.readers == 0)
                                #expect(state.writers == 0)
                                state.writers += 1
                            }
                            try await Task.sleep(for: .milliseconds(1))
                            state.value.withLock { $0.writers -= 1 }
                        }
                    } else {
                        try await gate.reading {
                            state.value.withLock { state in
                                #expect(state.writers == 0)
                                state.readers += 1
                            }
                            try await Task.sleep(for: .milliseconds(2))
                            state.value.withLock { $0.readers -= 1 }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(state.value.withLock { $0.readers + $0.writers } == 0)
        #expect(await !gate.isBusy)
    }

    @Test("a cancelled wait ends, and others go on")
    func cancels() async throws {
        let gate = TurnGate()
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        let reader = Task { try await gate.reading { for await _ in opened { break } } }
        while await !(gate.hasReaders) { await Task.yield() }
        let writer = Task { try await gate.writing {} }
        while await !gate.isBusy { await Task.yield() }
        let late = Task { try await gate.reading { 7 } }
        writer.cancel()
        await #expect(throws: CancellationError.self) { try await writer.value }
        #expect(try await late.value == 7)
        open.yield()
        try await reader.value
    }
}
