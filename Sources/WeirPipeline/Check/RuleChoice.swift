import WeirCore
import WeirQuality

/// Which rules of a contract are checked; nothing said means all.
public struct RuleChoice: Sendable, Hashable {
    /// Ids, in which `*` stands for anything: `not_null*`, `*(email)`.
    public var rules: [String] = []
    /// Dimensions of the standard, like `uniqueness`.
    public var dimensions: [String] = []
    public var columns: [String] = []

    public init() {}

    public var isEverything: Bool { rules.isEmpty && dimensions.isEmpty && columns.isEmpty }

    /// The contract with the rules chosen.
    ///
    /// - Throws: `check.no-rule` when there are none.
    func apply(to contract: TableContract) throws -> TableContract {
        if isEverything { return contract }
        var chosen = contract
        chosen.rules = contract.rules.filter(takes)
        guard chosen.rules.isEmpty else {
            // Columns that the chosen rules do not look at, and what cannot be checked, were not asked for.
            let names = Set(chosen.rules.flatMap(\.columns).map { $0.root.lowercased() })
            chosen.columns = contract.columns.filter { names.contains($0.columnName.lowercased()) }
            chosen.notChecked = []
            return chosen
        }
        let known = contract.rules.map(\.id)
        throw WeirError(
            "check.no-rule", "the contract of \(contract.name) has no such rule",
            hint: rules.first.flatMap { DidYouMean.hint(for: $0, among: known) }
                ?? "its rules are \(known.joined(separator: ", "))", at: contract.place)
    }

    private func takes(_ rule: Rule) -> Bool {
        func any(_ wanted: [String], _ test: (String) -> Bool) -> Bool {
            wanted.isEmpty || wanted.contains(where: test)
        }
        return any(rules) { Glob.matches($0, rule.id) || $0 == rule.name }
            && any(dimensions) { $0.lowercased() == rule.dimension?.lowercased() }
            && any(columns) { name in rule.columns.contains { $0.root.lowercased() == name.lowercased() } }
    }
}
