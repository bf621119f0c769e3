import Foundation
import Testing
import WeirCore
import WeirEngine
import WeirPipeline
import WeirQuality

/// The examples of `Documentation/Weir.docc/UsingFromSwift.md`, word for word: they compile here and do what the
/// article says.
enum DocumentationExamples {
    // example: run
    static func nightly(_ folder: String) async throws -> Bool {
        let project = try ProjectLoader.load(root: folder)
        var options = RunOptions()
        options.selection = Selection(["+mart.sales_by_day"])
        options.wait = .seconds(600)
        let summary = try await Runner(project, options: options).run { event in
            if case .started(let table, _) = event { print("building \(table)") }
        }
        for node in summary.nodes where node.balance.quarantined > 0 {
            print("\(node.name): \(node.balance.quarantined) rows in quarantine")
        }
        return summary.outcome == .done
    }
    // example: end

    // example: check
    static func check(_ contractPath: String, _ csv: String) async throws -> [CheckOutcome] {
        let problems = Problems()
        let contract = ContractLoader.load(
            path: contractPath, text: try String(contentsOfFile: contractPath, encoding: .utf8), problems: problems)
        try problems.throwIfAny("contract.invalid") { "the contract has \($0) mistakes" }
        let orders = TableName(schema: "main", table: "orders")
        guard let rules = contract?.table(for: orders) else { return [] }
        return try await Database.open().withConnection { connection in
            try await connection.perform { connection in
                try connection.execute("CREATE TABLE orders AS FROM read_csv(\(SQL.literal(csv)))")
                let audit = try TableAudit.audit(
                    rules, scope: AuditScope(table: orders, declared: orders), policy: .quarantine,
                    resolve: { _ in nil }, on: connection)
                return audit.outcomes.filter { $0.status != .passed }
            }
        }
    }
    // example: end
}

@Suite("The documentation's examples")
struct DocumentationExamplesTests {
    @Test("a run from Swift does what the article says")
    func run() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        _ = try ProjectInit.sample(in: folder.path)
        #expect(try await DocumentationExamples.nightly(folder.path))
    }

    @Test("a table is checked against a contract without a project")
    func check() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        _ = try ProjectInit.sample(in: folder.path)
        let broken = try await DocumentationExamples.check(
            folder.path + "/contracts/orders.yaml", folder.path + "/data/orders.csv")
        #expect(broken.map(\.rule) == ["range(quantity)"])
    }

    @Test("the article shows the code that is tested here")
    func article() throws {
        let here = URL(fileURLWithPath: #filePath)
        let article = try String(
            contentsOf: here.deletingLastPathComponent().appending(
                path: "../../../Documentation/Weir.docc/UsingFromSwift.md"), encoding: .utf8)
        let code = try String(contentsOf: here, encoding: .utf8)
        let examples = code.components(separatedBy: "    // example: ").filter {
            $0.hasPrefix("run\n") || $0.hasPrefix("check\n")
        }
        #expect(examples.count == 2)
        for example in examples {
            let lines = example.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
                .map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }
            let text = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(article.contains(text.replacing("static func", with: "func")))
        }
    }
}
