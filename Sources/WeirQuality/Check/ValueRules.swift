import WeirCore

/// Rules about single rows, for values that are in no table yet.
public enum ValueRules {
    /// Each rule that can be decided on these columns, with the condition over the alias `t` that a violation makes
    /// true.
    public static func violations(of rules: [Rule], columns: [Column]) -> [(rule: Rule, condition: String)] {
        let plan = AuditPlan(rules, columns: columns, table: "t", label: "values", refused: [:])
        return plan.rules.compactMap { rule in plan.conditions[rule.id].map { (rule, $0) } }
    }
}
