import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

/// A folder for one test.
struct InitFolder {
    let path: String

    init() throws {
        path =
            URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath()
            .appending(path: "weir-init-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    init(path: String) { self.path = path }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

    func write(_ name: String, _ data: Data) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    func initialize(_ patterns: String...) async throws -> InitReport {
        try await ProjectInit.fromFiles(patterns, in: path, relativeTo: path)
    }

    /// Loads and runs the project that was written.
    func run() async throws -> RunSummary {
        try await Runner(try ProjectLoader.load(root: path, environment: [:]), options: RunOptions()).run()
    }

    func query(_ sql: String) async throws -> [[Value]] {
        let project = try ProjectLoader.load(root: path, environment: [:])
        return try await WarehouseQuery(project: project).rows(sql).map { $0 }
    }
}
