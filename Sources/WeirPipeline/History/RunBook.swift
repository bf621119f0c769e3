import Foundation
import WeirCore
import WeirStore

/// What is known of a project's earlier runs: the reading side of its state store.
///
/// ```swift
/// let book = try await RunBook.open(project)
/// for entry in try await book.runs(limit: 5) { print(entry.run.id, entry.run.status) }
/// ```
public struct RunBook: Sendable {
    /// Nil when the project has never been run.
    let store: StateStore?

    /// Opens the history; reading it creates nothing.
    ///
    /// - Throws: `state.damaged`, `state.newer`, `state.foreign` or `state.unusable`.
    public static func open(_ project: Project) async throws -> RunBook {
        let path = "\(project.stateFolder)/state.db"
        guard FileManager.default.fileExists(atPath: path) else { return RunBook(store: nil) }
        let store = try await StateStore.open(path, secrets: project.secrets)
        // Only runs whose process is known to be gone: another one may be going on just now.
        _ = try? await store.markInterrupted()
        return RunBook(store: store)
    }

    /// The newest runs first.
    public func runs(limit: Int = 20) async throws -> [RunOverview] {
        try await store?.overviews(limit: limit) ?? []
    }

    /// One run and what became of its tables.
    ///
    /// - Parameter id: the id, its beginning, its last four digits, or `latest`.
    /// - Throws: `run.unknown`, `run.ambiguous`.
    public func run(_ id: String) async throws -> RunDetail {
        guard let store else {
            throw WeirError("run.unknown", "the project has not been run yet", hint: "`weir run` runs it")
        }
        let (run, nodes) = try await store.run(id)
        return RunDetail(run: run, nodes: nodes)
    }

    /// The newest results of one table, newest first.
    func history(of name: TableName, environment: String?, limit: Int) async throws -> [NodeRecord] {
        try await store?.history(of: name.description, environment: environment, limit: limit) ?? []
    }

    /// How every test ended when it was last run.
    func lastTests(environment: String?) async throws -> [TestRecord] {
        try await store?.lastTests(environment: environment) ?? []
    }
}

/// One run with its tables, in the order in which they were settled. Tables that were unchanged are not listed.
public struct RunDetail: Sendable, Encodable {
    public var run: RunRecord
    public var nodes: [NodeRecord]
}
