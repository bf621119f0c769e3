import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirPipeline

@Suite("Asking for lineage")
struct LineageAnswerTests {
    @Test("a column is followed to the file, before any run")
    func column() async throws {
        try await ScratchProject.with { project in
            let answer = try await project.runner().lineage(of: "mart.customers.CENTS")
            #expect(answer.column == "cents")
            let made = answer.columns.filter { $0.kind != .influence }
            #expect(made.map(\.inputTable) == ["staging.orders", "raw.orders"])
            #expect(made.map(\.inputColumn) == ["cents", "amount"])
            #expect(made.map(\.kind) == [.aggregated, .computed])
            #expect(answer.tables.map(\.name.description) == ["raw.orders", "staging.orders", "mart.customers"])
            #expect(answer.tables[0].origin == "data/orders.csv")
            #expect(!FileManager.default.fileExists(atPath: project.root + "/warehouse.duckdb"))
            #expect(answer.mermaid.hasPrefix("flowchart LR\n"))
            #expect(answer.mermaid.contains("-->|aggregated|"))
        }
    }

    @Test("downstream, a column leads to values and to rows that it chooses")
    func downstream() async throws {
        try await ScratchProject.with { project in
            let answer = try await project.runner().lineage(of: "raw.orders.amount", direction: .downstream)
            let values = answer.columns.filter { $0.kind != .influence }.map { "\($0.node).\($0.column)" }
            #expect(values == ["staging.orders.cents", "mart.customers.cents"])
            #expect(answer.columns.contains { $0.kind == .influence && $0.node == "mart.customers" })
            #expect(try await project.runner().lineage(of: "raw.orders.amount", direction: .upstream).columns.isEmpty)
        }
    }

    @Test("a table: what it reads and what reads it, after a run too")
    func table() async throws {
        try await ScratchProject.with { project in
            try await project.run()
            let answer = try await project.runner().lineage(of: "staging.orders")
            #expect(
                answer.links.map { "\($0.from)>\($0.to)" } == [
                    "raw.orders>staging.orders", "staging.orders>mart.customers",
                ])
            #expect(answer.columns.contains { $0.node == "mart.customers" })
            let up = try await project.runner().lineage(of: "staging.orders", direction: .upstream, withColumns: false)
            #expect(up.tables.map(\.name.description) == ["raw.orders", "staging.orders"])
            #expect(up.columns.isEmpty)
            let text = try JSONOutput.line(answer)
            #expect(text.contains(#""input_table":"raw.orders""#))
        }
    }

    @Test(
        "what does not exist is answered with the nearest name",
        arguments: [
            ("mart.custmers", "lineage.unknown-table", "mart.customers"),
            ("customers", "lineage.unknown-table", "mart.customers"),
            ("staging.order.cents", "lineage.unknown-table", "staging.orders.cents"),
            ("mart.customers.cent", "lineage.unknown-column", "cents"),
            ("staging.orders.customer.x", "lineage.unknown-column", "customer"),
            ("", "lineage.unknown-table", "raw.orders"), (".", "lineage.unknown-table", "raw.orders"),
        ])
    func unknown(text: String, code: String, hint: String) async throws {
        try await ScratchProject.with { project in
            let error = await #expect(throws: WeirError.self) { try await project.runner().lineage(of: text) }
            #expect(error?.code == code)
            #expect(error?.hint?.contains(hint) == true, "\(error?.hint ?? "none")")
        }
    }

    @Test("a source that cannot be read leaves a gap that is named, and the tables are still there")
    func gap() async throws {
        try await ScratchProject.with { project in
            try FileManager.default.removeItem(atPath: project.root + "/data/orders.csv")
            let answer = try await project.runner().lineage(of: "mart.customers")
            #expect(answer.tables.count == 3)
            #expect(answer.columns.isEmpty)
            #expect(answer.gaps.map(\.table.description) == ["staging.orders", "mart.customers"])
        }
    }

    @Test("names that are hard to draw are safe in Mermaid")
    func mermaid() {
        let name = TableName(schema: "a", table: "b\"]; click n0 \"javascript:x\nend")
        let answer = LineageAnswer(
            table: name, column: nil, direction: .both,
            tables: [
                .init(name: name, kind: .model, origin: nil),
                .init(name: TableName(schema: "ü", table: "select"), kind: .source),
            ],
            links: [.init(from: TableName(schema: "ü", table: "select"), to: name)], columns: [], gaps: [])
        let lines = answer.mermaid.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[1] == #"    n0["a.b#34;#93;#59; click n0 #34;javascript#58;x#10;end"]"#)
        #expect(lines.contains(#"    n1["ü.select"]"#))
        #expect(lines.last == "    n1 --> n0")
    }
}
