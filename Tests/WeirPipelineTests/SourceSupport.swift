import Foundation
import Testing
import WeirConnect
import WeirCore
import WeirEngine

@testable import WeirPipeline

/// A project in a folder of its own, removed at the end.
final class SourceProject: Sendable {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "weir-source-\(UUID())").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try write("weir.yaml", "weir: 1\nname: sources\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

    func write(_ path: String, _ data: Data) throws {
        let url = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    /// The source `raw.t`, from the text under its `name:` line.
    func source(_ yaml: String) throws { try write("sources/t.yaml", "name: raw.t\n\(yaml)\n") }

    /// A contract of the table `t` with these properties, each as YAML of one line.
    static func contract(_ properties: String...) -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: t
        version: 1.0.0
        status: active
        schema:
          - name: t
            properties:

        """ + properties.map { "      - { \($0) }" }.joined(separator: "\n")
    }

    /// Makes a file with DuckDB; `FILE` in the statement is its path.
    func make(_ path: String, _ sql: String, extensions: [String] = []) async throws {
        try write(path, "")
        try FileManager.default.removeItem(atPath: "\(root)/\(path)")
        var options = Database.Options()
        options.extensions = extensions
        let statement = sql.replacing("FILE", with: "'\(root)/\(path)'")
        try await Database.open(options).withConnection { try await $0.execute(statement) }
    }

    @discardableResult
    func run(_ change: (inout RunOptions) -> Void = { _ in }) async throws -> NodeResult {
        var options = RunOptions()
        options.threads = 1
        change(&options)
        let summary = try await Runner(try ProjectLoader.load(root: root, environment: [:]), options: options).run()
        let result = try #require(summary.nodes.first { $0.name.description == "raw.t" })
        if result.status == .published { #expect(result.balance.holds) }
        return result
    }

    /// Rows of the warehouse, every value as text, `|` between them.
    func rows(_ sql: String = "SELECT * FROM raw.t ORDER BY ALL") async throws -> [String] {
        var options = Database.Options(path: "\(root)/warehouse.duckdb")
        options.readOnly = true
        options.extensions = ["icu", "json"]
        options.sessionSetup = ["SET TimeZone = 'UTC'"]
        return try await Database.open(options).withConnection { connection in
            try await connection.query(sql).map { row in row.map(\.display).joined(separator: "|") }
        }
    }

    /// What is in quarantine: source, line, reasons and raw text.
    func quarantine() async throws -> [String] {
        try await rows(
            """
            SELECT _weir_source, _weir_line, array_to_string(_weir_reasons, '+'), _weir_raw
            FROM weir_quarantine.raw__t ORDER BY ALL
            """)
    }

    func types() async throws -> [String] {
        try await rows(
            "SELECT column_name || ' ' || data_type FROM duckdb_columns() WHERE schema_name = 'raw' ORDER BY column_index"
        )
    }
}

/// Servers that `scripts/services` starts.
enum Service: String {
    case postgres = "WEIR_TEST_POSTGRES"
    case pgvector = "WEIR_TEST_PGVECTOR"
    case mysql = "WEIR_TEST_MYSQL"
    case s3 = "WEIR_TEST_S3"

    var address: String? { ProcessInfo.processInfo.environment[rawValue] }

    /// False skips the test. Where services are required a missing one must fail instead.
    var isExpected: Bool {
        let environment = ProcessInfo.processInfo.environment
        return address != nil || environment["CI"] != nil || environment["WEIR_REQUIRE_SERVICES"] != nil
    }

    func required() throws -> String {
        try #require(address, "\(rawValue) is not set: run the tests with scripts/test, which starts the servers")
    }
}
