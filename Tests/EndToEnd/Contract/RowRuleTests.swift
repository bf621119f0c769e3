import Testing

@Suite("Rules about rows, end to end")
struct RowRuleTests {
    private static func column(_ name: String, _ policy: String? = nil, tolerance: String? = nil) -> String {
        let settings = [
            policy.map { "{ property: weir.onFail, value: \($0) }" },
            tolerance.map { "{ property: weir.tolerance, value: \"\($0)\" }" },
        ].compactMap(\.self).joined(separator: ", ")
        return """
            - name: \(name)
              logicalType: integer
              logicalTypeOptions: { minimum: 0 }
              customProperties: [\(settings)]
            """
    }

    @Test("each rule does what its own on_fail says, and what stops wins")
    func ownPolicy() async throws {
        let properties = [
            Self.column("a", "quarantine"), Self.column("b", "warn"), Self.column("c", "stop"),
        ].joined(separator: "\n")
        // What the source says counts only where a rule says nothing.
        let project = try ContractProject.make(properties, source: "on_fail: stop")
        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1"), 4: ("1", "-1", "1")]))
        let mixed = try await project.run(expect: 0)
        let node = try #require(try mixed.report["raw.t"])
        #expect(node.balance == .init(read: 10, published: 9, quarantined: 1, filtered: 0))
        #expect(node["range(a)"]?.status == "quarantined" && node["range(a)"]?.violating == 1)
        #expect(node["range(b)"]?.status == "warned" && node["range(b)"]?.violating == 1)
        #expect(node["range(c)"]?.status == "passed")
        #expect(try await project.rows("SELECT id FROM raw.t WHERE id IN (3, 4)") == ["4"])

        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1"), 5: ("1", "1", "-1")]))
        let stopped = try await project.run(expect: 1)
        let second = try #require(try stopped.report["raw.t"])
        #expect(second.status == "stopped")
        #expect(second.reason?.contains("range(c)") == true, "\(stopped)")
        #expect(second.reason?.contains("range(a)") == false, "\(stopped)")
        // The table is as it was.
        #expect(try await project.rows("SELECT count(*), min(a), min(b) FROM raw.t") == ["9|1|-1"])
        #expect(try await project.rows("SELECT id FROM weir_quarantine.raw__t") == ["3"])
    }

    @Test(
        "of the contract's word for the table and the source's, the contract's counts",
        arguments: [("quarantine", "stop", 0), ("stop", "quarantine", 1), ("warn", "stop", 0), ("stop", "warn", 1)])
    func nearest(contract: String, source: String, code: Int32) async throws {
        let project = try ContractProject.make(
            Self.column("a"), table: "customProperties: [{ property: weir.onFail, value: \(contract) }]",
            source: "on_fail: \(source)")
        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1")]))
        let done = try await project.run(expect: code)
        #expect(try done.report["raw.t"]?.balance.quarantined == (contract == "quarantine" ? 1 : 0), "\(done)")
    }

    @Test("on_fail: stop also stops for rows that cannot be read or have no key, beside rules that hold rows back")
    func unplaced() async throws {
        let project = try ContractProject.make(
            Self.column("a", "quarantine"), source: "on_fail: stop\nload: { strategy: merge, key: [id] }")
        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1")]) + "11,x,1,1,2026-01-11\n")
        let unreadable = try await project.run(expect: 1)
        #expect(try unreadable.report["raw.t"]?.reason?.contains("1 of 11") == true, "\(unreadable)")
        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1")]) + ",1,1,1,2026-01-11\n")
        let keyless = try await project.run(expect: 1)
        #expect(try keyless.report["raw.t"]?.reason?.contains("1 of 11") == true, "\(keyless)")
        try project.write("data/t.csv", ContractProject.data([3: ("-1", "1", "1")]))
        let good = try await project.run(expect: 0)
        #expect(try good.report["raw.t"]?.balance == .init(read: 10, published: 9, quarantined: 1, filtered: 0))
    }

    @Test(
        "a rule's own tolerance, in rows and in percent: as many are held back, one more stops the load",
        arguments: [("2 rows", 0), ("1 row", 1), ("20%", 0), ("19.9%", 1), ("0 rows", 1), ("0%", 1), ("100%", 0)])
    func ownTolerance(text: String, code: Int32) async throws {
        let project = try ContractProject.make(
            Self.column("a", tolerance: text) + "\n" + Self.column("b"))
        try project.write(
            "data/t.csv",
            ContractProject.data([1: ("-1", "1", "1"), 2: ("-1", "-1", "1"), 3: ("1", "-1", "1"), 4: ("1", "-1", "1")]))
        let done = try await project.run(expect: code)
        let node = try #require(try done.report["raw.t"])
        // Four rows leave: the tolerance of one rule does not count those of another.
        #expect(node.balance.quarantined == (code == 0 ? 4 : 0), "\(done)")
        if code == 1 { #expect(node["range(a)"]?.status == "failed", "\(done)") }
    }

    @Test("a rule with severity warning or info only reports, whatever on_fail says", arguments: ["warning", "info"])
    func severity(word: String) async throws {
        let project = try ContractProject.make(
            """
            - name: a
              quality:
                - { metric: invalidValues, arguments: { validValues: [1] }, mustBe: 0, severity: \(word) }
            - name: b
              quality:
                - { metric: invalidValues, arguments: { validValues: [1] }, mustBe: 0, severity: error }
            """, source: "on_fail: stop")
        try project.write("data/t.csv", ContractProject.data([1: ("7", "1", "1"), 2: ("", "", "1")]))
        let done = try await project.run(expect: 0)
        let node = try #require(try done.report["raw.t"])
        #expect(node.balance.published == 10)
        #expect(node["accepted_values(a)"]?.status == "warned")
        #expect(node["accepted_values(a)"]?.violating == 1)
        #expect(node["accepted_values(b)"]?.status == "passed")
        let text = try await project.weir("run", "--full-refresh")
        #expect(text.out.contains("accepted_values(a)"), "\(text)")
        try project.write("data/t.csv", ContractProject.data([1: ("7", "7", "1")]))
        try await project.run(expect: 1)
    }

    @Test("a limit that allows some rows publishes them too, and one more than it allows stops")
    func limit() async throws {
        let project = try ContractProject.make(
            """
            - name: a
              quality: [{ metric: nullValues, mustBeLessThan: 15, unit: percent }]
            """)
        try project.write("data/t.csv", ContractProject.data([1: ("", "1", "1")]))
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?["not_null(a)"]?.status == "accepted", "\(done)")
        #expect(try await project.rows("SELECT count(*) FROM raw.t WHERE a IS NULL") == ["1"])
    }
}
