import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

/// A project with a connection `shop` to a database of its own, in a real PostgreSQL that has pgvector.
struct PostgresLab: NotesLab {
    let project: ScratchProject
    let target = "shop#public.notes.text"
    /// The table has a primary key.
    let key: [String] = []
    /// Of the database.
    let address: String

    /// The tests of it are left out on machines for which `scripts/services` knows none.
    static var isExpected: Bool { Service.pgvector.address != nil }

    static func with(
        _ notes: [(Int, String?)] = [], server: Service = .pgvector,
        _ body: (PostgresLab) async throws -> Void
    ) async throws {
        let server = try server.required()
        let name = "search_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        let start = try #require(server.lastIndex(of: "/"))
        let address = "\(server[..<start])/\(name)"
        try await execute("CREATE DATABASE \(name)", at: server, isTransaction: false)
        // Own closures: a failed body must not leave the database.
        let result: Result<Void, any Error>
        do {
            try await ScratchProject.with(["weir.yaml": yaml(address)]) { project in
                let lab = PostgresLab(project: project, address: address)
                try await lab.execute("CREATE TABLE notes (id bigint PRIMARY KEY, text text, stars integer)")
                try await lab.set(notes)
                try await body(lab)
            }
            result = .success(())
        } catch { result = .failure(error) }
        try await execute("DROP DATABASE \(name) WITH (FORCE)", at: server, isTransaction: false)
        try result.get()
    }

    static func yaml(_ address: String) -> String {
        """
        weir: 1
        name: notes
        connections:
          shop: { type: postgres, url: "\(address)" }
          files: { type: s3 }

        """
    }

    private static func execute(_ sql: String, at address: String, isTransaction: Bool = true) async throws {
        try await connected(address) { connection in
            _ = try await connection.query(
                "CALL postgres_execute('s', ?\(isTransaction ? "" : ", use_transaction = false"))", [.text(sql)])
        }
    }

    private static func connected<R: Sendable>(
        _ address: String, _ body: @Sendable (Connection) async throws -> R
    ) async throws -> R {
        var options = Database.Options()
        options.extensions = ["postgres_scanner"]
        return try await Database.open(options).withConnection { connection in
            try await connection.execute("ATTACH \(SQL.literal(address)) AS s (TYPE postgres)")
            return try await body(connection)
        }
    }

    func execute(_ sql: String) async throws { try await Self.execute(sql, at: address) }

    func rows(_ sql: String) async throws -> [String] {
        try await Self.connected(address) { connection in
            try await connection.query("SELECT * FROM postgres_query('s', ?)", [.text(sql)])
                .map { $0.map(\.display).joined(separator: "|") }
        }
    }

    /// Puts notes in place of those with their ids; one without a text is removed.
    func set(_ notes: [(Int, String?)]) async throws {
        if notes.isEmpty { return }
        let ids = notes.map { "\($0.0)" }.joined(separator: ", ")
        let values = notes.compactMap { id, text in text.map { "(\(id), \(SQL.literal($0)), \(id % 5))" } }
        try await execute(
            "DELETE FROM notes WHERE id IN (\(ids))"
                + (values.isEmpty ? "" : "; INSERT INTO notes VALUES \(values.joined(separator: ", "))"))
    }

    func indexFailure(_ change: (inout SearchIndexer) -> Void = { _ in }) async -> WeirError? {
        do {
            _ = try await index(change)
            return nil
        } catch { return error as? WeirError }
    }

    static let vectors = "weir_search.\"public.notes.text\""
}
