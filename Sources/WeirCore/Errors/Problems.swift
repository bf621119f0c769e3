/// Gathers mistakes while a file is read, so that all of them are reported and not the first only.
///
/// A reference type on purpose: readers of nested parts share one. It stays inside one task.
public final class Problems {
    public private(set) var all: [WeirError] = []

    public init() {}

    public func add(_ error: WeirError) { all.append(error) }

    public func add(contentsOf errors: [WeirError]) { all.append(contentsOf: errors) }

    public var isEmpty: Bool { all.isEmpty }

    /// Runs `body` and keeps its error instead of throwing it.
    public func catching<R>(_ body: () throws -> R) -> R? {
        do { return try body() } catch {
            add(WeirError.wrapping(error))
            return nil
        }
    }

    /// Throws one error that holds every mistake found, or nothing when there was none.
    public func throwIfAny(_ code: String, _ summary: (Int) -> String) throws {
        if !all.isEmpty { throw WeirError.gathering(code, summary, all) }
    }
}

extension WeirError {
    /// The error itself when it already is one, else a system error that keeps the text.
    public static func wrapping(_ error: any Error) -> WeirError {
        if let known = error as? WeirError { return known }
        if error is CancellationError {
            return WeirError("run.cancelled", "stopped on request", outcome: .systemFailed)
        }
        return WeirError("system.unexpected", "\(error)", outcome: .systemFailed)
    }
}
