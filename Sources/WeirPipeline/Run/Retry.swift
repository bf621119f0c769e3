import WeirCore

/// Tries again what failed for a passing reason.
struct Retry: Sendable {
    /// Tries in all.
    var attempts = 4
    /// Before the second try, in seconds; it doubles from try to try.
    var firstDelay = 0.5

    /// Runs `body` until it succeeds, fails for good, or the tries are used up.
    ///
    /// - Parameter announce: called before each wait.
    func run<R: Sendable>(
        announce: @Sendable (WeirError, Double) -> Void, _ body: @Sendable (_ attempt: Int) async throws -> R
    ) async throws -> R {
        var attempt = 1
        while true {
            do { return try await body(attempt) } catch let error as WeirError
                where error.isTransient && attempt < attempts
            {
                // Jitter keeps several clients of one server from coming back all at once.
                let delay = firstDelay * Double(1 << (attempt - 1)) * Double.random(in: 0.75...1.25)
                announce(error, delay)
                try await Task.sleep(for: .seconds(delay))
                attempt += 1
            }
        }
    }
}
