import Foundation
import Synchronization
import Testing
import WeirCore
import WeirStore

@testable import WeirPipeline

@Suite("The history of a run")
struct RunHistoryTests {
    @Test("a run is remembered with its tables, their balance, checks, columns, lineage and figures")
    func remembers() async throws {
        try await ScratchProject.with { project in
            let summary = try await project.run { $0.command = "run all" }
            #expect(summary.outcome == .done)
            #expect(summary.warnings.isEmpty)
            let (run, nodes) = try await StateStore.open("\(project.root)/.weir/state.db").run("latest")
            #expect(run.id == summary.id)
            #expect(run.status == .succeeded)
            #expect(run.command == "run all")
            #expect(run.finishedAt != nil)
            let orders = try #require(nodes.first { $0.name == "raw.orders" })
            #expect(
                [orders.rowsIn, orders.rowsPublished, orders.rowsQuarantined, orders.rowsFiltered] == [3, 2, 1, 0])
            #expect(orders.checksJSON?.contains("not_null(customer)") == true)

            let store = try await StateStore.open("\(project.root)/.weir/state.db")
            let edges = try await store.lineage(of: "mart.customers")
            #expect(
                edges.contains(
                    LineageEdge(
                        node: "mart.customers", column: "cents", inputTable: "staging.orders", inputColumn: "cents",
                        kind: .aggregated)))
            #expect(edges.contains { $0.column.isEmpty && $0.kind == .influence && $0.inputColumn == "cents" })
            #expect(
                try await store.schemas(of: "staging.orders").map(\.columns).first?.map(\.name) == [
                    "id", "customer", "cents",
                ])
            #expect(try await store.metrics("rows_quarantined", node: "raw.orders").map(\.value) == [1])
            #expect(try await store.metrics("rows", node: "mart.customers").map(\.value) == [2])
        }
    }

    @Test("a run that finds nothing to do leaves no tables, no new schema and no lineage behind")
    func nothingToDo() async throws {
        try await ScratchProject.with { project in
            try await project.run()
            let second = try await project.run()
            #expect(second.nodes.allSatisfy { $0.status == .unchanged })
            let store = try await StateStore.open("\(project.root)/.weir/state.db")
            #expect(try await store.run("latest").0.id == second.id)
            #expect(try await store.run("latest").1.isEmpty)
            #expect(try await store.schemas(of: "mart.customers").count == 1)
            #expect(try await store.metrics("duration_ms", node: "mart.customers").count == 1)
            let kinds = try project.events().filter {
                $0["run"]?["runId"]?.text == OpenLineageRunID.uuid(run: second.id)
            }
            .map { $0["eventType"]?.text }
            #expect(kinds == ["START", "COMPLETE"])
        }
    }

    @Test("a new version of the columns is recorded only when they changed")
    func schemaVersions() async throws {
        try await ScratchProject.with { project in
            try await project.run()
            try await project.run { $0.fullRefresh = true }
            let store = try await StateStore.open("\(project.root)/.weir/state.db")
            #expect(try await store.schemas(of: "mart.customers").count == 1)
            try project.replace(
                "models/mart/customers.sql", "sum(cents) AS cents", "sum(cents) AS cents, count(*) AS orders")
            try await project.run()
            #expect(try await store.schemas(of: "mart.customers").map(\.version) == [2, 1])
        }
    }

    @Test("a run whose process was killed appears as interrupted the next time")
    func interrupted() async throws {
        try await ScratchProject.with { project in
            let killed = RunRecord(project: "shop", command: "run", host: "elsewhere", pid: 1, weirVersion: "0.1.0")
            try await StateStore.open("\(project.root)/.weir/state.db").begin(killed)
            try await project.run()
            let runs = try await RunBook.open(try project.load()).runs()
            #expect(runs.first { $0.run.id == killed.id }?.run.status == .interrupted)
            #expect(runs.first { $0.run.id != killed.id }?.run.status == .succeeded)
        }
    }

    @Test("an environment's history does not mix with production's")
    func environment() async throws {
        try await ScratchProject.with { project in
            try await project.run()
            try project.replace(
                "models/mart/customers.sql", "sum(cents) AS cents", "sum(cents) AS cents, count(*) AS orders")
            try await project.run { $0.environment = "dev" }
            let store = try await StateStore.open("\(project.root)/.weir/state.db")
            #expect(try await store.schemas(of: "mart.customers").count == 1)
            #expect(
                try await store.schemas(of: "dev__mart.customers").first?.columns.map(\.name) == [
                    "customer", "cents", "orders",
                ])
            #expect(try await store.lineage(of: "mart.customers").contains { $0.column == "orders" } == false)
            let output = try project.events().last { $0["job"]?["name"]?.text == "shop.mart.customers" }
            #expect(output?["outputs"]?[0]?["name"]?.text == "dev__mart.customers")
        }
    }

    @Test("a damaged history is set aside, the run goes on, and the warning is in the events and the summary")
    func damaged() async throws {
        try await ScratchProject.with { project in
            try project.write(".weir/state.db", String(repeating: "no database ", count: 500))
            let seen = Mutex<[String]>([])
            let summary = try await project.runner().run { event in
                if case .warning(let warning) = event { seen.withLock { $0.append(warning.code) } }
            }
            #expect(summary.outcome == .done)
            #expect(summary.warnings.map(\.code) == ["state.damaged"])
            #expect(seen.withLock { $0 } == ["state.damaged"])
            #expect(try JSONOutput.pretty(summary).contains("state.damaged"))
            #expect(try await RunBook.open(try project.load()).runs().count == 1)
        }
    }

    @Test("a run that cannot begin its work is recorded as failed, with the reason and without the secret")
    func failsAsAWhole() async throws {
        try await ScratchProject.with { project in
            let summary = try await project.run()
            #expect(summary.outcome == .done)
            try project.replace(
                "models/mart/customers.sql", "sum(cents)", "CAST('postgres://ana:s3cr3tpw@h/x' AS BIGINT)")
            let failed = try await project.run()
            #expect(failed.outcome != .done)
            let detail = try await RunBook.open(try project.load()).run("latest")
            #expect(detail.run.status == .failed)
            #expect(detail.nodes.map(\.status) == [.failed])
            #expect(detail.nodes[0].errorJSON?.contains("s3cr3tpw") == false)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: project.root + "/.weir/state.db"))
            #expect(bytes.range(of: Data("s3cr3tpw".utf8)) == nil)
            #expect(try project.text(".weir/lineage.jsonl").contains("s3cr3tpw") == false)
            let last = try project.events().suffix(2).map { $0["eventType"]?.text }
            #expect(last == ["FAIL", "FAIL"])
        }
    }

    @Test("a cancelled run is recorded as cancelled")
    func cancelled() async throws {
        try await ScratchProject.with { project in
            let runner = try project.runner { $0.threads = 1 }
            let work = Task {
                try await runner.run { event in
                    if case .planned = event { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            let summary = try? await work.value
            let detail = try await RunBook.open(try project.load()).run("latest")
            #expect(detail.run.status == .cancelled)
            #expect(summary?.outcome != .done)
            #expect(try project.events().last?["eventType"]?.text == "ABORT")
        }
    }
}
