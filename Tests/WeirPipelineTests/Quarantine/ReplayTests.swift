import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Replaying rows from quarantine", .timeLimit(.minutes(10)))
struct ReplayTests {
    private static let positive = SourceProject.contract(
        "name: v, logicalType: integer, logicalTypeOptions: { minimum: 0 }")

    private func replay(
        _ project: SourceProject, set: [String] = [], ids: [String] = []
    ) async throws -> NodeResult {
        var request = ReplayRequest(table: try #require(TableName("raw.t")))
        request.set = set
        request.ids = ids
        let runner = try Runner(
            try ProjectLoader.load(root: project.root, environment: [:]), options: RunOptions())
        let result = try #require(try await runner.replay(request).nodes.first)
        #expect(result.balance.holds, "\(result.balance)")
        return result
    }

    private func held(_ project: SourceProject) async throws -> Int {
        Int(try await project.rows("SELECT count(*) FROM weir_quarantine.raw__t").first ?? "") ?? -1
    }

    @Test("a mended row is published, one that still breaks the rule stays with its reason")
    func mended() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id,v\n1,1\n2,-2\n3,-30\n")
        try project.write("contracts/t.yaml", Self.positive)
        try project.source("from: { files: t.csv }\ncontract: contracts/t.yaml")
        try await project.run()
        #expect(try await held(project) == 2)
        let first = try await replay(project, set: ["v=v+10"])
        #expect(first.balance == RowBalance(read: 2, published: 1, quarantined: 1, filtered: 0))
        #expect(try await project.rows() == ["1|1", "2|8"])
        #expect(try await held(project) == 1)
        let second = try await replay(project, set: ["v=abs(v)"])
        #expect(second.balance.published == 1)
        #expect(try await project.rows() == ["1|1", "2|8", "3|30"])
        #expect(try await held(project) == 0)
        #expect(try await replay(project).status == .unchanged)
    }

    @Test("texts are read in the order of their own file's header, and without a contract too")
    func headers() async throws {
        let project = try SourceProject()
        try project.write("d/1.csv", "a,b,n\na1,b1,1\n")
        try project.write("d/2.csv", "b,a,n\nb2,a2,x\n")
        try project.source("from: { files: \"d/*.csv\" }\ncolumns: { n: INTEGER }\nload: { strategy: append }")
        try await project.run()
        #expect(try await held(project) == 1)
        let plain = try await replay(project)
        #expect(plain.status == .stopped)
        #expect(plain.balance.published == 0)
        let result = try await replay(project, set: ["n=2"])
        #expect(result.balance.published == 1)
        #expect(try await project.rows() == ["a1|b1|1", "a2|b2|2"])
        #expect(try await held(project) == 0)
    }

    @Test(
        "any dialect, folders, and line ends",
        arguments: [
            ("t.csv", "id;v\n1;1\n2;x\n", "files: t.csv"),
            ("t.csv", "id|v\n1|1\n'2|x'|'y'\n", "files: t.csv, quote: \"'\""),
            ("t.csv", "id\tv\r\n1\t1\r\n\r\n2\tx\r\n", "files: t.csv"),
            ("p=a b/t.csv", "id,v\n1,1\n2,x\n", "files: \"p=*/t.csv\", partitions: true"),
            ("t.csv", "id,v\n1,1\n\"2\n2\",x\n", "files: t.csv"),
        ])
    func dialects(path: String, text: String, from: String) async throws {
        let project = try SourceProject()
        try project.write(path, text)
        try project.source("from: { \(from) }\ncolumns: { v: INTEGER, id: VARCHAR }")
        try await project.run()
        #expect(try await held(project) == 1)
        let result = try await replay(project, set: ["v=7"])
        #expect(
            result.balance == RowBalance(read: 1, published: 1, quarantined: 0, filtered: 0),
            "\(result.reason ?? "") \(result.notices)")
        #expect(try await project.rows("SELECT v FROM raw.t ORDER BY 1") == ["1", "7"])
        if from.contains("partitions") { #expect(try await project.rows("SELECT DISTINCT p FROM raw.t") == ["a b"]) }
    }

    @Test("one column: a held text becomes one row")
    func oneColumn() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id\r\n1\r\nx\r\n")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER }")
        try await project.run()
        let result = try await replay(project, set: ["id=2"])
        #expect(result.balance == RowBalance(read: 1, published: 1, quarantined: 0, filtered: 0))
        #expect(try await project.rows() == ["1", "2"])
    }

    @Test("an expression may use the text that is no number yet, and where the row came from")
    func expressions() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id,v\n1,1\n2,1 234\n")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER, v: INTEGER }")
        try await project.run()
        #expect(try await held(project) == 1)
        _ = try await replay(project, set: ["v=replace(v, ' ', '')::INTEGER + _weir_line"])
        #expect(try await project.rows() == ["1|1", "2|1237"])
    }

    @Test("rules about the whole table hold for a replay too")
    func tableRules() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id,v\n1,1\n2,2\n3,-3\n")
        try project.write(
            "contracts/t.yaml", Self.positive + "\n    quality:\n      - { metric: rowCount, mustBeLessThan: 3 }\n")
        try project.source("from: { files: t.csv }\ncontract: contracts/t.yaml\nload: { strategy: append }")
        try await project.run()
        let result = try await replay(project, set: ["v=3"])
        #expect(result.status == .stopped)
        #expect(try await project.rows().count == 2)
        #expect(try await held(project) == 1)
    }

    @Test("rows that cannot be read are counted, told and stay")
    func unreadable() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id,v\n1,1\n2\n3,x\n4,5,6\n")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER, v: INTEGER }")
        try await project.run()
        #expect(try await held(project) == 3)
        let result = try await replay(project, set: ["v=3"])
        #expect(result.balance == RowBalance(read: 3, published: 1, quarantined: 2, filtered: 0))
        #expect(result.notices.count == 1)
        #expect(try await held(project) == 2)
    }

    @Test("mistakes in the request are errors, not silence")
    func mistakes() async throws {
        let project = try SourceProject()
        try project.write("t.csv", "id,v\n1,1\n2,x\n")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER, v: INTEGER }")
        try await project.run()
        for (set, ids, code) in [
            (["vv=1"], [], "quarantine.unknown-column"), (["v=nope(1)"], [], "quarantine.bad-set"),
            (["v=1"], ["zzz"], "quarantine.unknown-row"), (["v"], [], "quarantine.bad-set"),
        ] as [([String], [String], String)] {
            await #expect {
                _ = try await replay(project, set: set, ids: ids)
            } throws: { ($0 as? WeirError)?.code == code }
        }
        #expect(try await held(project) == 1)
    }

    @Test("lines of NDJSON")
    func ndjson() async throws {
        let project = try SourceProject()
        try project.write("t.ndjson", "{\"id\": 1, \"v\": 1}\n{\"id\": 2, \"v\": \"x\"}\nnot json\n")
        try project.source("from: { files: t.ndjson }\ncolumns: { id: INTEGER, v: INTEGER }")
        try await project.run()
        #expect(try await held(project) == 2)
        let result = try await replay(project, set: ["v=2"])
        #expect(result.balance == RowBalance(read: 2, published: 1, quarantined: 1, filtered: 0))
        #expect(try await project.rows() == ["1|1", "2|2"])
    }

    @Test("thousands of held texts are read together")
    func many() async throws {
        let project = try SourceProject()
        let lines = (1...6000).map { "\($0),x" }.joined(separator: "\n")
        try project.write("t.csv", "id,v\n0,0\n\(lines)\n")
        try project.source("from: { files: t.csv }\ncolumns: { id: INTEGER, v: INTEGER }")
        try await project.run()
        let result = try await replay(project, set: ["v=id"])
        #expect(result.balance.published == 6000)
        #expect(try await project.rows("SELECT count(*), sum(v) FROM raw.t") == ["6001|18003000"])
    }
}
