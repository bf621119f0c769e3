import WeirCore
import WeirQuality

/// A test report in the XML of JUnit, which continuous integration servers read.
public enum JUnitReport {
    /// One suite for each test file and each table; one case for each test, rule or comparison of columns.
    public static func xml(_ report: TestReport) -> String {
        var suites: [String] = []
        var files: [String] = []
        for test in report.tests where !files.contains(test.file) { files.append(test.file) }
        for file in files {
            let tests = report.tests.filter { $0.file == file }
            suites.append(suite(file, tests.map(testCase), milliseconds: tests.reduce(0) { $0 + $1.milliseconds }))
        }
        for table in report.tables {
            suites.append(suite(table.name.description, cases(table), milliseconds: table.milliseconds))
        }
        return document(report.project, suites)
    }

    /// One suite for each table, one case for each rule and each reason for which lines could not be read.
    public static func xml(_ report: CheckReport) -> String {
        let suites = report.tables.map { table in
            var result = TableTestResult(
                name: TableName(table.target) ?? TableName(schema: "data", table: table.target),
                contract: table.contract.file)
            result.checks = table.checks
            result.error = table.error
            let unreadable = table.unreadable.map { found in
                Case(
                    name: found.reason, group: table.target, file: table.contract.file, milliseconds: 0,
                    verdict: .failed(
                        message: "\(Figures.count(Int64(found.rows), "line")) could not be read: \(found.reason)",
                        body: ""))
            }
            return suite(table.target, unreadable + cases(result), milliseconds: table.milliseconds)
        }
        return document("weir check", suites)
    }

    private static func document(_ name: String, _ suites: [String]) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="\(escape(name))">
        \(suites.joined(separator: "\n"))
        </testsuites>

        """
    }

    private enum Verdict {
        case passed
        case skipped(String)
        case failed(message: String, body: String)
        case error(message: String, body: String)
    }

    private struct Case {
        let name: String
        let group: String
        var file: String?
        let milliseconds: Int
        let verdict: Verdict
    }

    private static func testCase(_ test: ModelTestResult) -> Case {
        let body = TestReportText.details(test, on: .plain).joined(separator: "\n")
        let message = test.message ?? test.errors.first?.message ?? "the rows differ"
        let verdict: Verdict =
            switch test.status {
            case .passed: .passed
            case .failed: .failed(message: message, body: body)
            case .invalid: .error(message: message, body: body)
            }
        return Case(
            name: test.name, group: test.model?.description ?? test.file, file: test.file,
            milliseconds: test.milliseconds,
            verdict: verdict)
    }

    private static func cases(_ table: TableTestResult) -> [Case] {
        let group = table.name.description
        func make(_ name: String, _ verdict: Verdict) -> Case {
            Case(name: name, group: group, file: table.contract, milliseconds: 0, verdict: verdict)
        }
        if let error = table.error { return [make("table", .error(message: error.message, body: error.hint ?? ""))] }
        var cases: [Case] = []
        if let schema = table.schema {
            let reasons = schema.differences.map(\.reason)
            cases.append(
                make(
                    "columns",
                    reasons.isEmpty ? .passed : .failed(message: reasons[0], body: reasons.joined(separator: "\n"))))
        }
        return cases
            + table.checks.map { check in
                let verdict: Verdict =
                    if check.fails {
                        .failed(message: check.reason, body: check.sql ?? "")
                    } else if check.status == .notChecked { .skipped(check.reason) } else { .passed }
                return make(check.rule, verdict)
            }
    }

    private static func suite(_ name: String, _ cases: [Case], milliseconds: Int) -> String {
        var failures = 0
        var errors = 0
        var skipped = 0
        for item in cases {
            switch item.verdict {
            case .failed: failures += 1
            case .error: errors += 1
            case .skipped: skipped += 1
            case .passed: break
            }
        }
        return """
              <testsuite name="\(escape(name))" tests="\(cases.count)" failures="\(failures)" errors="\(errors)" skipped="\(skipped)" time="\(seconds(milliseconds))">
            \(cases.map(element).joined(separator: "\n"))
              </testsuite>
            """
    }

    private static func element(_ item: Case) -> String {
        let file = item.file.map { " file=\"\(escape($0))\"" } ?? ""
        let start =
            "    <testcase name=\"\(escape(item.name))\" classname=\"\(escape(item.group))\"\(file) time=\"\(seconds(item.milliseconds))\""
        switch item.verdict {
        case .passed: return start + "/>"
        case .skipped(let why): return start + "><skipped message=\"\(escape(why))\"/></testcase>"
        case .failed(let message, let body):
            return start + "><failure message=\"\(escape(message))\">\(escape(body))</failure></testcase>"
        case .error(let message, let body):
            return start + "><error message=\"\(escape(message))\">\(escape(body))</error></testcase>"
        }
    }

    private static func seconds(_ milliseconds: Int) -> String {
        "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
    }

    /// Text for attributes and elements. Characters that XML 1.0 cannot hold become U+FFFD.
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&apos;"
            case "\n": out += "&#10;"
            case "\t": out += "&#9;"
            case "\r": out += "&#13;"
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                out.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return out
    }
}
