import Foundation

@testable import WeirStore

/// A folder that is gone after the test.
func withFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

func someRun(
    _ id: String = RunID.make(), environment: String? = nil, startedAt: Date = Date(), status: RunStatus = .running,
    host: String = "here", pid: Int32 = 1
) -> RunRecord {
    RunRecord(
        id: id, project: "flights", environment: environment, command: "weir run", startedAt: startedAt,
        status: status, user: "ana", host: host, pid: pid, weirVersion: "0.1.0")
}

func someNode(_ run: String, _ name: String, _ status: NodeRecord.Status = .published) -> NodeRecord {
    NodeRecord(
        runID: run, name: name, kind: .model, strategy: "merge", status: status, reason: "the SQL changed",
        rowsIn: 10, rowsPublished: 7, rowsQuarantined: 2, rowsFiltered: 1, inserted: 5, updated: 2, deleted: 0,
        startedAt: Date(), durationMs: 12, attempts: 2, errorJSON: nil, checksJSON: #"[{"rule":"not_null(a)"}]"#)
}
