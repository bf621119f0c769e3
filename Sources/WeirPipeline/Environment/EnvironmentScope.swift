import WeirCore

/// The environment a command works in, and what it does to names.
public struct EnvironmentScope: Sendable, Hashable {
    /// Nil is the project's own warehouse, under the plain names.
    public let name: String?
    /// True when tables live in prefixed schemas of the shared warehouse.
    public let isPrefixed: Bool

    /// - Throws: `environment.unknown` with the nearest name.
    public init(_ name: String?, in project: Project) throws {
        self.name = name
        guard let name else {
            isPrefixed = false
            return
        }
        guard let settings = project.environments[name] else {
            throw WeirError(
                "environment.unknown", "weir.yaml has no environment \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: project.environments.keys.sorted())
                    ?? "add it under `environments:`; an empty entry `\(name): {}` builds in schemas named \(name)__…")
        }
        isPrefixed = settings.warehouse == nil
    }

    /// The name of a table in the warehouse.
    public func physical(_ table: TableName) -> TableName {
        guard isPrefixed, let name else { return table }
        return TableName(schema: "\(name)__\(table.schema)", table: table.table)
    }
}
