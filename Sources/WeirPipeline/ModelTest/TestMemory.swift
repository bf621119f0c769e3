import Foundation
import WeirCore
import WeirStore

/// Keeps how tests ended, so that the documentation can tell it.
enum TestMemory {
    /// Names of the tests that a contract is.
    static let rows = "the rows keep the contract"
    static let columns = "the columns are those of the contract"

    /// Nothing in it can make a test run fail: what goes wrong is returned as warnings.
    static func keep(_ report: TestReport, of project: Project, environment: String?) async -> [WeirError] {
        do {
            let opened = try await StateStore.openOrQuarantine(
                "\(project.stateFolder)/state.db", secrets: project.secrets)
            try await opened.store.saveTests(records(report, environment: environment, at: Date()))
            return opened.warnings
        } catch {
            return [.wrapping(error)]
        }
    }

    static func records(_ report: TestReport, environment: String?, at date: Date) -> [TestRecord] {
        let models = report.tests.compactMap { test in
            test.model.map { model in
                TestRecord(
                    node: model.description, file: test.file, name: test.name, status: status(test.status),
                    durationMs: Int64(test.milliseconds), at: date)
            }
        }
        let tables = report.tables.flatMap { table in
            var found: [(name: String, passed: Bool)] = []
            if let error = table.error {
                found.append((rows, false))
                // A table that is not there has no columns either.
                if error.code == "test.missing-table" { found.append((columns, false)) }
            } else if table.rows != nil {
                found.append((rows, !table.checks.contains(where: \.fails)))
            }
            if let schema = table.schema { found.append((columns, schema.differences.isEmpty)) }
            return found.map { test in
                TestRecord(
                    node: table.name.description, file: table.contract ?? "", name: test.name,
                    environment: environment, status: test.passed ? .passed : .failed,
                    durationMs: Int64(table.milliseconds), at: date)
            }
        }
        return models + tables
    }

    private static func status(_ status: ModelTestResult.Status) -> TestRecord.Status {
        switch status {
        case .passed: .passed
        case .failed: .failed
        case .invalid: .invalid
        }
    }
}
