import Foundation
import WeirCore

/// A project that is broken on purpose, what an agent is told about it, and what is true once it is mended.
public struct Scenario: Sendable {
    public var name: String
    public var folder: String
    public var title: String
    public var task: String
    /// A run before the agent comes, as the project was in use.
    public var runsBefore: Bool
    public var checks: [Check]

    /// Something that holds once the project is mended, whatever the agent says of it.
    public struct Check: Sendable {
        public enum Kind: Sendable {
            /// Rows of the warehouse after a run, each with `|` between its values.
            case query(String, [String])
            case matches(file: String, pattern: String)
            case lacks(file: String, pattern: String)
            /// There are tests, and they pass.
            case testsPass
            /// How many rows of a table lie in quarantine.
            case quarantined(table: String, rows: Int)
        }
        public var name: String
        public var kind: Kind
    }

    /// Files that are laid over the project before the checks, and that the agent never saw.
    var hidden: String { "\(folder)/hidden" }
    public var project: String { "\(folder)/project" }
    public var recording: String { "\(folder)/recording.jsonl" }

    /// Every scenario of a folder.
    ///
    /// - Throws: `scenario.…` with all mistakes.
    public static func all(in folder: String) throws -> [Scenario] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw WeirError(
                "scenario.no-folder", "there is no folder of scenarios at \(folder)", hint: "--scenarios names one")
        }
        let found = names.sorted().filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/scenario.yaml") }
        if found.isEmpty { throw WeirError("scenario.none", "\(folder) holds no scenario") }
        let problems = Problems()
        let scenarios = found.compactMap { read("\(folder)/\($0)", name: $0, problems) }
        try problems.throwIfAny("scenario.invalid") { "\($0) mistakes in the scenarios" }
        return scenarios
    }

    private static func read(_ folder: String, name: String, _ problems: Problems) -> Scenario? {
        let path = "\(folder)/scenario.yaml"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        guard let map = YAMLFile(path: path, text: text, problems: problems).root() else { return nil }
        let title = map.requiredString("title", of: "a scenario")
        let task = map.requiredString("task", of: "a scenario")
        let before = map.bool("run_before") ?? true
        let checks = map.maps("checks").compactMap(check)
        map.finish("a scenario")
        if checks.isEmpty { map.report("scenario.no-check", "a scenario needs checks") }
        guard let title, let task else { return nil }
        return Scenario(name: name, folder: folder, title: title, task: task, runsBefore: before, checks: checks)
    }

    private static func check(_ map: YAMLMap) -> Check? {
        let name = map.requiredString("name", of: "a check")
        let query = map.string("query")
        let expect = map.strings("expect")
        let file = map.string("file")
        let matches = map.string("matches")
        let lacks = map.string("lacks")
        let tests = map.bool("tests")
        let table = map.string("quarantine")
        let rows = map.int("rows")
        map.finish("a check")
        guard let name else { return nil }
        if let query { return Check(name: name, kind: .query(query, expect)) }
        if let file, let matches { return Check(name: name, kind: .matches(file: file, pattern: matches)) }
        if let file, let lacks { return Check(name: name, kind: .lacks(file: file, pattern: lacks)) }
        if tests == true { return Check(name: name, kind: .testsPass) }
        if let table, let rows { return Check(name: name, kind: .quarantined(table: table, rows: rows)) }
        map.report("scenario.bad-check", "this check says nothing that can be looked at")
        return nil
    }
}
