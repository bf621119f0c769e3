/// What Weir decides where the text of the standard says nothing.
enum Decisions {
    /// The decisions that matter for a contract's rules.
    static func inForce(for contract: Contract) -> [String] {
        let rules = contract.tables.flatMap(\.rules)
        let columns = contract.tables.flatMap(\.columns)
        func has(_ test: (Rule) -> Bool) -> Bool { rules.contains(where: test) }
        let isBetween = has { rule in
            rule.limit.conditions.contains { condition in
                switch condition {
                case .between, .notBetween: true
                default: false
                }
            }
        }
        let all: [(Bool, String)] = [
            (isBetween, "mustBeBetween takes both bounds as allowed values; mustNotBeBetween forbids both"),
            (
                has { $0.kind == .unique },
                "duplicates: the rows too many are held against the limit, all rows that share a value are reported beside them; rows with a null in the key are left out"
            ),
            (
                has { $0.limit.unit == .percent },
                "percent are of all rows under test, those with nulls and those that leave among them"
            ),
            (
                has { $0.kind.isRowRule && $0.kind != .notNull },
                "null breaks no rule but required, nullValues, and missingValues with null in its list"
            ),
            (
                has { if case .pattern = $0.kind { true } else { false } },
                "a pattern may match anywhere in the text unless ^ and $ anchor it (ECMA-262, as in JSON Schema); it runs in linear time (RE2)"
            ),
            (
                has { if case .freshness = $0.kind { true } else { false } },
                "latency is the age of the newest value when the check runs; a month has 30 days, a year 365"
            ),
            (
                has { if case .sql = $0.kind { true } else { false } },
                "an SQL rule is one SELECT over the rows that would be published; true counts as 1, false as 0"
            ),
            (
                columns.contains { $0.physicalType != nil },
                "types are compared by kind: INTEGER is a good BIGINT, VARCHAR(20) says nothing about lengths (maxLength does)"
            ),
            (
                has { $0.columns.contains(where: \.isMany) },
                "a rule about the items of an array is broken by a row of which one item breaks it"
            ),
            (
                has { $0.severity != .error },
                "severity info and warning only report; every word but info, notice, warn and warning means error"
            ),
        ]
        return all.filter(\.0).map(\.1)
    }
}
