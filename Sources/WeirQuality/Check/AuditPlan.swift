import WeirCore

/// The SQL of an audit: pure text, made from a contract and the columns of a table.
///
/// All rules about single rows share one scan. It writes the violating rows only, as row id and bit mask: a
/// few bytes a row even when every row breaks a rule. Rules that need other rows (unique, foreign key) add
/// their rows to the same table afterwards, and the reasons are spelt out once, for the rows that leave.
public struct AuditPlan: Sendable {
    /// Bits used of each 64-bit mask, so that all stay positive.
    static let bitsPerMask = 62

    /// Where a rule's violations are marked.
    struct Slot: Sendable, Hashable {
        let mask: Int
        let bit: Int64
        /// True for a row that breaks the rule, over the alias `b`.
        var test: String { "(b.m\(mask) & \(bit)) <> 0" }
    }

    public let rules: [Rule]
    /// The table under test, quoted.
    let table: String
    let names: AuditNames
    /// The condition of every rule about single rows, by rule id.
    let conditions: [String: String]
    let slots: [String: Slot]
    /// Rules that cannot be decided on these columns, and why.
    public let undecidable: [String: String]
    private let columns: [String: Column]

    /// - Parameters:
    ///   - contract: the rules.
    ///   - columns: the columns of the table as they are.
    ///   - table: the table under test.
    ///   - refused: rules to leave out, with the reason.
    public static func compile(
        _ contract: TableContract, columns: [Column], table: TableName, refused: [String: String] = [:]
    ) -> AuditPlan {
        AuditPlan(contract.rules, columns: columns, table: table.sql, label: table.description, refused: refused)
    }

    init(_ rules: [Rule], columns: [Column], table: String, label: String, refused: [String: String]) {
        let byName = Dictionary(columns.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        var conditions: [String: String] = [:]
        var slots: [String: Slot] = [:]
        var undecidable = refused
        // The contract's spelling of a name is replaced by the table's: DuckDB folds the case of ASCII only.
        let rules = rules.map { rule in
            var rule = rule
            rule.columns = rule.columns.map { path in
                byName[path.root.lowercased()].map { ColumnPath(parts: [$0.name] + path.parts.dropFirst()) } ?? path
            }
            return rule
        }
        for rule in rules where undecidable[rule.id] == nil {
            if let missing = rule.columns.first(where: { byName[$0.root.lowercased()] == nil }) {
                undecidable[rule.id] = "the table has no column \"\(missing.root)\""
                continue
            }
            if rule.kind.isRowRule {
                let column = rule.columns.first.flatMap { byName[$0.root.lowercased()] }
                // A field's own type is inside its object's: text is the safe way to look at it.
                let family = Self.family(of: rule, column: column)
                guard let condition = RowPredicate.violation(of: rule, family: family, in: column?.type ?? "") else {
                    undecidable[rule.id] = "it cannot be decided on a column of type \(column?.type ?? "?")"
                    continue
                }
                conditions[rule.id] = condition
            }
            if rule.kind.namesRows {
                slots[rule.id] = Slot(
                    mask: slots.count / Self.bitsPerMask, bit: 1 << Int64(slots.count % Self.bitsPerMask))
            }
        }
        self.rules = rules
        self.table = table
        self.names = AuditNames(label: label)
        self.conditions = conditions
        self.slots = slots
        self.undecidable = undecidable
        self.columns = byName
    }

    private static func family(of rule: Rule, column: Column?) -> TypeFamily {
        guard let column, let path = rule.columns.first else { return .other }
        return path.parts.count == 1 ? TypeFamily(sql: column.type) : StructType.family(of: path, in: column.type)
    }

    func type(of path: ColumnPath) -> TypeFamily {
        guard let column = columns[path.root.lowercased()] else { return .other }
        return path.parts.count == 1 ? TypeFamily(sql: column.type) : StructType.family(of: path, in: column.type)
    }

    var maskCount: Int { max(1, (slots.count + Self.bitsPerMask - 1) / Self.bitsPerMask) }

    /// Rules that the one scan decides, in order.
    var rowRules: [Rule] { rules.filter { conditions[$0.id] != nil } }

    // MARK: The scan

    /// Writes the rows that break any row rule to `names.broken (rid, m0, m1, …)`.
    public var scan: String {
        guard !rowRules.isEmpty else {
            let masks = (0..<maskCount).map { "m\($0) BIGINT" }.joined(separator: ", ")
            return "CREATE OR REPLACE TEMP TABLE \(names.broken) (rid BIGINT, \(masks))"
        }
        let any = rowRules.compactMap { conditions[$0.id].map { "(\($0))" } }.joined(separator: "\n   OR ")
        return """
            CREATE OR REPLACE TEMP TABLE \(names.broken) AS
            SELECT t.rowid AS rid, \((0..<maskCount).map(mask).joined(separator: ", "))
            FROM \(table) AS t
            WHERE \(any)
            """
    }

    private func mask(_ index: Int) -> String {
        let bits = rowRules.compactMap { rule -> String? in
            guard let slot = slots[rule.id], slot.mask == index, let condition = conditions[rule.id] else { return nil }
            return "CASE WHEN \(condition) THEN \(slot.bit)::BIGINT ELSE 0::BIGINT END"
        }
        return "\(bits.isEmpty ? "0::BIGINT" : bits.joined(separator: "\n  | ")) AS m\(index)"
    }

    /// The mask columns of a row that breaks one rule.
    func marks(of rule: Rule) -> String {
        (0..<maskCount).map { index in
            let bit = slots[rule.id].flatMap { $0.mask == index ? $0.bit : nil } ?? 0
            return "\(bit)::BIGINT AS m\(index)"
        }.joined(separator: ", ")
    }

    /// For the given rules: how many rows break each, and the ids of the first five.
    func counts(of rules: [Rule]) -> String {
        let parts = rules.compactMap { slots[$0.id] }.flatMap { slot in
            ["count(*) FILTER (\(slot.test))", "min(b.rid, \(SampleReader.most)) FILTER (\(slot.test))"]
        }
        return "SELECT \(parts.joined(separator: ", ")) FROM \(names.broken) AS b"
    }

    // MARK: The rows that leave

    /// True for the rows of `names.broken` that break one of the rules, over the alias `b`.
    func breaksAny(of rules: [Rule]) -> String {
        var bits: [Int: Int64] = [:]
        for slot in rules.compactMap({ slots[$0.id] }) { bits[slot.mask, default: 0] |= slot.bit }
        let tests = bits.sorted { $0.key < $1.key }.map { "(b.m\($0.key) & \($0.value)) <> 0" }
        return tests.isEmpty ? "false" : "(\(tests.joined(separator: " OR ")))"
    }

    /// Writes the rows that break one of the rules to `names.failed`, with the ids of those they break.
    func failed(_ rules: [Rule]) -> String {
        let reasons = rules.compactMap { rule in
            slots[rule.id].map { "CASE WHEN \($0.test) THEN \(ValueSQL.text(rule.id)) END" }
        }
        guard !reasons.isEmpty else {
            return "CREATE OR REPLACE TEMP TABLE \(names.failed) (rid BIGINT, reasons VARCHAR[])"
        }
        let masks = (0..<maskCount).map { "bit_or(m\($0)) AS m\($0)" }.joined(separator: ", ")
        return """
            CREATE OR REPLACE TEMP TABLE \(names.failed) AS
            SELECT b.rid, list_filter([\(reasons.joined(separator: ", "))], lambda x: x IS NOT NULL) AS reasons
            FROM (SELECT rid, \(masks) FROM \(names.broken) GROUP BY rid) AS b
            WHERE \(breaksAny(of: rules))
            """
    }

    // MARK: Showing

    /// A query for a person that shows the rows which break a row rule.
    func evidence(for rule: Rule, in declared: TableName) -> String? {
        conditions[rule.id].map { "SELECT * FROM \(declared.sql) AS t WHERE \($0)" }
    }
}

/// Names of an audit's temporary tables, the same for every audit of one table.
struct AuditNames: Sendable, Hashable {
    let broken: String
    let failed: String
    let twice: String
    /// Unquoted.
    let suspects: String
    let good: String
    let copy: String

    init(label: String) {
        let mark = Fingerprint.of([label.lowercased()]).prefix(12)
        func name(_ what: String) -> String { "temp.\(SQL.quote("_weir_\(what)_\(mark)"))" }
        broken = name("broken")
        failed = name("failed")
        twice = name("twice")
        suspects = "_weir_suspects_\(mark)"
        // Views take no catalog's name before theirs when they are temporary.
        good = SQL.quote("_weir_good_\(mark)")
        copy = name("copy")
    }
}
