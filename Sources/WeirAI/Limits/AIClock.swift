import Foundation

/// The time that limits, retries and budgets go by; tests bring their own.
public struct AIClock: Sendable {
    /// Time since some moment that never changes.
    public var now: @Sendable () -> Duration
    public var sleep: @Sendable (Duration) async throws -> Void
    public var date: @Sendable () -> Date
    /// How much faster than the world's it runs: what the network takes is that much longer by it.
    public private(set) var pace = 1

    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        date: @escaping @Sendable () -> Date
    ) {
        self.now = now
        self.sleep = sleep
        self.date = date
    }

    public static let system = scaled(by: 1)

    /// A clock that runs faster, so that a minute's limit can be tried in a second.
    public static func scaled(by factor: Int) -> AIClock {
        let start = ContinuousClock.now
        let began = Date()
        var clock = AIClock(
            now: { (ContinuousClock.now - start) * factor },
            sleep: { try await Task.sleep(for: $0 / factor) },
            date: {
                factor == 1 ? Date() : began.addingTimeInterval(Date().timeIntervalSince(began) * Double(factor))
            })
        clock.pace = factor
        return clock
    }
}
