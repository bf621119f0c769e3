import Testing
import WeirCore
import WeirQuality

@testable import WeirPipeline

@Suite("What counts as a change of a contract")
struct ContractMarkTests {
    private func mark(_ rule: String) throws -> String {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: orders
            version: 1.0.0
            status: active
            schema:
              - name: orders
                properties:
                  - { name: id, quality: [{ metric: nullValues, \(rule) }] }
            """
        let contract = try ContractFile(path: "c.yaml", text: text).valid()
        return Definition.mark(of: try #require(contract.tables.first), policy: .quarantine)
    }

    @Test("a second limit is one, and so is another value or unit of it; words are none")
    func secondLimit() throws {
        func warns(_ value: String) -> String {
            "mustBeLessThan: 5, customProperties: [{ property: weir.warn, value: \(value) }]"
        }
        let marks = try [
            "mustBeLessThan: 5", warns("1 row"), warns("2 rows"), warns("2%"), warns("{ mustBeLessThan: 2 }"),
        ].map(mark)
        #expect(Set(marks).count == 5)
        #expect(try mark("mustBeLessThan: 5, description: other") == marks[0])
        #expect(try mark(warns("1 row") + ", description: other") == marks[1])
    }
}
