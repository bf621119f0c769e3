import Foundation
import Testing

@Suite("weir profile of several tables")
struct ProfileGroupTests {
    private struct Group: Decodable {
        struct Table: Decodable {
            let target: String
            let rows: Int
        }
        struct Reference: Decodable {
            let fromTable: String
            let fromColumn: String
            let toTable: String
            let toColumn: String
            let filled: Int
            let orphans: Int
            let coverage: Double
            let plausibility: Double
            let sql: String
        }
        let tables: [Table]
        let references: [Reference]
    }

    private static let files = [
        "data/customers.csv": "id,name\n" + (1...60).map { "\($0),c\($0)\n" }.joined(),
        "data/orders.csv": "order_id,customer_id,quantity\n"
            + (1...200).map { "\($0),\($0 == 7 ? 999 : 1 + $0 * 7 % 60),\(1 + $0 % 5)\n" }.joined(),
        "sources/customers.yaml": "name: raw.customers\nfrom: { files: data/customers.csv }\n",
        "sources/orders.yaml": "name: raw.orders\nfrom: { files: data/orders.csv }\n",
    ]

    private func read(_ done: Invocation) throws -> Group {
        #expect(done.code == 0, "\(done)")
        return try JSONDecoder.snake.decode(Group.self, from: Data(done.out.utf8))
    }

    @Test("files: what refers to what, with the orphans and the query that shows them")
    func files() async throws {
        let project = try TempProject(Self.files)
        let group = try read(try await project.weir("profile", "data/orders.csv", "data/customers.csv", "-o", "json"))
        #expect(group.tables.map(\.rows) == [200, 60])
        let reference = try #require(group.references.first)
        #expect(group.references.count == 1)
        #expect(reference.fromTable == "data/orders.csv" && reference.fromColumn == "customer_id")
        #expect(reference.toTable == "data/customers.csv" && reference.toColumn == "id")
        #expect(reference.filled == 200 && reference.orphans == 1)
        let shown = try await project.weir("profile", reference.sql, "-o", "json")
        #expect(try JSONDecoder.snake.decode(Group.Table.self, from: Data(shown.out.utf8)).rows == 1, "\(shown)")
        let text = try await project.weir("profile", "data/orders.csv", "data/customers.csv")
        #expect(
            text.out.contains("customer_id of data/orders.csv → id of data/customers.csv, but for 1 of 200 rows"),
            "\(text)")
    }

    @Test("without a target every table of the project is looked at; tables and files together are refused")
    func warehouse() async throws {
        let project = try TempProject(Self.files)
        let early = try await project.weir("profile", "-o", "json")
        #expect(early.code == 2 && early.failure != nil, "\(early)")
        try await project.run(expect: 0)
        let group = try read(try await project.weir("profile", "-o", "json"))
        #expect(group.tables.map(\.target) == ["raw.customers", "raw.orders"])
        #expect(group.references.map(\.toTable) == ["raw.customers"])
        let query = try #require(group.references.first?.sql)
        #expect(try await project.rows(query).count == 1)
        let mixed = try await project.weir("profile", "raw.orders", "data/customers.csv", "-o", "json")
        #expect(mixed.failure?.code == "profile.mixed-targets", "\(mixed)")
    }

    @Test(
        "what takes one target says so",
        arguments: [["--html", "x.html"], ["--against", "a.csv"], ["--columns", "id"], ["--where", "true"]])
    func oneTarget(option: [String]) async throws {
        let project = try TempProject(Self.files)
        let done = try await Turns.shared.take {
            try await project.start(["profile", "data/orders.csv", "data/customers.csv"] + option).finish()
        }
        #expect(done.code == 2 && done.err.contains("one target"), "\(done)")
    }

    @Test("dependencies are found, or not, as asked")
    func dependencies() async throws {
        let rows = (0..<400).map { "\($0),\($0 % 40),c\($0 == 9 ? 77 : $0 % 40 % 7)" }.joined(separator: "\n")
        let project = try TempProject(["t.csv": "id,zip,city\n\(rows)\n"])
        let found = try await project.weir("profile", "t.csv", "--dependencies")
        #expect(found.out.contains("zip tells city, but for 1 row"), "\(found)")
        let none = try await project.weir("profile", "t.csv", "--no-dependencies", "-o", "json")
        #expect(none.code == 0 && !none.out.contains("\"dependencies\""), "\(none)")
        let json = try await project.weir("profile", "t.csv", "-o", "json")
        #expect(json.out.contains("\"approximate\""), "\(json)")
    }
}
