import Testing
import WeirCore

@testable import WeirQuality

@Suite("Comparing contracts")
struct DiffTests {
    private func diff(_ old: String, _ new: String, version: String = "1.1.0", extra: (String, String) = ("", ""))
        throws -> ContractDiff
    {
        let a = ContractFile(path: "a.yaml", text: Sample.contract(old, extra: extra.0))
        let b = ContractFile(
            path: "b.yaml",
            text: Sample.contract(new, extra: extra.1).replacing("version: 1.0.0", with: "version: \(version)"))
        return try ContractDiff(from: a, to: b)
    }

    private static func column(_ keys: String) -> String { "properties: [{ name: a, \(keys) }]" }
    private static func options(_ options: String) -> String {
        column("logicalType: number, logicalTypeOptions: { \(options) }")
    }
    private static func values(_ values: String) -> String {
        column("quality: [{ metric: invalidValues, arguments: { validValues: [\(values)] }, mustBe: 0 }]")
    }

    @Test(
        "what widens breaks who reads, what narrows is stricter, and the rest is compatible",
        arguments: [
            (column("required: true"), column("required: false"), ContractChange.Impact.breaking),
            (column("required: false"), column("required: true"), .stricter),
            (column("unique: true"), column("tags: [x]"), .breaking),
            (column("logicalType: integer"), column("logicalType: string"), .breaking),
            (column("physicalType: INTEGER"), column("physicalType: BIGINT"), .breaking),
            (column("physicalType: BIGINT"), column("physicalType: INTEGER"), .stricter),
            (column("physicalType: VARCHAR"), "properties: [{ name: b, physicalType: VARCHAR }]", .breaking),
            (column("tags: []"), "properties: [{ name: a }, { name: b }]", .compatible),
            (column("tags: []"), "properties: [{ name: a }, { name: b, required: true }]", .stricter),
            (options("minimum: 0"), options("minimum: -1"), .breaking),
            (options("minimum: 0"), options("minimum: 1"), .stricter),
            (options("minimum: 0"), options("exclusiveMinimum: 0"), .stricter),
            (options("exclusiveMinimum: 0"), options("minimum: 0"), .breaking),
            (options("minimum: 0"), options("minimum: 0, maximum: 9"), .stricter),
            (options("minimum: 0, maximum: 9"), options("minimum: 1"), .breaking),
            (values("a, b"), values("a, b, c"), .breaking), (values("a, b"), values("a"), .stricter),
            (column("primaryKey: true"), column("tags: []"), .breaking),
            (column("tags: []"), column("primaryKey: true"), .stricter),
            (
                column("quality: [{ metric: nullValues, mustBeLessThan: 5 }]"),
                column("quality: [{ metric: nullValues, mustBeLessThan: 9 }]"), .breaking
            ),
            (
                column("quality: [{ metric: nullValues, mustBeLessThan: 5 }]"),
                column("quality: [{ metric: nullValues, mustBeLessThan: 2 }]"), .stricter
            ),
            (
                column("quality: [{ metric: nullValues, mustBe: 0 }]"),
                column("quality: [{ metric: nullValues, mustBe: 0, severity: warning }]"), .breaking
            ),
            (column("description: x"), column("description: y"), .note),
            (column("tags: []"), column("tags: []") + "\nphysicalName: other.orders", .breaking),
            (column("classification: public"), column("classification: confidential"), .stricter),
            (column("classification: confidential"), column("classification: public"), .breaking),
        ])
    func impact(old: String, new: String, impact: ContractChange.Impact) throws {
        let diff = try diff(old, new)
        #expect(diff.changes.first?.impact == impact, "\(diff.changes)")
        #expect(diff.isBreaking == (impact == .breaking))
        #expect(diff.changes.allSatisfy { !$0.why.isEmpty })
    }

    @Test("the same contract has no difference, in whatever spelling")
    func same() throws {
        #expect(
            try diff(Self.column("required: true"), Self.column("required: true"), version: "1.0.0").changes.isEmpty)
        let old = ContractFile(path: "a", text: Sample.full)
        let new = ContractFile(path: "b", text: try #require(old.document).yaml)
        #expect(try ContractDiff(from: old, to: new).changes == [])
    }

    @Test("a breaking change asks for a major version, and any change for a new one")
    func versions() throws {
        let (old, new) = (Self.column("required: true"), Self.column("tags: []"))
        #expect(try diff(old, new).versionAdvice == "a breaking change asks for a new major version: 2.0.0")
        #expect(try diff(old, new, version: "2.0.0").versionAdvice == nil)
        #expect(
            try diff(new, old, version: "1.0.0").versionAdvice == "the contract changed, and its version is 1.0.0 still"
        )
        #expect(try diff(new, old).versionAdvice == nil)
    }

    @Test("service levels and parts for people are notes, with their place")
    func notes() throws {
        let sla = { (days: Int) in "slaProperties: [{ property: retention, value: \(days), unit: d }]" }
        let diff = try diff(Self.column("tags: []"), Self.column("tags: []"), extra: (sla(3), sla(4)))
        #expect(diff.changes.map(\.what) == ["slaProperties changed"])
        #expect(diff.changes[0].place.file == "b.yaml" && diff.changes[0].place.line == 6)
        let latency = { (days: Int) in
            "slaProperties: [{ property: latency, value: \(days), unit: d, element: orders.a }]"
        }
        let fresh = try self.diff(
            Self.column("logicalType: date"), Self.column("logicalType: date"), extra: (latency(1), latency(2)))
        #expect(fresh.changes.first?.impact == .breaking)
    }

    @Test("a file with mistakes is not compared")
    func mistakes() {
        #expect(throws: WeirError.self) { try diff("properti: []", "tags: []") }
    }
}
