import WeirCore

/// What `weir contract lint` says about one contract.
public struct ContractReport: Sendable, Encodable {
    public var file: String
    /// The contract's own version, and the standard's.
    public var version: String?
    public var apiVersion: String?
    public var errors: [WeirError]
    public var warnings: [WeirError]
    /// Every rule that Weir holds rows against.
    public var enforced: [Enforced]
    /// What looks like a rule and is not checked, and why.
    public var notChecked: [NotChecked]
    /// Keys that describe and ask nothing of the data, and how often they stand in the file.
    public var described: [Described]
    /// What Weir decides where the standard says nothing, as far as it matters for this contract.
    public var decisions: [String]

    public struct Enforced: Sendable, Encodable {
        public var table: String
        public var rule: String
        /// In words.
        public var says: String
        public var severity: Severity
        public var place: Place
    }

    public struct Described: Sendable, Hashable, Encodable {
        public var key: String
        public var count: Int
        /// Where it stands first.
        public var line: Int
    }
}

extension ContractReport {
    /// - Parameter found: mistakes and warnings that only the engine finds (``EngineCheck``).
    public init(_ file: ContractFile, found: EngineCheck.Findings = .init()) {
        self.file = file.source.path
        version = file.document?.tree["version"]?.string
        apiVersion = file.document?.tree["apiVersion"]?.string
        errors = file.errors + found.errors
        warnings = file.warnings + found.warnings
        enforced = (file.contract?.tables ?? []).flatMap { table in
            Self.columns(of: table)
                + table.rules.map {
                    Enforced(table: table.name, rule: $0.id, says: $0.words, severity: $0.severity, place: $0.place)
                }
        }
        notChecked = file.contract?.notChecked ?? []
        described = file.document.map { Self.described($0.tree) } ?? []
        decisions = file.contract.map(Decisions.inForce) ?? []
    }

    /// A column that is named has to be there, of its type.
    private static func columns(of table: TableContract) -> [Enforced] {
        table.columns.map { column in
            let type = column.physicalType ?? column.logicalType?.rawValue
            return Enforced(
                table: table.name,
                rule: type == nil ? "required_column(\(column.columnName))" : "type(\(column.columnName))",
                says: type.map { "is there, as \($0)" } ?? "is there", severity: .error, place: column.place)
        }
    }

    private static let meaningful: Set<String> = [
        "apiVersion", "kind", "id", "version", "schema", "properties", "items", "map", "key", "value",
    ]

    private static func described(_ tree: YAMLTree) -> [Described] {
        var found: [Described] = []
        StandardWalk.each(in: tree) { step in
            guard isDescription(step) else { return }
            // What is inside of a described part is a part of it.
            let parts = ["servers", "team", "roles", "support", "price", "customProperties", "description", "synonyms"]
            if step.path.contains(where: parts.contains) { return }
            if let index = found.firstIndex(where: { $0.key == step.entry.key }) {
                found[index].count += 1
            } else {
                found.append(Described(key: step.entry.key, count: 1, line: step.entry.line))
            }
        }
        return found
    }

    private static let rules: Set<String> = [
        "quality", "logicalTypeOptions", "relationships", "enum", "slaProperties",
    ]
    /// Keys that a reader of their own reads, and that ask nothing of the data all the same.
    private static let words: Set<String> = [
        "status", "description", "businessName", "tags", "classification", "defaultTimezone", "elementType",
        "distanceMetric", "embeddingModel", "embeddingModelVersion", "partitioned", "partitionKeyPosition",
    ]

    private static func isDescription(_ step: StandardWalk.Step) -> Bool {
        let key = step.entry.key
        if meaningful.contains(key) || rules.contains(key) { return false }
        if key == "customProperties", isWeirOnly(step.entry.value) { return false }
        switch step.key.shape {
        // A rule's own description is shown with it.
        case .own: return words.contains(key) && !(key == "description" && step.path.contains(where: rules.contains))
        default: return true
        }
    }

    private static func isWeirOnly(_ list: YAMLTree) -> Bool {
        list.items.allSatisfy {
            $0["property"]?.string?.lowercased().hasPrefix("weir.") == true
                || $0["vendor"]?.string?.lowercased() == "weir"
        }
    }
}
