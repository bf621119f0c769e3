import Foundation
import WeirCore
import WeirPipeline
import WeirStore

/// Looks whether resources read differently than before: a run has ended, a file of the project was changed.
///
/// It reads files and the project's history, and never the warehouse: a look at that would keep a run of another process
/// from writing. What it tells may be more than what changed: a table may be the same after a run.
struct ResourceWatch: Sendable {
    let listening: Listening
    let cache: ProjectCache
    let context: ToolContext
    let interval: Duration
    let send: @Sendable (JSONValue) -> Void

    private static let folders = ["sources", "models", "contracts", "prompts"]

    /// Until it is cancelled.
    func run() async {
        var stamp = files()
        // Taken before anything is agreed to, so that no change falls in between.
        var before = await look()
        if Task.isCancelled { return }
        send(listening.acknowledged)
        while true {
            try? await Task.sleep(for: interval)
            if Task.isCancelled { return }
            if stamp.holds { continue }
            stamp = files()
            let now = await look()
            if Task.isCancelled { return }
            // What cannot be read now is told when it can be.
            if listening.list, let list = now.list, list != before.list {
                if before.list != nil { send(listening.listChanged) }
                before.list = list
            }
            for uri in listening.uris {
                guard let mark = now.marks[uri], mark != before.marks[uri] else { continue }
                send(listening.updated(uri))
                before.marks[uri] = mark
            }
        }
    }

    private func files() -> FolderStamp {
        FolderStamp.of(
            project: context.root, folders: Self.folders,
            files: ["weir.yaml", ".weir/state.db", ".weir/state.db-wal"])
    }

    // MARK: Looking

    private struct Look {
        /// Nil where a file of the project has a mistake just now.
        var list: String?
        var marks: [String: String] = [:]
    }

    private func look() async -> Look {
        guard let project = try? await cache.project(context), let book = try? await RunBook.open(project),
            let runs = try? await book.runs(limit: 100)
        else { return Look() }
        let ended = runs.first { $0.run.finishedAt != nil }?.run.id ?? ""
        let texts = texts(of: project)
        let whole = Fingerprint.of([ended] + texts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
        var look = Look(list: Self.list(project))
        for uri in listening.uris {
            guard let reading = MCPResources.reading(uri) else { continue }
            if let path = reading.arguments["contract"]?.text {
                look.marks[uri] = Fingerprint.of([texts[path] ?? ""])
            } else if reading.tool == "usage" {
                if let id = reading.arguments["run"]?.text {
                    look.marks[uri] = await Self.mark { try await book.run(id) }
                } else {
                    look.marks[uri] = await Self.mark { runs }
                }
            } else {
                look.marks[uri] = whole
            }
        }
        return look
    }

    /// The project's files by their paths.
    private func texts(of project: Project) -> [String: String] {
        let manager = FileManager.default
        var paths = ["weir.yaml"] + project.contracts.keys
        for folder in Self.folders {
            paths += (manager.subpaths(atPath: "\(context.root)/\(folder)") ?? []).map { "\(folder)/\($0)" }
        }
        return paths.reduce(into: [:]) { texts, path in
            guard texts[path] == nil, let data = manager.contents(atPath: "\(context.root)/\(path)") else { return }
            texts[path] = String(decoding: data, as: UTF8.self)
        }
    }

    private static func list(_ project: Project) -> String {
        let tables =
            project.models.map { "\($0.name) \($0.notes.why ?? "")" }
            + project.sources.map { "\($0.name) \($0.notes.why ?? "")" }
        let contracts = project.contracts.map { "\($0.key) \($0.value.description ?? "")" }
        return Fingerprint.of(tables.sorted() + ["contracts"] + contracts.sorted())
    }

    /// What a part of the history reads like. That it is not there is something that can change too.
    private static func mark(_ body: () async throws -> some Encodable) async -> String? {
        do {
            return Fingerprint.of([try JSONValue.of(try await body()).line])
        } catch {
            return WeirError.wrapping(error).code
        }
    }
}
