import Foundation
import Testing
import WeirConnect
import WeirCore
import WeirEngine

@testable import WeirPipeline

/// A project with a column of notes that can be searched, wherever it is.
protocol NotesLab: Sendable {
    var project: ScratchProject { get }
    /// The column.
    var target: String { get }
    /// What `--key` says.
    var key: [String] { get }
}

extension NotesLab {
    @discardableResult
    func index(_ change: (inout SearchIndexer) -> Void = { _ in }) async throws -> SearchIndexReport {
        var indexer = SearchIndexer(project: try project.load(), target: target)
        indexer.key = key
        change(&indexer)
        return try await indexer.run()
    }

    func search(_ question: String, _ change: (inout SearchRun) -> Void = { _ in }) async throws -> SearchReport {
        var run = SearchRun(project: try project.load(), target: target, question: question)
        run.key = key
        change(&run)
        return try await run.run()
    }

    func ids(_ report: SearchReport) -> [Int] { report.hits.compactMap { $0.key["id"]?.integer.map { Int($0) } } }

    func failure(_ question: String, _ change: (inout SearchRun) -> Void = { _ in }) async -> WeirError? {
        do {
            _ = try await search(question, change)
            return nil
        } catch { return error as? WeirError }
    }
}

/// A project with a table of notes in its warehouse.
struct SearchLab: NotesLab {
    let project: ScratchProject
    let target = "raw.notes.text"
    let key = ["id"]

    static func with(_ notes: [(Int, String?)], _ body: (SearchLab) async throws -> Void) async throws {
        try await ScratchProject.with(["weir.yaml": "weir: 1\nname: notes\nenvironments: { dev: {} }\n"]) { project in
            let lab = SearchLab(project: project)
            try await lab.execute("CREATE SCHEMA raw; CREATE TABLE raw.notes (id BIGINT, text VARCHAR, stars INTEGER)")
            try await lab.set(notes)
            try await body(lab)
        }
    }

    func execute(_ sql: String, _ values: [Value] = []) async throws {
        let warehouse = try await Warehouse.open(try project.load().warehouse)
        _ = try await warehouse.withConnection { try await $0.execute(sql, values) }
    }

    func rows(_ sql: String) async throws -> [String] {
        let warehouse = try await Warehouse.open(try project.load().warehouse, readOnly: true)
        return try await warehouse.withConnection { connection in
            try await connection.query(sql).map { $0.map(\.display).joined(separator: "|") }
        }
    }

    /// Puts notes in place of those with their ids; one without a text is removed.
    func set(_ notes: [(Int, String?)]) async throws {
        let warehouse = try await Warehouse.open(try project.load().warehouse)
        _ = try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                try connection.transaction { connection in
                    for (id, text) in notes {
                        try connection.execute("DELETE FROM raw.notes WHERE id = ?", [Value(id)])
                        guard let text else { continue }
                        try connection.execute(
                            "INSERT INTO raw.notes VALUES (?, ?, ?)", [Value(id), .text(text), Value(id % 5)])
                    }
                }
            }
        }
    }

    static let notes: [(Int, String?)] = [
        (1, "The refund was late and nobody answered."), (2, "My parcel arrived broken."),
        (3, "Great service, friendly people!"), (4, "Die Rückerstattung kam viel zu spät."), (5, "退款来得太晚了。"),
        (6, "The part number is XZ-9431."), (7, "   "), (8, "The cat sleeps on the sofa."),
    ]
}
