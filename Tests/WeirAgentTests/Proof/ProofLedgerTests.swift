import Testing
import WeirCore

@testable import WeirAgent

@Suite("Proof duties")
struct ProofLedgerTests {
    let folder: TempFolder
    let workspace: Workspace

    init() throws {
        folder = try TempFolder([
            "models/mart/a.sql": "/* weir\nwhy: it counts\n*/\nSELECT 1", "models/mart/bare.sql": "SELECT 1",
            "models/mart/empty.sql": "/* weir\nwhy:   \n*/ SELECT 1 -- why: not here",
        ])
        workspace = Workspace(root: folder.path)
    }

    private func result(_ tool: String, _ content: JSONValue, _ arguments: JSONValue = [:], isError: Bool = false)
        -> RecordedResult
    {
        RecordedResult(
            call: "c", tool: tool, arguments: arguments, text: "it all works, trust me", content: content,
            isError: isError)
    }

    private func edit(_ path: String) -> RecordedResult { result("Edit", ["path": .string(path), "dry_run": false]) }
    private var run: RecordedResult { result("run", ["status": "done", "seconds": 1.0.json, "tables": []]) }
    private var test: RecordedResult { result("test", ["passed": 1, "failed": 0, "invalid": 0]) }

    private func missing(
        _ results: [RecordedResult], claim: String = "done", duties: Set<ProofDuty> = Set(ProofDuty.allCases)
    ) -> [String] {
        var ledger = ProofLedger(duties: duties)
        for result in results { ledger.saw(result) }
        return ledger.missing(claim: claim, workspace: workspace)
    }

    private var change: RecordedResult { edit("models/mart/a.sql") }

    @Test("nothing changed, nothing to prove; a model that changed needs a run and a test after its last change")
    func models() {
        #expect(missing([]) == [] && missing([run, test]) == [])
        #expect(missing([change]).count == 2)
        #expect(missing([run, test, change]).count == 2)
        #expect(missing([change, run]).count == 1 && missing([change, test]).count == 1)
        #expect(missing([change, run, test]) == [])
        #expect(missing([change, run, test, change]).count == 2)
        #expect(missing([edit("docs/a.md")]) == [])
        #expect(missing([edit("contracts/a.yaml")]).count == 1 && missing([edit("sources/a.yaml"), run]) == [])
        #expect(missing([change], duties: []) == [])
    }

    @Test("what failed, what was about something else, and what a model says is no proof")
    func noProof() {
        let stopped = result("run", ["status": "gate_failed", "tables": []])
        let failing = result("test", ["passed": 3, "failed": 1, "invalid": 0])
        let none = result("test", ["passed": 0, "failed": 0, "invalid": 0])
        let broken = result("test", ["passed": 1, "failed": 0, "invalid": 1])
        let error = result("run", ["status": "done"], isError: true)
        let other = result(
            "run", ["status": "done", "tables": [["name": "mart.b", "status": "published"]]], ["tables": ["mart.b"]])
        for results in [
            [stopped, test], [run, failing], [run, none], [run, broken], [error, test], [other, test],
        ] {
            #expect(missing([change] + results).count == 1, "\(results)")
        }
        let elsewhere = result("test", ["passed": 1, "failed": 0], ["paths": ["tests/b.yaml"]])
        let schema = result("test", ["passed": 1, "failed": 0], ["schema": true])
        #expect(missing([change, run, elsewhere]).count == 1 && missing([change, run, schema]).count == 1)
        #expect(
            missing(
                [change, result("Bash", ["exit_code": 0], ["command": "echo weir run"])], claim: "everything passed"
            ).count == 2)
        let tested: JSONValue = [
            "passed": 1, "failed": 0, "invalid": 0, "truncated": false,
            "tests": [["model": "mart.b", "status": "passed"]],
        ]
        #expect(missing([change, run, result("test", tested)]).count == 1)
        let own = result(
            "run", ["status": "done", "tables": [["name": "mart.a", "status": "published"]]], ["tables": ["mart.a"]])
        #expect(missing([change, own, test]) == [])
    }

    @Test("weir in a shell counts when it stands alone")
    func shell() {
        func bash(_ command: String) -> RecordedResult {
            result("Bash", ["exit_code": 0], ["command": .string(command)])
        }
        #expect(missing([change, bash("weir run"), bash("weir test")]) == [])
        for command in [
            "weir run || true", "weir run; true", "true # weir run", "weir run --dry-run", "weir run --help",
            "weir runs", "weir",
        ] {
            #expect(missing([change, bash(command), test]).count == 1, "\(command)")
        }
        #expect(missing([change, bash("weir run mart.b"), test]).count == 1)
    }

    @Test("columns that changed need a test and a run after it")
    func migration() {
        let plan = result(
            "plan", ["items": [["name": "mart.a", "column_diff": ["removed": ["x"], "retyped": [], "added": []]]]])
        let duties: Set<ProofDuty> = [.migrationTest]
        #expect(missing([change, plan], duties: duties).count == 1)
        #expect(missing([change, plan, run, test], duties: duties) == [])
        let harmless = result(
            "plan", ["items": [["name": "mart.a", "column_diff": ["removed": [], "retyped": [], "added": ["y"]]]]])
        #expect(missing([change, harmless], duties: duties) == [])
        // A source has no tests; its rows are tried by the run.
        let source = result(
            "plan", ["items": [["name": "raw.x", "column_diff": ["removed": [], "retyped": ["y"], "added": []]]]])
        #expect(missing([source], duties: duties).count == 1)
        #expect(missing([source, run], duties: duties) == [])
    }

    @Test(
        "a claim of speed needs figures from before and after; other words do not",
        arguments: [
            ("it is 3x faster now", true), ("Sped up the join", true), ("the runtime was reduced", false),
            ("reduced the run time by half", true),
            ("halved the latency", true), ("2.5 times faster", true), ("breakfast orders", false),
            ("the fastest growing shop", false), ("it works", false),
        ])
    func speed(claim: String, isClaim: Bool) {
        let duties: Set<ProofDuty> = [.performanceFigures]
        let explain = result("explain", ["seconds": 0.5.json])
        #expect(missing([change, run], claim: claim, duties: duties).isEmpty != isClaim, "\(claim)")
        #expect(missing([explain, change, explain], claim: claim, duties: duties) == [])
        #expect(missing([explain, explain, change], claim: claim, duties: duties).isEmpty != isClaim)
    }

    @Test("the reason of a model that changed stands in its header")
    func documentation() {
        let duties: Set<ProofDuty> = [.documentation]
        #expect(missing([change], duties: duties) == [])
        #expect(missing([edit("models/mart/bare.sql")], duties: duties).count == 1)
        #expect(missing([edit("models/mart/empty.sql")], duties: duties).count == 1)
        #expect(missing([edit("models/mart/gone.sql")], duties: duties).count == 1)
    }
}
