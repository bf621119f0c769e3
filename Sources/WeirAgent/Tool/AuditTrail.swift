import WeirCore
import WeirStore

/// Writes calls down, many at once: a transaction for each would take longer than most calls do.
///
/// What changes something is on disk before its answer is given; reading calls follow within a quarter of a second.
public actor AuditTrail {
    private var waiting: [AuditEntry] = []
    private var flushing: Task<Void, Never>?
    /// The last write that was begun; each waits for the one before.
    private var writing: Task<Void, Never>?
    private var store: StateStore?
    private let open: @Sendable () async throws -> StateStore
    private let warn: @Sendable (WeirError) -> Void
    private var hasWarned = false

    private static let pause = Duration.milliseconds(250)
    /// More than these are not kept in memory, whoever is waiting.
    private static let limit = 2_000

    /// - Parameters:
    ///   - open: the store; asked for when there is something to write.
    ///   - warn: told once when nothing can be written.
    public init(
        open: @escaping @Sendable () async throws -> StateStore,
        warn: @escaping @Sendable (WeirError) -> Void = { _ in }
    ) {
        self.open = open
        self.warn = warn
    }

    public func add(_ entry: AuditEntry) async {
        waiting.append(entry)
        if ToolLevel(name: entry.level).map({ $0 >= .write }) ?? true || waiting.count >= Self.limit {
            return await flush()
        }
        guard flushing == nil else { return }
        flushing = Task {
            try? await Task.sleep(for: Self.pause)
            await self.flushLater()
        }
    }

    private func flushLater() async {
        flushing = nil
        await flush()
    }

    /// Writes what is waiting.
    public func flush() async {
        let entries = waiting
        waiting.removeAll(keepingCapacity: true)
        let before = writing
        // What another one took to write is not on disk before that one is done.
        if entries.isEmpty {
            await before?.value
            return
        }
        let task = Task {
            await before?.value
            await self.write(entries)
        }
        writing = task
        await task.value
    }

    private func write(_ entries: [AuditEntry]) async {
        do {
            let store = try await store()
            // Also of a call that was cancelled: the trail is of all of them.
            try await Task.detached { try await store.record(entries) }.value
        } catch {
            if !hasWarned { warn(.wrapping(error)) }
            hasWarned = true
        }
    }

    private func store() async throws -> StateStore {
        if let store { return store }
        let opened = try await open()
        store = opened
        return opened
    }
}
