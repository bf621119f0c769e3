import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

/// Contracts written in a few lines.
enum Sample {
    /// A contract with one object `orders` whose body is given, indented by four spaces.
    static func contract(_ body: String, extra: String = "") -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        version: 1.0.0
        status: active
        \(extra)
        schema:
          - name: orders
        \(body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    static func load(_ text: String) -> (contract: Contract?, problems: [WeirError]) {
        let problems = Problems()
        let contract = ContractLoader.load(path: "c.yaml", text: text, problems: problems)
        return (contract, problems.all)
    }

    /// The table of a contract that must be right.
    static func table(_ body: String, extra: String = "") throws -> TableContract {
        let (contract, problems) = load(contract(body, extra: extra))
        try #require(problems.isEmpty, "\(problems)")
        return try #require(contract?.tables.first)
    }
}

/// A database in memory with a table to audit.
enum Lab {
    static let staging = TableName(schema: "main", table: "stage")
    static let orders = TableName(schema: "raw", table: "orders")

    static func audit(
        _ body: String, extra: String = "", setup: String, existing: String? = nil, replaced: [String]? = nil,
        policy: OnFail = .quarantine, malformed: Int = 0, now: Int64? = nil
    ) async throws -> (result: AuditResult, failed: [Int64: [String]]) {
        let contract = try Sample.table(body, extra: extra)
        let scope = AuditScope(
            table: staging, declared: orders, existing: existing.flatMap { TableName($0) }, scopeKeysReplaced: replaced,
            malformedRows: malformed, now: now)
        return try await audit(contract, scope, setup: setup, policy: policy)
    }

    static func audit(
        _ contract: TableContract, _ scope: AuditScope, setup: String, policy: OnFail = .quarantine
    ) async throws -> (result: AuditResult, failed: [Int64: [String]]) {
        let database = try await Database.open()
        return try await database.withConnection { connection in
            try await run(contract, scope, setup, policy, connection)
        }
    }

    private static func run(
        _ contract: TableContract, _ scope: AuditScope, _ setup: String, _ policy: OnFail,
        _ connection: isolated Connection
    ) throws -> (result: AuditResult, failed: [Int64: [String]]) {
        try connection.execute("CREATE SCHEMA raw; \(setup)")
        let result = try TableAudit.audit(contract, scope: scope, policy: policy, on: connection)
        var failed: [Int64: [String]] = [:]
        for row in try connection.query("SELECT rid, reasons FROM \(result.failedTable)").map({ $0 }) {
            failed[row[0].int ?? -1] = row[1].list?.compactMap(\.text)
        }
        return (result, failed)
    }
}

extension AuditResult {
    subscript(_ rule: String) -> CheckOutcome? { outcomes.first { $0.rule == rule } }

    var stopReason: String? {
        if case .stop(let reason) = verdict { reason } else { nil }
    }
}
