import WeirCore

/// Something that a contract could not take from another format, or give to it.
public struct NotCarried: Sendable, Hashable, Codable {
    /// Where it stands: `orders.email`, or a line of the file.
    public var at: String
    /// What it is, as it is written there.
    public var what: String
    public var why: String

    public init(at: String, what: String, why: String) {
        self.at = at
        self.what = what
        self.why = why
    }
}

/// Formats that contracts are made from.
public enum ImportFormat: String, Sendable, CaseIterable, Codable {
    case dbt
    case jsonSchema = "json-schema"
    case sql
    case avro
    case greatExpectations = "great-expectations"
    case soda
}

/// Formats that contracts are written as.
public enum ExportFormat: String, Sendable, CaseIterable, Codable {
    case dbt
    case jsonSchema = "json-schema"
    case sql
    case avro
    case markdown
}

/// A contract made from another format.
public struct ImportedContract: Sendable {
    public var document: ContractDocument
    public var notCarried: [NotCarried]
}

/// A contract in another format.
public struct ExportedContract: Sendable {
    public var text: String
    public var notCarried: [NotCarried]
}

/// A contract while it is made from something else.
struct ContractDraft {
    var name: String
    var description: String?
    var tables: [DraftTable] = []
    var notCarried: [NotCarried] = []

    init(name: String) { self.name = name }

    mutating func lost(_ at: String, _ what: String, _ why: String) {
        notCarried.append(NotCarried(at: at, what: what, why: why))
    }

    /// Keys of the other format that say something of their own.
    mutating func lost(_ at: String, _ entries: some Sequence<YAMLTree.Entry>) {
        for entry in entries {
            lost(at, "\(entry.key): \(YAMLText.flow(entry.value).prefix(80))", "a contract has no word for it")
        }
    }

    var imported: ImportedContract {
        let tree = YAMLTree.object([
            "kind": .plain("DataContract"), "id": .said(ContractWriter.safeID(name)), "name": .said(name),
            "version": .plain("1.0.0"), "status": .plain("draft"),
            "description": description.map { .object(["purpose": .said($0)]) },
            "schema": .listed(tables.map(\.full)),
        ])
        var all = tree
        for latency in tables.flatMap(\.latencies) { all.append("slaProperties", latency) }
        return ImportedContract(document: ContractDocument(tree: all), notCarried: notCarried)
    }
}

/// One object of a contract while it is made.
struct DraftTable {
    var tree: YAMLTree
    var columns: [YAMLTree] = []
    var relationships: [YAMLTree] = []
    var quality: [YAMLTree] = []
    var latencies: [YAMLTree] = []

    init(_ name: String) { tree = .object(["name": .said(name)]) }

    var name: String { columnName(tree) }

    /// The object as a contract has it.
    var full: YAMLTree {
        var tree = tree
        tree.set("properties", .listed(columns))
        tree.set("relationships", .listed(relationships))
        tree.set("quality", .listed(quality))
        return tree
    }

    /// The column of that name, made when it is not there yet.
    mutating func column(_ name: String, _ change: (inout YAMLTree) -> Void = { _ in }) {
        if let index = columns.firstIndex(where: { columnName($0).lowercased() == name.lowercased() }) {
            change(&columns[index])
        } else {
            var column = YAMLTree.object(["name": .said(name)])
            change(&column)
            columns.append(column)
        }
    }

    /// Adds a rule to a column, or to the table.
    mutating func add(_ rule: YAMLTree, to column: String?) {
        guard let column else { return quality.append(rule) }
        self.column(column) { $0.append("quality", rule) }
    }

    mutating func setOption(_ key: String, _ value: YAMLTree, of column: String) {
        self.column(column) { tree in
            var options = tree["logicalTypeOptions"] ?? .map([])
            options.set(key, value)
            tree.set("logicalTypeOptions", options)
        }
    }

    private func columnName(_ tree: YAMLTree) -> String { tree["name"]?.string?.replacing("$${", with: "${") ?? "" }
}

/// Quality rules as documents.
enum DraftRule {
    static func metric(
        _ metric: String, arguments: YAMLTree? = nil, _ operatorName: String = "mustBe", _ bound: YAMLTree = .int(0)
    ) -> YAMLTree {
        var rule = YAMLTree.object(["metric": .plain(metric), "arguments": arguments])
        rule.set(operatorName, bound)
        return rule
    }

    static func validValues(_ values: YAMLTree) -> YAMLTree {
        metric("invalidValues", arguments: .object(["validValues": values]))
    }

    static func pattern(_ pattern: String) -> YAMLTree {
        metric("invalidValues", arguments: .object(["pattern": .text(pattern)]))
    }

    static func sql(_ query: String, _ operatorName: String, _ bound: YAMLTree) -> YAMLTree {
        var rule = YAMLTree.object(["type": .plain("sql"), "query": .text(query)])
        rule.set(operatorName, bound)
        return rule
    }

    static func condition(_ check: String, when: String? = nil) -> YAMLTree {
        .object([
            "type": .plain("custom"), "engine": .plain("weir"),
            "implementation": .object(["check": .text(check), "when": when.map(YAMLTree.text)]),
        ])
    }

    static func custom(property: String, value: YAMLTree) -> YAMLTree {
        .object(["property": .said(property), "value": value])
    }
}
