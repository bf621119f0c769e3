import Testing

@testable import WeirPipeline

@Suite("Several versions of a row in one load", .timeLimit(.minutes(10)))
struct VersionTests {
    private static let contract = SourceProject.contract(
        "name: id, logicalType: integer, primaryKey: true",
        "name: v, logicalType: integer, logicalTypeOptions: { minimum: 0 }")

    private func load(_ text: String) async throws -> (NodeResult, SourceProject) {
        let project = try SourceProject()
        try project.write("t.csv", text)
        try project.write("contracts/t.yaml", Self.contract)
        try project.source(
            "from: { files: t.csv }\ncontract: contracts/t.yaml\nload: { strategy: merge, key: [id], watermark: at }")
        return (try await project.run(), project)
    }

    @Test("when the newest breaks a rule, the newest good one counts")
    func goodOlder() async throws {
        let (result, project) = try await load(
            "id,v,at\n1,5,2020-01-01\n1,6,2020-01-03\n1,-2,2020-01-05\n2,1,2020-01-01\n3,-1,2020-01-01\n3,-2,2020-01-02\n"
        )
        #expect(result.balance == RowBalance(read: 6, published: 2, quarantined: 3, filtered: 1))
        #expect(try await project.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|6", "2|1"])
        #expect(
            try await project.rows(
                "SELECT id, v, _weir_line, array_to_string(_weir_reasons, '+') FROM weir_quarantine.raw__t ORDER BY _weir_line"
            )
                == ["1|-2|4|range(v)", "3|-1|6|range(v)", "3|-2|7|range(v)"])
    }

    @Test("versions are no doubles of the key; two rows of one key and time are")
    func ties() async throws {
        let (result, project) = try await load(
            "id,v,at\n1,5,2020-01-01\n1,6,2020-01-02\n1,7,2020-01-02\n2,1,2020-01-01\n")
        #expect(result.status == .published)
        #expect(result.balance.filtered == 1)
        #expect(result.balance.published == 2)
        #expect(try await project.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|6", "2|1"])
    }
}
