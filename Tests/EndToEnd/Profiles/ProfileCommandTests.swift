import Foundation
import Testing

@Suite("weir profile")
struct ProfileCommandTests {
    private static let people =
        "id,mail,born\n1,a@example.com,2001-02-03\n2,b@example.com,2001-02-04\n2,N/A,2001-02-05\n"

    private struct Profile: Decodable {
        struct Column: Decodable {
            let name: String
            let nulls: Int
        }
        struct Finding: Decodable { let code: String }
        let target: String
        let rows: Int
        let unreadableRows: Int
        let columns: [Column]
        let findings: [Finding]
    }

    private func read(_ invocation: Invocation) throws -> Profile {
        try JSONDecoder.snake.decode(Profile.self, from: Data(invocation.out.utf8))
    }

    @Test("a file: text for people, one JSON object for programs, a page for everybody")
    func file() async throws {
        let project = try TempProject(["data/people.csv": Self.people + "x,broken line\n"])
        let text = try await project.weir("profile", "data/people.csv", "--html", "people.html")
        #expect(text.code == 0, "\(text)")
        #expect(text.out.contains("3 rows, 3 columns"))
        #expect(text.out.contains("N/A"))
        let page = try String(contentsOfFile: project.path("people.html"), encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("</html>"))
        let json = try read(try await project.weir("profile", "data/people.csv", "-o", "json"))
        #expect(json.rows == 3)
        #expect(json.unreadableRows == 1)
        #expect(json.columns.map(\.name) == ["id", "mail", "born"])
        #expect(json.findings.contains { $0.code == "unreadable-rows" })
        #expect(!FileManager.default.fileExists(atPath: project.path(".weir")), "looking must leave nothing behind")
    }

    @Test("a table of the warehouse, a query, and two side by side")
    func tables() async throws {
        let project = try TempProject([
            "data/people.csv": Self.people,
            "sources/people.yaml": "name: raw.people\nfrom: { files: data/people.csv }\n",
        ])
        try await project.run(expect: 0)
        let table = try read(try await project.weir("profile", "raw.people", "-o", "json"))
        #expect(table.rows == 3)
        let query = try read(
            try await project.weir("profile", "SELECT id FROM raw.people WHERE id = 2;", "-o", "json"))
        #expect(query.rows == 2)
        let pair = try await project.weir("profile", "raw.people", "--against", "SELECT id FROM raw.people LIMIT 1")
        #expect(pair.code == 0, "\(pair)")
        #expect(pair.out.contains("mail"))
    }

    static let mistakes: [([String], String)] = [
        (["profile", "data/none.csv"], "source.no-files"),
        (["profile", "raw.nothing"], "profile.unknown-table"),
        (["profile", "hello"], "profile.unknown-target"),
        (["profile", "SELECT nope FROM raw.people"], "sql.unknown-column"),
        (["profile", "data/people.csv", "--columns", "maill"], "profile.unknown-column"),
        (["profile", "data/people.csv", "--where", "nope > 1"], "profile.bad-where"),
    ]

    @Test("mistakes are told with what to do", arguments: mistakes)
    func mistake(arguments: [String], code: String) async throws {
        let project = try TempProject([
            "data/people.csv": Self.people,
            "sources/people.yaml": "name: raw.people\nfrom: { files: data/people.csv }\n",
        ])
        try await project.run(expect: 0)
        let done = try await Turns.shared.take { try await project.start(arguments + ["-o", "json"]).finish() }
        #expect(done.code == 2, "\(done)")
        #expect(done.failure?.code == code, "\(done)")
    }
}
