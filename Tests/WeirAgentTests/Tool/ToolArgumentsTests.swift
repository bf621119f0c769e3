import Testing
import WeirCore

@testable import WeirAgent

@Suite("Arguments of a tool")
struct ToolArgumentsTests {
    static let spec = ToolSpec(
        name: "query", title: "Query", summary: "",
        input: ToolSchema.object([
            .init("sql", .string, "", isRequired: true), .init("limit", .integer, ""), .init("all", .boolean, ""),
            .init("tables", .array(.string), ""),
        ]).json)

    private func code(_ body: () throws -> Void) -> WeirError? {
        do { try body() } catch { return error as? WeirError }
        return nil
    }

    @Test("are read by their types, and null is left out")
    func reads() throws {
        let arguments = try ToolArguments(
            ["sql": "SELECT 1", "limit": 5, "all": .null, "tables": "one"], for: Self.spec)
        #expect(try arguments.text("sql") == "SELECT 1")
        #expect(try arguments.int("limit", usual: 10, in: 1...10) == 5)
        #expect(try arguments.bool("all", usual: true))
        #expect(try arguments.texts("tables") == ["one"])
    }

    @Test("a mistake says what to mend")
    func mistakes() throws {
        #expect(code { _ = try ToolArguments("SELECT 1", for: Self.spec) }?.code == "tool.bad-arguments")
        let unknown = code { _ = try ToolArguments(["sql": "", "limt": 1], for: Self.spec) }
        #expect(unknown?.hint == "did you mean \"limit\"?")
        #expect(code { _ = try ToolArguments(["limit": 1], for: Self.spec) }?.message.contains("\"sql\"") == true)
        let arguments = try ToolArguments(["sql": 7, "limit": 99, "tables": ["a", 1]], for: Self.spec)
        #expect(code { _ = try arguments.text("sql") }?.hint == "it is a text")
        #expect(code { _ = try arguments.int("limit", usual: 1, in: 1...10) }?.hint == "it goes from 1 to 10")
        #expect(code { _ = try arguments.texts("tables") } != nil)
        #expect(code { _ = try ToolArguments(["sql": .null], for: Self.spec).text("sql") } != nil)
    }
}
