import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite(
    "Rights and extensions that a search in PostgreSQL needs",
    .enabled(if: PostgresLab.isExpected, "needs WEIR_TEST_PGVECTOR"), .timeLimit(.minutes(10)))
struct PostgresRightsTests {
    @Test("a server without pgvector is told with the package to install")
    func noExtension() async throws {
        try await PostgresLab.with(SearchLab.notes, server: .postgres) { lab in
            for error in [await lab.indexFailure(), await lab.failure("refund")] {
                #expect(error?.code == "search.no-pgvector", "\(error.map { "\($0)" } ?? "none")")
                #expect(
                    error?.hint?.contains("postgresql-15-pgvector") == true
                        && error?.hint?.contains("CREATE EXTENSION vector") == true)
            }
            let made = try await lab.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'weir_search'")
            #expect(made == ["0"])
        }
    }

    @Test("a search before an index says to index first")
    func noIndex() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            let bare = await lab.failure("refund")
            #expect(bare?.code == "search.no-pgvector" && bare?.hint?.contains("weir search index") == true)
            try await lab.execute("CREATE SCHEMA extensions; CREATE EXTENSION vector SCHEMA extensions")
            let none = await lab.failure("refund")
            #expect(
                none?.code == "search.no-index"
                    && none?.hint?.contains("weir search index --in shop#public.notes.text") == true)
            // The extension need not be on the path.
            let report = try await lab.index { $0.graphFrom = 5 }
            #expect(report.graph == 7)
            #expect(lab.ids(try await lab.search("refund")).first == 1)
            let one = try await lab.search("refund") { $0.condition = "id = 8" }
            #expect(lab.ids(one) == [8])
        }
    }

    @Test("a user who may only read cannot index, is told so, and can search what others indexed")
    func reader() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            let role = "reader_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
            try await lab.execute(
                "CREATE ROLE \(role) LOGIN PASSWORD 'pw'; GRANT SELECT ON notes TO \(role); CREATE EXTENSION vector")
            let host = try #require(lab.address.range(of: "@"))
            let address = "postgresql://\(role):pw@\(lab.address[host.upperBound...])"
            try await ScratchProject.with(["weir.yaml": PostgresLab.yaml(address)]) { project in
                let reader = PostgresLab(project: project, address: address)
                let denied = await reader.indexFailure()
                #expect(denied?.code == "search.no-permission", "\(denied.map { "\($0)" } ?? "none")")
                #expect(
                    denied?.message.contains("permission denied") == true
                        && "\(denied as Any)".contains(":pw@") == false)
                try await lab.index()
                #expect(await reader.failure("refund")?.code == "search.no-permission")
                try await lab.execute(
                    """
                    GRANT USAGE ON SCHEMA weir_search TO \(role);
                    GRANT SELECT ON ALL TABLES IN SCHEMA weir_search TO \(role)
                    """)
                let found = try await reader.search("refund") { $0.isHybrid = true }
                #expect(reader.ids(found).first == 1)
                let dropped = await #expect(throws: WeirError.self) {
                    try await SearchIndexes(project: try project.load()).drop("shop#public.notes.text")
                }
                #expect(dropped?.code == "search.no-permission")
            }
            try await lab.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test("nothing outside of the schema weir_search is changed")
    func footprint() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            try await lab.execute("CREATE EXTENSION vector")
            let everything = """
                SELECT n.nspname, c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname NOT IN ('weir_search', 'pg_toast', 'pg_catalog') ORDER BY 1, 2
                """
            let before = try await lab.rows(everything)
            let rows = try await lab.rows("SELECT xmin::text, * FROM notes ORDER BY id")
            try await lab.index { $0.graphFrom = 5 }
            _ = try await lab.search("refund") { $0.isHybrid = true }
            #expect(try await lab.rows(everything) == before)
            #expect(try await lab.rows("SELECT xmin::text, * FROM notes ORDER BY id") == rows)
        }
    }
}
