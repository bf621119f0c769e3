import Foundation
import Testing
import WeirConnect
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite("The doctor")
struct DoctorTests {
    private func sample() throws -> InitFolder {
        let folder = try InitFolder()
        _ = try ProjectInit.sample(in: folder.path)
        return folder
    }

    private func status(_ check: String, _ diagnosis: Diagnosis) -> Diagnosis.Finding.Status? {
        diagnosis.findings.first { $0.check == check }?.status
    }

    @Test("a sound project is sound, before its first run and after it")
    func sound() async throws {
        let folder = try sample()
        defer { folder.remove() }
        for _ in 0..<2 {
            let diagnosis = await Doctor.examine(folder.path, environment: [:])
            #expect(diagnosis.outcome == .done)
            #expect(diagnosis.findings.allSatisfy { $0.status != .fail }, "\(diagnosis.findings)")
            _ = try await folder.run()
        }
    }

    @Test("mistakes in the project's files are told one by one, with exit code 2, and the rest is still looked at")
    func wrongProject() async throws {
        let folder = try sample()
        defer { folder.remove() }
        try folder.write("weir.yaml", "weir: 1\nwarehose: {}\ndefaults: { ownr: x }\n")
        let diagnosis = await Doctor.examine(folder.path, environment: [:])
        #expect(diagnosis.outcome == .wrongUsage)
        #expect(diagnosis.findings.filter { $0.check == "project" && $0.status == .fail }.count == 2)
        #expect(status("engine", diagnosis) == .ok)
    }

    @Test("no project at all is a mistake of use")
    func noProject() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        #expect(await Doctor.examine(folder.path).outcome == .wrongUsage)
    }

    @Test("a warehouse that is no database fails with exit code 3")
    func damagedWarehouse() async throws {
        let folder = try sample()
        defer { folder.remove() }
        try folder.write("warehouse.duckdb", String(repeating: "not a database ", count: 1000))
        let diagnosis = await Doctor.examine(folder.path, environment: [:])
        #expect(status("warehouse", diagnosis) == .fail)
        #expect(diagnosis.outcome == .systemFailed)
    }

    @Test("a connection that cannot be opened fails, and its secret is nowhere in the report")
    func unreachable() async throws {
        let folder = try sample()
        defer { folder.remove() }
        try folder.write(
            "weir.yaml",
            "weir: 1\nconnections:\n  shop: { type: postgres, url: \"${SHOP_URL}\" }\n  old: { type: sqlite, path: weir.yaml }\n"
        )
        let diagnosis = await Doctor.examine(
            folder.path, environment: ["SHOP_URL": "postgres://reader:hunter2secret@127.0.0.1:1/shop"])
        #expect(status("connection shop", diagnosis) == .fail)
        #expect(status("connection old", diagnosis) == .fail)
        #expect(diagnosis.outcome == .systemFailed)
        let json = String(decoding: try JSONEncoder().encode(diagnosis), as: UTF8.self)
        #expect(!json.contains("hunter2secret"))
        #expect(json.contains("\"status\":\"fail\""))
    }

    @Test("what a killed run left is told and is no failure")
    func leftovers() async throws {
        let folder = try sample()
        defer { folder.remove() }
        _ = try await folder.run()
        let project = try ProjectLoader.load(root: folder.path, environment: [:])
        try await Warehouse.open(project.warehouse).withConnection { connection in
            _ = try await connection.execute(
                "CREATE TABLE raw.\"__weir_new_orders\" (x INTEGER); DROP VIEW staging.orders")
        }
        try folder.write(".weir/tmp/piece.csv", "x")
        try folder.write(".weir/lock", "999999\n")
        let diagnosis = await Doctor.examine(folder.path, environment: [:])
        #expect(diagnosis.outcome == .done)
        #expect(
            diagnosis.findings.filter { $0.status == .warn }.map(\.check).sorted() == [
                "checkpoint staging.orders", "leftovers", "leftovers", "lock",
            ])
    }

    @Test("a project that another process works on is told with the process")
    func locked() async throws {
        let folder = try sample()
        defer { folder.remove() }
        let project = try ProjectLoader.load(root: folder.path, environment: [:])
        let diagnosis = try await ProjectLock(project: project).hold {
            await Doctor.examine(folder.path, environment: [:])
        }
        #expect(status("lock", diagnosis) == .warn)
        #expect(
            diagnosis.findings.first { $0.check == "lock" }?.detail.contains(
                "\(ProcessInfo.processInfo.processIdentifier)") == true)
        #expect(diagnosis.outcome == .done)
    }

    @Test("a damaged history is told and is no failure")
    func damagedHistory() async throws {
        let folder = try sample()
        defer { folder.remove() }
        try folder.write(".weir/state.db", String(repeating: "x", count: 4096))
        let diagnosis = await Doctor.examine(folder.path, environment: [:])
        #expect(status("history", diagnosis) == .warn)
        #expect(diagnosis.outcome == .done)
    }
}
