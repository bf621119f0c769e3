import Foundation
import Testing
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("Plan, then apply")
struct PlanApplyTests {
    private func id(_ plan: JSONValue) throws -> JSONValue { try #require(plan["plan_id"]) }

    @Test("a plan that was shown is applied once, however often it is asked for")
    func applies() async throws {
        let lab = try await DataLab(runs: false)
        let plan = try await lab.call("plan")
        #expect(plan["empty"] == false)
        #expect(plan["items"]?.items.count == 3)
        #expect(try await lab.call("plan")["plan_id"] == plan["plan_id"], "nothing has changed")
        let done = try await lab.call("apply", ["plan_id": try id(plan)])
        #expect(done["status"] == "done")
        let rows = done["rows"]
        #expect(
            rows?["read"]?.integer == (rows?["published"]?.integer ?? 0) + (rows?["quarantined"]?.integer ?? 0)
                + (rows?["filtered"]?.integer ?? 0))
        #expect(rows?["quarantined"] == 1)
        #expect(done["next"]?.text?.contains("quarantine") == true)
        let again = try await lab.call("apply", ["plan_id": try id(plan)])
        #expect(again["already_applied"] == true)
        #expect(again["run"] == done["run"])
        #expect(try await lab.call("usage")["total"] == 1)
        #expect(try await lab.call("plan")["empty"] == true)
    }

    @Test("a plan that is no longer what would be done is refused, and nothing happens")
    func stale() async throws {
        let lab = try await DataLab()
        try lab.write("models/mart/more.sql", "/* weir\nwhy: more\n*/\nSELECT 1 AS a")
        let plan = try await lab.call("plan")
        try lab.write("models/mart/more.sql", "/* weir\nwhy: more\n*/\nSELECT 1 AS a, 2 AS b FROM staging.orders")
        let error = try await lab.error("apply", ["plan_id": try id(plan)])
        #expect(error["code"] == "plan.stale")
        #expect(try await lab.call("usage")["total"] == 1)
        #expect(try await lab.call("apply", ["plan_id": try id(lab.call("plan"))])["status"] == "done")
    }

    @Test("plans that nobody made are unknown, and another project's are too")
    func unknown() async throws {
        let lab = try await DataLab()
        #expect(try await lab.error("apply", ["plan_id": "plan-0000"])["code"] == "plan.unknown")
        #expect(try await lab.error("plan", ["action": "rune"])["hint"]?.text == "did you mean \"run\"?")
        #expect(
            try await lab.error("plan", ["action": "backfill", "table": "mart.sales_by_day", "from": "a", "to": "b"])[
                "code"] == "backfill.no-interval")
        #expect(try await lab.error("plan", ["tables": "mart.sale_by_day"])["code"] == "selection.nothing")
    }

    @Test("rows leave quarantine by a plan of their own")
    func replays() async throws {
        let lab = try await DataLab()
        let plan = try await lab.call("plan", ["action": "replay", "table": "raw.orders", "set": "quantity=4"])
        #expect(plan["total"] == 1)
        let done = try await lab.call("apply", ["plan_id": try id(plan)])
        #expect(done["rows"]?["published"] == 1, "\(done.line)")
        #expect(try await lab.call("quarantine")["total"] == 0)
        #expect(try await lab.call("plan", ["action": "replay", "table": "raw.orders"])["empty"] == true)
    }

    @Test("plans grow old, and only the newest are kept")
    func book() async throws {
        let clock = TestClock()
        let book = PlanBook(now: { clock.now })
        let arguments = try ToolArguments([:], for: PlanTool(cache: ProjectCache(), book: book).spec)
        var proposal = try Proposal(arguments, ToolContext(root: "/x"))
        let preview = Preview(items: [], count: 0, isEmpty: true, summary: "", isForeign: false)
        let first = await book.note(proposal, preview, root: "/x")
        #expect(try await book.entry(first.id, root: "/x").id == first.id)
        await #expect(throws: WeirError.self) { _ = try await book.entry(first.id, root: "/y") }
        try await book.begin(first.id)
        await #expect(throws: WeirError.self) { try await book.begin(first.id) }
        await book.end(first.id, nil)
        clock.advance(PlanBook.lifetime + 1)
        await #expect(throws: WeirError.self) { _ = try await book.entry(first.id, root: "/x") }
        for number in 0..<(PlanBook.limit + 10) {
            proposal.selectors = ["\(number)"]
            _ = await book.note(proposal, preview, root: "/x")
        }
        await #expect(throws: WeirError.self) { _ = try await book.entry(first.id, root: "/x") }
    }
}
