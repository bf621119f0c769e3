import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// Runs scenarios: a copy of the project, the agent on it, and then a look of our own at what it left.
public struct ScenarioLab: Sendable {
    /// What came of one.
    public struct Score: Sendable, Encodable {
        public var name: String
        public var title: String
        public var solved: Bool
        /// What does not hold.
        public var failed: [String]
        /// How the agent ended.
        public var status: String
        public var turns: Int
        public var calls: Int
        public var cost: Money
        public var milliseconds: Int64
        public var error: String?
    }

    let settings: AISettings
    let request: SessionRequest

    /// - Parameter request: how each session is made; what it asks for is always agreed to, as the copy is thrown away.
    public init(settings: AISettings, request: SessionRequest) {
        self.settings = settings
        self.request = request
    }

    public func run(_ scenario: Scenario) async throws -> Score {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-scenario-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.prepare(scenario, in: folder)
        var score = Score(
            name: scenario.name, title: scenario.title, solved: false, failed: [], status: "failed", turns: 0, calls: 0,
            cost: .zero, milliseconds: 0)
        let began = ContinuousClock.now
        do {
            if scenario.runsBefore { _ = try await Self.build(folder) }
            let outcome = try await work(scenario, in: folder)
            score.status = outcome.end.status.rawValue
            score.turns = outcome.turns
            score.calls = outcome.calls
            score.cost = outcome.cost
        } catch let error as WeirError {
            score.error = error.description
        }
        score.milliseconds = (ContinuousClock.now - began).milliseconds
        score.failed = await Self.examine(scenario, in: folder)
        score.solved = score.failed.isEmpty
        return score
    }

    private func work(_ scenario: Scenario, in folder: String) async throws -> AgentOutcome {
        let project = try ProjectLoader.load(root: folder)
        let store = try await StateStore.open("\(folder)/.weir/state.db", secrets: settings.secrets)
        var request = request
        request.isUnattended = true
        request.ask = PermissionDesk.unattended(isAgreed: true)
        let session = try await AgentSession.open(project, settings: settings, store: store, request: request)
        do {
            let outcome = try await session.loop.run(scenario.task)
            await session.close()
            return outcome
        } catch {
            await session.close()
            throw error
        }
    }

    // MARK: Around it

    /// A copy of the scenario's project.
    public static func prepare(_ scenario: Scenario, in folder: String) throws {
        do { try FileManager.default.copyItem(atPath: scenario.project, toPath: folder) } catch {
            throw WeirError("scenario.copy", "\(scenario.project) cannot be copied", outcome: .systemFailed)
        }
    }

    /// A run of the whole project.
    @discardableResult
    public static func build(_ folder: String) async throws -> Outcome {
        let project = try ProjectLoader.load(root: folder)
        var options = RunOptions()
        options.threads = 1
        return try await Runner(project, options: options).run { _ in }.outcome
    }

    /// What does not hold after another run on data that the agent did not see.
    public static func examine(_ scenario: Scenario, in folder: String) async -> [String] {
        do {
            try overlay(scenario, in: folder)
            _ = try await build(folder)
        } catch { return ["the project runs: \(WeirError.wrapping(error).message)"] }
        var failed: [String] = []
        for check in scenario.checks {
            do {
                if let difference = try await differs(check.kind, in: folder) {
                    failed.append("\(check.name): \(difference)")
                }
            } catch { failed.append("\(check.name): \(WeirError.wrapping(error).message)") }
        }
        return failed
    }

    /// The data of the scenario again, as the agent may have written over it, and then what was hidden from it.
    private static func overlay(_ scenario: Scenario, in folder: String) throws {
        let files = FileManager.default
        for (source, prefix) in [(scenario.project, "data/"), (scenario.hidden, "")] {
            for path in (try? files.subpathsOfDirectory(atPath: source)) ?? [] where path.hasPrefix(prefix) {
                var isFolder: ObjCBool = false
                guard files.fileExists(atPath: "\(source)/\(path)", isDirectory: &isFolder), !isFolder.boolValue,
                    let data = files.contents(atPath: "\(source)/\(path)")
                else { continue }
                let target = URL(fileURLWithPath: "\(folder)/\(path)")
                if files.contents(atPath: target.path) == data { continue }
                try files.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: target)
            }
        }
    }

    /// How the state differs from what it should be; nil where it does not.
    private static func differs(_ kind: Scenario.Check.Kind, in folder: String) async throws -> String? {
        switch kind {
        case .query(let sql, let expected):
            let project = try ProjectLoader.load(root: folder)
            let rows = try await WarehouseQuery(project: project).rows(sql, limit: 100)
            let found = rows.map { row in row.map { $0.isNull ? "NULL" : $0.display }.joined(separator: "|") }
            return found == expected ? nil : "found \(found), expected \(expected)"
        case .matches(let file, let pattern):
            return try holds(pattern, file, folder) ? nil : "\(file) does not say \(pattern)"
        case .lacks(let file, let pattern): return try holds(pattern, file, folder) ? "\(file) says \(pattern)" : nil
        case .testsPass:
            var options = TestOptions()
            options.workingFolder = folder
            let report = try await TestSuite(try ProjectLoader.load(root: folder), options: options).run { _, _ in }
            if report.failed > 0 || report.invalid > 0 { return "\(report.failed + report.invalid) tests do not pass" }
            return report.passed > 0 ? nil : "there is no test"
        case .quarantined(let table, let rows):
            guard let name = TableName(table) else { return "\(table) is no table" }
            let held = try await QuarantineReader(project: try ProjectLoader.load(root: folder)).show(
                name, limit: 1_000)
            return held.count == rows ? nil : "\(held.count) rows lie in quarantine, expected \(rows)"
        }
    }

    private static func holds(_ pattern: String, _ file: String, _ folder: String) throws -> Bool {
        guard let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8) else { return false }
        let expression = try NSRegularExpression(pattern: pattern, options: [.caseInsensitive])
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
