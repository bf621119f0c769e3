import Foundation
import Testing
import WeirEngine

/// A project in a folder of its own that is gone after the test.
final class TempProject: Sendable {
    let root: String
    private let logs: String

    /// - Parameter files: texts by path. A `weir.yaml` is written when none is given.
    init(_ files: [String: String] = [:]) throws {
        let base = FileManager.default.temporaryDirectory.appending(path: "weir-e2e-\(UUID().uuidString)")
        root = base.appending(path: "project").resolvingSymlinksInPath().path
        logs = base.appending(path: "logs").path
        for folder in [root, logs] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        if files["weir.yaml"] == nil { try write("weir.yaml", "weir: 1\nname: test\n") }
        for (path, text) in files { try write(path, text) }
    }

    deinit {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: root).deletingLastPathComponent())
    }

    // MARK: Files

    func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(root)/\(name)" }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    func write(_ name: String, _ data: Data) throws {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    /// Files carry a time that does not depend on when the test runs.
    func write(_ name: String, _ text: String, modified: Date) throws {
        try write(name, text)
        try touch(name, modified)
    }

    func touch(_ name: String, _ time: Date) throws {
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path(name))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    // MARK: Commands

    private static let inherited = ProcessInfo.processInfo.environment.filter { key, _ in
        ["PATH", "HOME", "TMPDIR", "LANG", "DUCKDB_LIB_DIR", "LD_LIBRARY_PATH"].contains(key)
    }

    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Child {
        try Child(
            Binary.path, arguments, in: root,
            environment: Self.inherited.merging(environment) { $1 }.merging(["NO_COLOR": "1"]) { $1 }, logs: logs)
    }

    /// A command at a terminal of its own, where a person sits.
    func sit(
        _ arguments: [String], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            Binary.path, arguments, in: root,
            environment: Self.inherited.merging(["TERM": "xterm-256color"]) { $1 }.merging(environment) { $1 },
            columns: columns, rows: rows)
    }

    func weir(
        _ arguments: String..., environment: [String: String] = [:], limit: Duration = .seconds(120)
    ) async throws -> Invocation {
        try await command(arguments, environment: environment, limit: limit)
    }

    func command(
        _ arguments: [String], environment: [String: String] = [:], limit: Duration = .seconds(120)
    ) async throws -> Invocation {
        try await Turns.shared.take { try await start(arguments, environment: environment).finish(limit: limit) }
    }

    /// `weir run -o json …`; the balance of every table must hold, whatever else happens.
    @discardableResult
    func run(
        _ arguments: String..., expect code: Int32? = nil, environment: [String: String] = [:],
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Invocation {
        let done = try await Turns.shared.take {
            try await start(["run", "-o", "json"] + arguments, environment: environment).finish()
        }
        if let code { #expect(done.code == code, "\(done)", sourceLocation: location) }
        for node in (try? done.report)?.nodes ?? [] {
            #expect(node.balance.holds, "\(node.name): \(node.balance)", sourceLocation: location)
        }
        return done
    }

    // MARK: Looking

    /// Rows of the warehouse as texts, in the order that the SQL asks for.
    func rows(_ sql: String) async throws -> [String] {
        try await query(sql).map { $0.map(\.display).joined(separator: "|") }
    }

    func query(_ sql: String) async throws -> Rows {
        var options = Database.Options(path: path("warehouse.duckdb"))
        options.readOnly = true
        options.threads = 1
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        return try await database.withConnection { try await $0.query(sql) }
    }
}
