import Foundation
internal import GRDB
import WeirCore

/// The project's own memory: runs, what became of each table, lineage, schemas, metrics.
///
/// It is a SQLite file in WAL mode, `.weir/state.db`, that several processes may use at once. It holds history, memories
/// and tasks, and nothing that the data depends on: deleting it loses no row and no position. So no fault in it may stop
/// a run; open it with ``openOrQuarantine(_:secrets:)`` and report what that found.
///
/// ```swift
/// let opened = await StateStore.openOrQuarantine(".weir/state.db")
/// for warning in opened.warnings { print(ErrorText.renderWarning(warning)) }
/// try await opened.store.begin(run)
/// ```
///
/// Texts are cleaned of credentials before they are stored.
public final class StateStore: Sendable {
    let writer: any DatabaseWriter
    /// The file, or nil for a store in memory.
    public let path: String?
    private let secrets: [Secret]

    init(writer: any DatabaseWriter, path: String?, secrets: [Secret]) {
        self.writer = writer
        self.path = path
        self.secrets = secrets
    }

    /// Opens the file and creates it where it is missing, with its folder.
    ///
    /// - Parameters:
    ///   - secrets: values that are wiped from every text before it is stored.
    /// - Throws: `state.damaged`, `state.newer`, `state.foreign` or `state.unusable`.
    public static func open(_ path: String, secrets: [Secret] = []) async throws -> StateStore {
        do {
            return StateStore(writer: try await Opening.pool(at: path), path: path, secrets: secrets)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StateFault.of(error).error(path: path)
        }
    }

    /// A store that is forgotten with the process.
    public static func inMemory(secrets: [Secret] = []) throws -> StateStore {
        do {
            let queue = try DatabaseQueue(configuration: Opening.configuration)
            try Migration.run(on: queue)
            return StateStore(writer: queue, path: nil, secrets: secrets)
        } catch {
            throw StateFault.of(error).error(path: ":memory:")
        }
    }

    // MARK: Access for the other files of this module

    func read<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await naming { try await $0.read(body) }
    }

    func write<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await naming { try await $0.write(body) }
    }

    /// Reads on this thread, which must be one that may be blocked.
    func readNow<R>(_ body: (Database) throws -> R) throws -> R { try namingNow { try $0.read(body) } }

    /// Writes on this thread, which must be one that may be blocked.
    func writeNow<R>(_ body: (Database) throws -> R) throws -> R { try namingNow { try $0.write(body) } }

    /// A transaction that is on the disk when this returns. What is written by ``write(_:)`` survives the process being
    /// killed, but perhaps not the machine losing power.
    func writeDurably<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await naming { writer in
            try await writer.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? database.execute(sql: "PRAGMA synchronous = NORMAL") }
                var result: R?
                try database.inTransaction(.immediate) {
                    result = try body(database)
                    return .commit
                }
                guard let result else { throw StateFault.unusable("the transaction did not run") }
                return result
            }
        }
    }

    private func naming<R: Sendable>(_ body: (any DatabaseWriter) async throws -> R) async throws -> R {
        do { return try await body(writer) } catch { throw named(error) }
    }

    private func namingNow<R>(_ body: (any DatabaseWriter) throws -> R) throws -> R {
        do { return try body(writer) } catch { throw named(error) }
    }

    /// The error that says which file and what to do.
    private func named(_ error: any Error) -> any Error {
        error is WeirError || error is CancellationError ? error : StateFault.of(error).error(path: path ?? ":memory:")
    }

    /// Whether the text holds a credential, one of the store's own or one that looks like it.
    public func holdsSecret(_ text: String) -> Bool {
        secrets.contains { $0.wiped(from: text) != text } || SecretShape.found(in: text) != nil
    }

    func clean(_ text: String?) -> String? {
        text.map { Redaction.clean($0, secrets: secrets) }
    }
}
