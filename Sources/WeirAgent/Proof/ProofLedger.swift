import Foundation
import WeirCore

/// What a session has shown, read from the tools' results and never from what the model says of them.
///
/// It is a value that takes one result after the other, so a resumed session has the same proof as one that went on.
struct ProofLedger: Sendable {
    let duties: Set<ProofDuty>
    /// Counts results: what happened after what.
    private var clock = 0
    private var changes: [String: Change] = [:]
    private var runs: [Run] = []
    private var tests: [Test] = []
    /// Tables whose columns are not what they were, by the time that a plan said so.
    private var migrations: [String: Int] = [:]
    private var measurements: [Int] = []

    struct Change: Sendable {
        var path: String
        /// `schema.table` of a model; nil for other files.
        var table: String?
        var first: Int
        var last: Int
    }

    private struct Run: Sendable {
        var at: Int
        /// Nil: the whole project.
        var tables: Set<String>?
    }

    private struct Test: Sendable {
        var at: Int
        /// Models whose tests passed; nil where the result does not tell all of them.
        var models: Set<String>?
        /// What was asked for; empty: all tests.
        var paths: [String]
    }

    init(duties: Set<ProofDuty>) { self.duties = duties }

    // MARK: Evidence

    mutating func saw(_ result: RecordedResult) {
        clock += 1
        if result.isError { return }
        let content = result.content ?? .null
        switch result.tool {
        case "Write", "Edit":
            if content["dry_run"]?.truth != true, let path = content["path"]?.text { changed(path) }
        case "run", "apply": if content["status"]?.text == "done" { ran(result, content) }
        case "test": tested(result, content)
        case "plan": planned(content)
        case "explain": if content["seconds"]?.number != nil { measurements.append(clock) }
        case "query":
            if content["seconds"]?.number != nil || content["ms"]?.number != nil { measurements.append(clock) }
        case "Bash": ranCommand(result)
        default: break
        }
        if content["status"]?.text == "done", content["seconds"]?.number != nil { measurements.append(clock) }
    }

    private mutating func changed(_ path: String) {
        var change = changes[path] ?? Change(path: path, table: Self.table(path), first: clock, last: clock)
        change.last = clock
        changes[path] = change
    }

    /// `models/mart/orders.sql` is `mart.orders`.
    static func table(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count == 3, parts[0] == "models", parts[2].hasSuffix(".sql") else { return nil }
        return "\(parts[1]).\(parts[2].dropLast(4))".lowercased()
    }

    private mutating func ran(_ result: RecordedResult, _ content: JSONValue) {
        let isNarrow = !(result.arguments["tables"]?.items.isEmpty ?? true) || result.tool == "apply"
        let names = content["tables"]?.items.filter { $0["status"]?.text == "published" }.compactMap {
            $0["name"]?.text?.lowercased()
        }
        runs.append(Run(at: clock, tables: isNarrow ? Set(names ?? []) : nil))
    }

    private mutating func tested(_ result: RecordedResult, _ content: JSONValue) {
        guard content["failed"]?.integer == 0, content["invalid"]?.integer ?? 0 == 0,
            let passed = content["passed"]?.integer, passed > 0
        else { return }
        // The warehouse's columns are no test of a model.
        if result.arguments["schema"]?.truth == true || result.arguments["data"]?.truth == true { return }
        let paths = result.arguments["paths"]
        let isWhole = content["tests"] != nil && content["truncated"]?.truth != true
        let models = (content["tests"]?.items ?? []).filter { $0["status"]?.text == "passed" }.compactMap {
            $0["model"]?.text?.lowercased()
        }
        tests.append(
            Test(
                at: clock, models: isWhole ? Set(models) : nil,
                paths: paths?.text.map { [$0] } ?? paths?.items.compactMap(\.text) ?? []))
    }

    private mutating func planned(_ content: JSONValue) {
        for item in content["items"]?.items ?? [] {
            guard let name = item["name"]?.text?.lowercased(), let diff = item["column_diff"] else { continue }
            let isBreaking = !(diff["removed"]?.items.isEmpty ?? true) || !(diff["retyped"]?.items.isEmpty ?? true)
            if isBreaking { migrations[name] = clock }
        }
    }

    /// `weir run` and `weir test` in a shell count, when nothing else stands in the line that could have ended well.
    private mutating func ranCommand(_ result: RecordedResult) {
        guard let command = result.arguments["command"]?.text, ShellWords.commands(command).isPlain else { return }
        let words = command.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count > 1, words[0] == "weir" || words[0].hasSuffix("/weir") else { return }
        let names = words.dropFirst(2).filter { !$0.hasPrefix("-") }
        if words.contains("--dry-run") || words.contains("--help") || words.contains("-h") { return }
        switch words[1] {
        case "run": runs.append(Run(at: clock, tables: names.isEmpty ? nil : Set(names.map { $0.lowercased() })))
        case "test":
            if !words.contains("--schema"), !words.contains("--data") {
                tests.append(Test(at: clock, models: nil, paths: Array(names)))
            }
        default: break
        }
    }

    // MARK: Judgement

    /// What was not shown, for the model and the person.
    ///
    /// - Parameter claim: the model's last word, which can only add duties.
    func missing(claim: String, workspace: Workspace) -> [String] {
        var missing: [String] = []
        let changed = changes.values.sorted { $0.path < $1.path }
        if duties.contains(.modelTests) {
            for change in changed { missing += missingTests(change) }
        }
        if duties.contains(.migrationTest) {
            for (name, at) in migrations.sorted(by: { $0.key < $1.key }) where !isMigrated(name, at, workspace) {
                missing.append(
                    "\(name): its columns changed; a run over the rows that are there, and of a model a test that passes, after the change"
                )
            }
        }
        if duties.contains(.documentation) {
            for change in changed where change.table != nil && !Self.saysWhy(change.path, workspace) {
                missing.append("\(change.path): the `why:` in its header comment")
            }
        }
        if duties.contains(.performanceFigures), !changed.isEmpty, SpeedClaim.isIn(claim), !isMeasured {
            missing.append(
                "figures for the claim about speed: a measurement before the change and one after it (explain with runs, or run)"
            )
        }
        return missing
    }

    private func isMigrated(_ name: String, _ time: Int, _ workspace: Workspace) -> Bool {
        if !hasRun(name, after: time) { return false }
        // A source has no tests: what it brings is tried by the run.
        let path = "models/\(name.replacing(".", with: "/")).sql"
        return (try? workspace.exists(path)) != true || hasTest(name, after: lastChange(name) ?? time)
    }

    private func lastChange(_ table: String) -> Int? { changes.values.filter { $0.table == table }.map(\.last).max() }

    private func missingTests(_ change: Change) -> [String] {
        var missing: [String] = []
        if let table = change.table {
            if !hasRun(table, after: change.last) {
                missing.append("\(table): a run through the gate after the last change of \(change.path)")
            }
            if !hasTest(table, after: change.last) {
                missing.append("\(table): a test of it that passed after the last change of \(change.path)")
            }
        } else if change.path.hasPrefix("contracts/") || change.path.hasPrefix("sources/") {
            if !runs.contains(where: { $0.at > change.last }) {
                missing.append("\(change.path): a run through the gate after its last change")
            }
        } else if change.path.hasPrefix("tests/") {
            if !tests.contains(where: { $0.at > change.last }) {
                missing.append("\(change.path): a passing run of the tests after its last change")
            }
        }
        return missing
    }

    private func hasRun(_ table: String, after time: Int) -> Bool {
        runs.contains { $0.at > time && ($0.tables == nil || $0.tables?.contains(table) == true) }
    }

    private func hasTest(_ table: String, after time: Int) -> Bool {
        tests.contains { test in
            if test.at <= time { return false }
            if let models = test.models { return models.contains(table) }
            return test.paths.isEmpty || test.paths.contains { Self.mayTest(table, path: $0) }
        }
    }

    /// Whether a path of tests is one of the table, by its name: `tests/mart/orders.yaml`, or a folder.
    private static func mayTest(_ table: String, path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/").map(String.init)
        guard let last = parts.last else { return false }
        let names = table.split(separator: ".").map(String.init)
        let stem = last.split(separator: ".").first.map(String.init) ?? last
        return last == "tests" || names.contains(stem)
    }

    /// Figures from before the first change of a model, and from after the last.
    private var isMeasured: Bool {
        let models = changes.values.filter { $0.table != nil }
        guard let first = models.map(\.first).min(), let last = models.map(\.last).max() else {
            return measurements.count > 1
        }
        return measurements.contains { $0 < first } && measurements.contains { $0 > last }
    }

    /// Whether the header comment of a model gives its reason.
    static func saysWhy(_ path: String, _ workspace: Workspace) -> Bool {
        guard let text = try? workspace.text(path), let start = text.range(of: "/*"),
            let end = text.range(of: "*/", range: start.upperBound..<text.endIndex)
        else { return false }
        return text[start.upperBound..<end.lowerBound].split(whereSeparator: \.isNewline).contains { line in
            let line = line.drop { $0.isWhitespace || $0 == "*" }
            return line.hasPrefix("why:") && !line.dropFirst(4).allSatisfy(\.isWhitespace)
        }
    }
}

/// Words that claim that something became faster.
enum SpeedClaim {
    static func isIn(_ text: String) -> Bool {
        let text = text.lowercased()
        return text.firstMatch(of: /\b(faster|sped up|speed-?up|quicker|speeds? (it|this|the \w+) up)\b/) != nil
            || text.firstMatch(of: /\b(reduced|cut|halved|lowered)\b[^.\n]{0,40}\b(time|runtime|latency|duration)\b/)
                != nil
            || text.firstMatch(of: /\b\d+(\.\d+)?\s*(x|×|times) (as fast|faster|less time)\b/) != nil
    }
}
