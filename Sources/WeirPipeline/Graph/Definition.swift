import WeirAI
import WeirConnect
import WeirCore
import WeirQuality

/// Fingerprints of definitions: what counts as a change of a table, and what does not.
enum Definition {
    /// - Parameter output: the contract of an AI step's answers.
    static func fingerprint(
        of model: ModelDefinition, normalised: String, output: TableContract? = nil, settings: AISettings? = nil
    ) throws -> String {
        let asked =
            try model.ai.map { try ["ai"] + ResolvedStep.definition(of: $0, output: output, settings: settings) } ?? []
        return Fingerprint.of(["model", normalised] + parts(of: model.load) + asked)
    }

    static func fingerprint(of source: SourceDefinition) -> String {
        var parts = ["source"]
        switch source.origin {
        case .files(let files):
            parts += files.patterns + [files.format.rawValue, "\(files.options)"]
        case .database(let reader):
            parts += [reader.engine, reader.connection, "\(reader.content)"]
        }
        parts += source.columns.flatMap { [$0.name, $0.type] }
        return Fingerprint.of(parts + self.parts(of: source.load))
    }

    /// A mark of what a contract asks of rows and columns. Descriptions, names of people, the order in which rules
    /// are written and rules that nobody checks do not count.
    static func mark(of contract: TableContract, policy: OnFail) -> String {
        let columns = contract.columns.map(text(of:)).sorted()
        let rules = contract.rules.map { rule in
            // What few rules have is added only where they have it: the marks of all others stay as they were.
            "\(rule.id) \(rule.kind) \(rule.severity) \(rule.limit.conditions) \(rule.limit.unit) \(said(rule.tolerance)) \(said(rule.onFail))"
                + (rule.warnLimit.map { " warns \($0.conditions) \($0.unit)" } ?? "")
        }.sorted()
        return Fingerprint.of(
            ["contract", policy.rawValue, said(contract.tolerance)] + contract.primaryKey + ["columns"] + columns
                + ["rules"] + rules)
    }

    private static func text(of column: ColumnContract) -> String {
        let types = [
            column.declaredType, column.physicalType, column.logicalType?.rawValue, column.format, column.itemType,
        ].map { $0 ?? "" }
        let fields = column.fields.map(text(of:)).sorted()
        return
            "\(column.columnName.lowercased()) \(types) \(column.required) \(column.unique) \(said(column.hasTimeZone)) \(said(column.onFail)) \(said(column.tolerance)) \(fields)"
    }

    private static func said<T>(_ value: T?) -> String { value.map { "\($0)" } ?? "" }

    private static func parts(of load: LoadSettings) -> [String] {
        var parts = [load.strategy.rawValue] + load.key
        parts.append(load.watermark ?? "")
        parts.append(load.deleteMissing ? "delete missing" : "")
        if let interval = load.interval { parts += [interval.column, interval.grain.rawValue] }
        if load.strategy == .scd2 { parts += [load.scd2.updatedAt ?? "", load.scd2.deletes.rawValue] }
        return parts
    }
}
