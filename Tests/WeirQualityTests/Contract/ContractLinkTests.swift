import Testing
import WeirCore

@testable import WeirQuality

@Suite("References into other contracts")
struct ContractLinkTests {
    private func load(_ path: String, _ body: String) throws -> Contract {
        let problems = Problems()
        let contract = ContractLoader.load(path: path, text: Sample.contract(body), problems: problems)
        try #require(problems.all.isEmpty, "\(problems.all)")
        return try #require(contract)
    }

    private func link(_ reference: String, at path: String = "contracts/orders.yaml") throws -> (Contract, [WeirError])
    {
        let own = try load(
            path, "properties: [{ name: customer, relationships: [{ to: \"\(reference)\" }] }, { name: shop }]")
        let other = try load(
            "contracts/base/customers.yaml",
            "physicalName: c.customers\nid: cust-obj\nproperties: [{ name: id, id: key, physicalName: cust_id }, { name: shop }]"
        )
        let problems = Problems()
        let linked = own.linked(
            find: { $0 == other.path ? .contract(other) : $0.contains("gone") ? .nowhere(hint: nil) : .elsewhere },
            table: { _, object in object.physicalName ?? "?" },
            problems: problems)
        return (linked, problems.all)
    }

    @Test(
        "become rules, by ids and by names, whatever the path to the file",
        arguments: [
            "base/customers.yaml#schema/cust-obj/properties/key", "./base/../base/customers.yaml#orders.id",
            "base/customers.yaml#schema/orders/properties/cust_id",
        ])
    func followed(reference: String) throws {
        let (contract, problems) = try link(reference)
        #expect(problems.isEmpty)
        #expect(contract.tables[0].rules.map(\.id) == ["foreign_key(customer -> c.customers.cust_id)"])
        #expect(contract.notChecked.isEmpty && contract.tables[0].notChecked.isEmpty)
        #expect(contract.tables[0].links.isEmpty)
    }

    @Test("of a file that is not of the project are listed as not checked")
    func elsewhere() throws {
        for reference in [
            "customers.yaml#orders.id", "https://example.org/c.yaml#schema/a/properties/b",
            "../../x/base/customers.yaml#a.b", "../../contracts/base/customers.yaml#orders.id",
        ] {
            let (contract, problems) = try link(reference)
            #expect(problems.isEmpty && contract.tables[0].rules.isEmpty)
            #expect(contract.notChecked.map(\.key) == ["relationships"], "\(contract.notChecked)")
        }
    }

    @Test("to what the other contract does not have are mistakes")
    func wrong() throws {
        let (contract, gone) = try link("gone.yaml#a.b")
        #expect(gone.map(\.code) == ["contract.unknown-reference"] && contract.tables[0].rules.isEmpty)
        for reference in ["base/customers.yaml#ordres.id", "base/customers.yaml#orders.idd"] {
            let (_, problems) = try link(reference)
            #expect(problems.map(\.code) == ["contract.unknown-reference"])
            #expect(problems.first?.hint?.contains("did you mean") == true, "\(problems)")
            #expect(problems.first?.place?.file == "contracts/orders.yaml")
        }
    }

    @Test("of several columns point into one object; a second reference of the same name has an id of its own")
    func several() throws {
        let file = "base/customers.yaml#schema/cust-obj/properties/"
        let own = try load(
            "contracts/orders.yaml",
            """
            properties: [{ name: customer, relationships: [{ to: "\(file)key" }, { to: "\(file)key" }] }, { name: shop }]
            relationships: [{ from: [customer, shop], to: ["\(file)key", "\(file)shop"] }]
            """)
        #expect(own.tables[0].links.map(\.properties) == [["key"], ["key"], ["key", "shop"]])
        let mixed = Sample.load(
            Sample.contract(
                """
                properties: [{ name: customer }, { name: shop }]
                relationships: [{ from: [customer, shop], to: ["\(file)key", "a.b#c.d"] }]
                """))
        #expect(mixed.problems.map(\.code) == ["contract.bad-reference"])
        let other = try load(
            "contracts/base/customers.yaml", "id: cust-obj\nproperties: [{ name: key }, { name: shop }]")
        let linked = own.linked(find: { _ in .contract(other) }, table: { _, _ in "x.y" }, problems: Problems())
        #expect(
            linked.tables[0].rules.map(\.id) == [
                "foreign_key(customer -> x.y.key)", "foreign_key(customer -> x.y.key)#2",
                "foreign_key(customer, shop -> x.y(key, shop))",
            ])
    }
}
