import Foundation
import WeirCore

@testable import WeirPipeline

/// A project in a folder of its own that is gone after the test.
struct ScratchProject {
    let root: String

    /// A small shop: a source with three orders, one of them bad, a staging model and a mart.
    static let shop: [String: String] = [
        "weir.yaml": """
        weir: 1
        name: shop
        warehouse: { type: duckdb, path: warehouse.duckdb }
        connections: { crm: { type: postgres, url: "postgres://ana:s3cr3tpw@127.0.0.1:1/crm" } }
        environments: { dev: {} }
        defaults: { owner: shop-team }
        lineage: { namespace: tests, file: .weir/lineage.jsonl }
        """,
        "data/orders.csv": "id,customer,amount\n1,ann,10.5\n2,bob,20\n3,,30\n",
        "sources/orders.yaml": """
        name: raw.orders
        why: what was ordered
        from: { files: "data/orders.csv" }
        contract: contracts/orders.yaml
        """,
        "contracts/orders.yaml": """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        version: 1.0.0
        status: active
        schema:
          - name: raw.orders
            properties:
              - name: id
                logicalType: integer
                required: true
                description: the shop's own number
              - name: customer
                logicalType: string
                required: true
              - name: amount
                logicalType: number
        """,
        "models/staging/orders.sql": """
        /* weir
        why: amounts in cents, so that sums are exact
        columns:
          cents: hundredths of the amount
        */
        SELECT id, upper(customer) AS customer, CAST(amount * 100 AS BIGINT) AS cents FROM raw.orders
        """,
        "models/mart/customers.sql": """
        SELECT customer, sum(cents) AS cents FROM staging.orders WHERE cents > 0 GROUP BY customer
        """,
        "tests/staging/orders.yaml": """
        model: staging.orders
        tests:
          - name: half a unit is fifty cents
            given: { raw.orders: { rows: [{ id: 1, customer: a, amount: 0.5 }] } }
            expect: { columns: subset, rows: [{ cents: 50 }] }
        """,
    ]

    static func with<R>(
        _ changes: [String: String] = [:], _ body: (ScratchProject) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let project = ScratchProject(root: folder.path)
        for (path, text) in shop.merging(changes, uniquingKeysWith: { $1 }) { try project.write(path, text) }
        return try await body(project)
    }

    func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: root).appendingPathComponent(path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func replace(_ path: String, _ old: String, _ new: String) throws {
        try write(path, try text(path).replacing(old, with: new))
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: URL(fileURLWithPath: root).appendingPathComponent(path), encoding: .utf8)
    }

    func load() throws -> Project { try ProjectLoader.load(root: root, environment: [:]) }

    func runner(_ change: (inout RunOptions) -> Void = { _ in }) throws -> Runner {
        var options = RunOptions()
        change(&options)
        return try Runner(try load(), options: options)
    }

    @discardableResult
    func run(_ change: (inout RunOptions) -> Void = { _ in }) async throws -> RunSummary {
        try await runner(change).run()
    }

    /// The OpenLineage events written to the file.
    func events() throws -> [JSONValue] {
        try text(".weir/lineage.jsonl").split(separator: "\n").compactMap { JSONValue(parsing: String($0)) }
    }
}
