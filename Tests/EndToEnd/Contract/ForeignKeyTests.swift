import Testing

@Suite("Foreign keys, end to end")
struct ForeignKeyTests {
    /// `raw.a_orders` comes before `raw.z_customers` in the alphabet, and needs it.
    private static func project(_ relationship: String, onFail: String = "quarantine") throws -> TempProject {
        try TempProject([
            "sources/all.yaml": """
            name: raw.a_orders
            from: { files: data/orders.csv }
            columns: { id: INTEGER, customer: INTEGER, shop: VARCHAR, parent: INTEGER }
            contract: contracts/orders.yaml
            on_fail: \(onFail)
            """,
            "sources/customers.yaml": """
            name: raw.z_customers
            from: { files: data/customers.csv }
            columns: { id: INTEGER, shop: VARCHAR }
            """,
            "contracts/orders.yaml": Contracts.table(
                "raw.a_orders",
                """
                      - { name: id, primaryKey: true }
                      - { name: customer }
                      - { name: shop }
                      - { name: parent }
                """, extra: "    relationships: [\(relationship)]"),
            "data/customers.csv": "id,shop\n1,Łódź\n2,Oslo\n",
            "data/orders.csv": "id,customer,shop,parent\n1,1,Łódź,\n2,9,Oslo,1\n3,,Oslo,2\n4,2,Łódź,77\n",
        ])
    }

    private func held(_ project: TempProject) async throws -> [String] {
        try await project.rows("SELECT id, _weir_reasons[1] FROM weir_quarantine.raw__a_orders ORDER BY id")
    }

    @Test("a row without its parent is held back, one without a value is not; the parent is loaded first")
    func simple() async throws {
        let project = try Self.project("{ from: customer, to: raw.z_customers.id }")
        let done = try await project.run("--threads", "1", expect: 0)
        #expect(
            try done.report["raw.a_orders"]?.balance == .init(read: 4, published: 3, quarantined: 1, filtered: 0),
            "\(done)")
        #expect(try await held(project) == ["2|foreign_key(customer -> raw.z_customers.id)"])
    }

    @Test("a reference into another contract means the table that uses it")
    func otherContract() async throws {
        let project = try Self.project("{ from: customer, to: \"people.yaml#schema/person/properties/key\" }")
        try project.write(
            "contracts/people.yaml",
            """
            apiVersion: v3.1.0
            kind: DataContract
            id: people
            version: 1.0.0
            status: active
            schema:
              - id: person
                name: person
                properties: [{ name: key, id: key, physicalName: id }]
            """)
        let source = try String(contentsOfFile: project.path("sources/customers.yaml"), encoding: .utf8)
        try project.write("sources/customers.yaml", source + "\ncontract: contracts/people.yaml\n")
        try await project.run("--threads", "1", expect: 0)
        #expect(try await held(project) == ["2|foreign_key(customer -> raw.z_customers.id)"])
        try project.write(
            "contracts/orders.yaml",
            try String(contentsOfFile: project.path("contracts/orders.yaml"), encoding: .utf8).replacing(
                "properties/key", with: "properties/kee"))
        let done = try await project.weir("plan")
        #expect(done.code == 2 && done.err.contains("contract.unknown-reference"), "\(done)")
    }

    @Test("a key of two columns must be there as one")
    func composite() async throws {
        let project = try Self.project("{ from: [customer, shop], to: [raw.z_customers.id, raw.z_customers.shop] }")
        try await project.run(expect: 0)
        #expect(try await held(project).map { $0.prefix(1) } == ["2", "4"])
    }

    @Test("a table that points to itself: a parent that is held back itself is still one that came")
    func itself() async throws {
        let project = try Self.project("{ from: parent, to: raw.a_orders.id }")
        try await project.run(expect: 0)
        #expect(try await held(project).map { $0.prefix(1) } == ["4"])
    }

    @Test("when the parent comes, a replay publishes the row, and takes it out of quarantine")
    func parentComes() async throws {
        let project = try Self.project("{ from: customer, to: raw.z_customers.id }")
        try await project.run(expect: 0)
        try project.write("data/customers.csv", "id,shop\n1,Łódź\n2,Oslo\n9,Rome\n")
        try await project.run("raw.z_customers", expect: 0)
        let replay = try await project.weir("quarantine", "replay", "raw.a_orders")
        #expect(replay.code == 0)
        #expect(replay.out.contains("1 replayed, 1 published, 0 stay in quarantine"), "\(replay)")
        #expect(try await held(project) == [])
        #expect(try await project.rows("SELECT id FROM raw.a_orders ORDER BY id") == ["1", "2", "3", "4"])
    }

    @Test("on_fail: stop and warn", arguments: [("stop", 1, 0), ("warn", 0, 4)])
    func policies(word: String, code: Int32, published: Int) async throws {
        let project = try Self.project("{ from: customer, to: raw.z_customers.id }", onFail: word)
        let done = try await project.run(expect: code)
        #expect(try done.report["raw.a_orders"]?.balance.published == published)
    }

    @Test("an order waits for its customers: when they stop, it is not held against an empty table")
    func parentFails() async throws {
        let project = try Self.project("{ from: customer, to: raw.z_customers.id }")
        try project.remove("data/customers.csv")
        let done = try await project.run()
        #expect(done.code != 0)
        #expect(try done.report["raw.a_orders"]?.status == "blocked", "\(done)")
    }

    @Test(
        "a reference to nothing is a mistake with its place",
        arguments: ["raw.z_customer.id", "raw.z_customers.idd"])
    func unknown(to: String) async throws {
        let project = try Self.project("{ from: customer, to: \(to) }")
        let done = try await project.run()
        #expect(done.code == 2, "\(done)")
        let fault = try #require(done.faults.first { $0.code == "contract.unknown-reference" }, "\(done)")
        #expect(fault.place?.file == "contracts/orders.yaml")
    }
}
