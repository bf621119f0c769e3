import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite("Exact numbers of databases, and queries instead of tables", .serialized, .timeLimit(.minutes(10)))
struct SourceExactNumberTests {
    typealias Server = SourceDatabaseTests.Server
    private static let big = "12345678901234567890.123456789012345"

    static let servers = SourceDatabaseTests.servers.filter { $0.engine != "sqlite" }

    private func project(_ server: Server, _ from: String, _ more: String = "") async throws -> SourceProject {
        let project = try SourceProject()
        let type = server.engine == "mysql" ? "decimal(65,30)" : "numeric"
        try await server.execute(
            project,
            [
                "DROP TABLE IF EXISTS exact_numbers",
                "CREATE TABLE exact_numbers (id INTEGER, n \(type), d double precision)",
                "INSERT INTO exact_numbers VALUES (1, \(Self.big), 0.1), (2, NULL, NULL), (3, -1.5, 1e30)",
            ])
        try server.connect(project)
        try project.source("from: { \(server.engine): shop, \(from) }\n\(more)")
        return project
    }

    static let origins = ["table: exact_numbers", "query: \"SELECT id, n, d FROM exact_numbers -- all;\""]

    @Test("numbers without bounds keep their digits, and it is said", arguments: servers, origins)
    func exact(server: Server, from: String) async throws {
        let project = try await project(server, from)
        let first = try await project.run()
        #expect(first.status == .published, "\(first.reason ?? "")")
        #expect(first.notices.contains { $0.contains("column n") && $0.contains("DECIMAL(38,15)") }, "\(first.notices)")
        let rows = try await project.rows("SELECT id, n, d FROM raw.t ORDER BY id")
        #expect(rows == ["1|\(Self.big)|0.1", "2|NULL|NULL", "3|-1.500000000000000|1e+30"])
        #expect(try await project.types() == ["id INTEGER", "n DECIMAL(38,15)", "d DOUBLE"])
        // The next load keeps the type; what has more digits is held back, not rounded.
        try await server.execute(
            project, ["INSERT INTO exact_numbers VALUES (4, 0.1234567890123456789, 1), (5, 7, 2)"])
        let second = try await project.run()
        #expect(second.notices == [])
        #expect(second.balance.quarantined == 1, "\(second.reason ?? "")")
        #expect(try await project.rows("SELECT n FROM raw.t WHERE id > 3") == ["7.000000000000000"])
        let held = try await project.rows("SELECT array_to_string(_weir_reasons, '+') FROM weir_quarantine.raw__t")
        #expect(held == ["type(n)"])
    }

    @Test("what no DECIMAL holds is text; a declared DOUBLE is what was asked for", arguments: servers, origins)
    func wide(server: Server, from: String) async throws {
        let project = try await project(server, from)
        try await server.execute(
            project, ["INSERT INTO exact_numbers VALUES (4, 12345678901234567890123456789.123456789012345678901, 1)"])
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.types() == ["id INTEGER", "n VARCHAR", "d DOUBLE"])
        let text = try await project.rows("SELECT rtrim(n, '0') FROM raw.t WHERE id = 4")
        #expect(text == ["12345678901234567890123456789.123456789012345678901"])
        try project.source("from: { \(server.engine): shop, \(from) }\ncolumns: { n: DOUBLE }")
        let declared = try await project.run { $0.fullRefresh = true }
        #expect(declared.notices == [])
        #expect(try await project.types() == ["id INTEGER", "n DOUBLE", "d DOUBLE"])
    }

    @Test(
        "a query with a watermark goes on, run after run", arguments: SourceDatabaseTests.servers, ["", ", batch: 1"])
    func watermark(server: Server, batch: String) async throws {
        let project = try SourceProject()
        try await server.execute(
            project,
            [
                "DROP TABLE IF EXISTS exact_numbers", "CREATE TABLE exact_numbers (id INTEGER, seen INTEGER)",
                "INSERT INTO exact_numbers VALUES (1, 10), (2, 20)",
            ])
        try server.connect(project)
        try project.source(
            "from: { \(server.engine): shop, query: \"SELECT id, seen FROM exact_numbers\" }\nload: { strategy: append, watermark: seen\(batch) }"
        )
        #expect(try await project.run().balance.published == 2)
        #expect(try await project.run().balance.published == 0)
        try await server.execute(project, ["INSERT INTO exact_numbers VALUES (3, 20), (4, 30)"])
        let third = try await project.run()
        #expect(third.status == .published, "\(third.reason ?? "")")
        #expect(third.balance.published == 2)
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "2", "3", "4"])
    }
}
