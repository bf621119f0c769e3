import Foundation
import Testing

@Suite("History (scd2)")
struct SCD2Tests {
    private static let columns = "{ id: INTEGER, v: VARCHAR, at: TIMESTAMP }"
    private static let history = """
        SELECT id, v, strftime(valid_from, '%d'), coalesce(strftime(valid_to, '%d'), '-'), is_current
        FROM mart.m ORDER BY id, valid_from
        """

    private func project(_ settings: String, sql: String = "SELECT * FROM raw.t") throws -> TempProject {
        try OneModel.project("strategy: scd2\nkey: [id]\n\(settings)", sql, columns: Self.columns)
    }

    private func deliver(_ rows: String, _ project: TempProject, day: String) async throws {
        try project.write("data/t.csv", "id,v,at\n" + rows)
        try await project.run("--now", "2026-01-\(day)T00:00:00Z", expect: 0)
    }

    @Test("a change ends one version and begins the next")
    func change() async throws {
        let project = try project("scd2: { updated_at: at, deletes: ignore }")
        try await deliver("1,a,2026-01-01\n2,x,2026-01-01\n", project, day: "02")
        try await deliver("1,b,2026-01-05\n2,x,2026-01-06\n", project, day: "07")
        #expect(try await project.rows(Self.history) == ["1|a|01|05|false", "1|b|05|-|true", "2|x|01|-|true"])
    }

    @Test("a version that arrives late lands where it belongs")
    func late() async throws {
        let project = try project("scd2: { updated_at: at, deletes: ignore }")
        try await deliver("1,a,2026-01-01\n", project, day: "02")
        try await deliver("1,c,2026-01-09\n", project, day: "10")
        try await deliver("1,b,2026-01-05\n", project, day: "11")
        #expect(try await project.rows(Self.history) == ["1|a|01|05|false", "1|b|05|09|false", "1|c|09|-|true"])
    }

    @Test("a deleted row ends, and begins again when it comes back")
    func deletedAndBack() async throws {
        let project = try project("scd2: { updated_at: at }")
        try await deliver("1,a,2026-01-01\n2,x,2026-01-01\n", project, day: "02")
        try await deliver("2,x,2026-01-01\n", project, day: "05")
        #expect(try await project.rows(Self.history) == ["1|a|01|05|false", "2|x|01|-|true"])
        try await deliver("1,a,2026-01-08\n2,x,2026-01-01\n", project, day: "09")
        #expect(try await project.rows(Self.history) == ["1|a|01|05|false", "1|a|08|-|true", "2|x|01|-|true"])
    }

    @Test("a row that comes back with the time it had before is current again")
    func backUnchanged() async throws {
        let project = try project("scd2: { updated_at: at }")
        try await deliver("1,a,2026-01-01\n2,x,2026-01-01\n", project, day: "02")
        try await deliver("2,x,2026-01-01\n", project, day: "05")
        try await deliver("1,a,2026-01-01\n2,x,2026-01-01\n", project, day: "09")
        #expect(try await project.rows("SELECT id, v FROM mart.m WHERE is_current ORDER BY 1") == ["1|a", "2|x"])
    }

    @Test("without a time of change the time of the run counts")
    func withoutUpdatedAt() async throws {
        let project = try project("", sql: "SELECT id, v FROM raw.t")
        try await deliver("1,a,\n2,x,\n", project, day: "02")
        try await deliver("1,b,\n2,x,\n", project, day: "04")
        try await deliver("1,b,\n", project, day: "06")
        #expect(try await project.rows(Self.history) == ["1|a|02|04|false", "1|b|04|-|true", "2|x|02|06|false"])
    }

    @Test("a row held back by its contract does not end its published version")
    func heldBack() async throws {
        let project = try project("scd2: { updated_at: at }\ncontract: contracts/m.yaml")
        try project.write("contracts/m.yaml", Contracts.table("mart.m", "      - { name: v, required: true }"))
        try await deliver("1,a,2026-01-01\n", project, day: "02")
        try await deliver("1,,2026-01-05\n", project, day: "06")
        #expect(try await project.rows(Self.history) == ["1|a|01|-|true"])
    }

    @Test(
        "a row that its source could not read, or holds back, does not end its version",
        arguments: ["2,b,late", "2,bad,2026-01-03"])
    func heldBackUpstream(row: String) async throws {
        let project = try project("")
        try project.write(
            "contracts/t.yaml",
            Contracts.table(
                "raw.t",
                """
                      - name: v
                        quality: [{ metric: invalidValues, arguments: { validValues: [a, b, c] }, mustBe: 0 }]
                """))
        try project.write(
            "sources/t.yaml",
            "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: \(Self.columns)\ncontract: contracts/t.yaml\n")
        try await deliver("1,a,2026-01-01\n2,b,2026-01-01\n", project, day: "02")
        try await deliver("1,c,2026-01-03\n\(row)\n", project, day: "04")
        let current = "SELECT id, v FROM mart.m WHERE is_current ORDER BY 1"
        #expect(try await project.rows(current) == ["1|c", "2|b"])
        try await deliver("1,c,2026-01-03\n", project, day: "05")
        #expect(try await project.rows(current) == ["1|c"])
    }

    @Test("the same input twice changes nothing")
    func twice() async throws {
        let project = try project("scd2: { updated_at: at }")
        try await deliver("1,a,2026-01-01\n", project, day: "02")
        try project.touch("data/t.csv", Date(timeIntervalSince1970: 1_600_000_000))
        try await project.run("--now", "2026-01-03T00:00:00Z", expect: 0)
        #expect(try await project.rows(Self.history) == ["1|a|01|-|true"])
    }
}
