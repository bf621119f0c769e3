import WeirCore
import WeirQuality

/// A check's report in SARIF 2.1.0, which code hosts show beside the lines of the contract.
///
/// Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
public struct CheckSARIF: Encodable {
    private let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    private let version = "2.1.0"
    private let runs: [Run]

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    private struct Text: Encodable { let text: String }

    private struct Run: Encodable {
        let tool: Tool
        let results: [Result]
    }

    private struct Tool: Encodable {
        struct Driver: Encodable {
            let name = "weir"
            let version: String
            let rules: [RuleText]
        }
        let driver: Driver
    }

    private struct RuleText: Encodable {
        let id: String
        let shortDescription: Text
    }

    private struct Result: Encodable {
        let ruleId: String
        let level: String
        let message: Text
        let locations: [Location]
        let properties: [String: String]
    }

    private struct Location: Encodable {
        struct Physical: Encodable {
            struct Artifact: Encodable { let uri: String }
            struct Region: Encodable { let startLine: Int }
            let artifactLocation: Artifact
            let region: Region?
        }
        struct Logical: Encodable {
            let fullyQualifiedName: String
            let kind = "object"
        }
        let physicalLocation: Physical
        let logicalLocations: [Logical]
    }

    public init(_ report: CheckReport) {
        var rules: [String: RuleText] = [:]
        var results: [Result] = []
        for table in report.tables {
            func add(_ rule: String, _ level: String, _ message: String, _ description: String, _ place: Place?) {
                rules[rule] = RuleText(id: rule, shortDescription: Text(text: description))
                let region = place?.line.map { Location.Physical.Region(startLine: $0) }
                let location = Location(
                    physicalLocation: .init(
                        artifactLocation: .init(uri: place?.file ?? table.contract.file), region: region),
                    logicalLocations: [.init(fullyQualifiedName: table.target)])
                results.append(
                    Result(
                        ruleId: rule, level: level, message: Text(text: "\(table.target): \(message)"),
                        locations: [location], properties: ["contractHash": table.contract.hash]))
            }
            if let error = table.error { add(error.code, "error", error.message, error.message, error.place) }
            for unreadable in table.unreadable {
                add(
                    unreadable.reason, "error",
                    "\(Figures.count(Int64(unreadable.rows), "line")) could not be read: \(unreadable.reason)",
                    "every line is a row of the contract's types", nil)
            }
            for check in table.checks {
                let level: String? =
                    check.fails
                    ? "error" : check.status == .warned ? "warning" : check.status == .notChecked ? "note" : nil
                if let level { add(check.rule, level, check.reason, "wanted: \(check.limit)", check.place) }
            }
        }
        let driver = Tool.Driver(
            version: report.weir, rules: rules.values.sorted { $0.id < $1.id })
        runs = [Run(tool: Tool(driver: driver), results: results)]
    }
}
