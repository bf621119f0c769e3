import Foundation

/// Lets only as many commands run at once as the machine has cores, so that tests do not measure each other.
actor Turns {
    static let shared = Turns(ProcessInfo.processInfo.activeProcessorCount)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = max(2, count) }

    nonisolated func take<R: Sendable>(_ body: @Sendable () async throws -> R) async rethrows -> R {
        await begin()
        do {
            let result = try await body()
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func begin() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
