import Foundation
import WeirCore
import WeirEngine

/// The files beside the warehouse that make an index's answers come sooner. Losing them loses nothing.
struct SearchCompanions: Sendable {
    let project: Project
    let record: SearchRecord

    private func path(_ kind: String) -> String { "\(project.stateFolder)/search/\(record.mark).\(kind).duckdb" }

    /// The graph, where there is one that covers most of the vectors.
    func graph() async -> SearchGraph? { await OpenGraphs.shared.graph(path("graph"), mark: record.mark) }

    /// Makes the graph where it is wanted and missing, or where a tenth of the vectors came or left since it was made.
    ///
    /// - Returns: how many vectors it holds; nil where there is none.
    func refreshGraph(from start: Int, on connection: Connection) async throws -> Int? {
        let vectors = record.vectors.sql
        let count = Int(try await connection.query("SELECT count(vector) FROM \(vectors)").scalar.int ?? 0)
        guard count >= start else {
            try? FileManager.default.removeItem(atPath: path("graph"))
            return nil
        }
        if let graph = await graph() {
            let old = try await connection.query(
                "SELECT count(vector) FROM \(vectors) WHERE id <= ?", [.int(graph.covered)]
            ).scalar.int
            let kept = Int(old ?? 0)
            if ((count - kept) + (graph.count - kept)) * 10 <= count { return graph.count }
        }
        try await SearchGraph.build(
            path("graph"), mark: record.mark, covered: record.nextID - 1, from: record.vectors,
            dimensions: record.dimensions, memoryLimit: project.warehouse.memoryLimit, on: connection)
        return count
    }

    /// The words as they are now, made where they are missing or older than the vectors.
    ///
    /// - Parameter onlyExisting: makes them only where they were wanted before.
    @discardableResult
    func refreshWords(
        of source: SearchSource, onlyExisting: Bool, on connection: Connection
    ) async throws -> SearchWords? {
        let path = path("words")
        if onlyExisting, !FileManager.default.fileExists(atPath: path) { return nil }
        if let words = await SearchWords.open(path, mark: record.mark), words.stamp.changes == record.changes {
            return words
        }
        try await SearchWords.build(
            path, record: record, source: source, memoryLimit: project.warehouse.memoryLimit, on: connection)
        return await SearchWords.open(path, mark: record.mark)
    }

    /// For an index that is no more.
    func remove() {
        for kind in ["graph", "words"] { try? FileManager.default.removeItem(atPath: path(kind)) }
    }
}
