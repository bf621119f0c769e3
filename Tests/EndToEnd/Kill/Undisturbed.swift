import Foundation
import Testing

/// The steps taken in peace: what each leads to, how long it takes, and the state before it.
struct Undisturbed {
    var dumps: [[String: String]] = []
    var seconds: [Double] = []
    private var snapshots: [TempProject] = []
    private static let state = ["warehouse.duckdb", "warehouse.duckdb.wal", ".weir", "data"]

    static func record() async throws -> Undisturbed {
        var result = Undisturbed()
        let project = try TempProject(KillProject.files)
        for (number, step) in KillStep.all.enumerated() {
            let before = try TempProject()
            try copyState(from: project, to: before)
            result.snapshots.append(before)
            try await step.prepare(project)
            let clock = ContinuousClock.now
            let done = try await project.command(KillStep.arguments(number))
            try #require(done.code == 0, "\(step.name): \(done)")
            result.seconds.append((ContinuousClock.now - clock) / .seconds(1))
            let dump = try await WarehouseDump.of(project.path("warehouse.duckdb"))
            // A step that changes nothing would prove nothing.
            try #require(dump != result.dumps.last, "\(step.name) changed nothing: \(done)")
            result.dumps.append(dump)
        }
        return result
    }

    /// A project of its own in the state before a step.
    func project(before step: Int) async throws -> TempProject {
        let project = try TempProject(KillProject.files)
        try Self.copyState(from: snapshots[step], to: project)
        for earlier in KillStep.all[..<step] {
            for (path, text) in earlier.files { try project.write(path, text) }
        }
        return project
    }

    private static func copyState(from: TempProject, to: TempProject) throws {
        for name in state where FileManager.default.fileExists(atPath: from.path(name)) {
            try FileManager.default.copyItem(atPath: from.path(name), toPath: to.path(name))
        }
    }
}
