/// Rows on which databases like to disagree: case, accents, blanks at the end, line ends, nulls, signs of zero.
enum NastyRows {
    static let columns: [(name: String, type: String)] = [
        ("id", "integer primary key"), ("name", "varchar"), ("code", "varchar"), ("amount", "decimal(18,2)"),
        ("score", "double precision"), ("day", "date"), ("at", "timestamp"), ("flag", "boolean"),
        ("parent", "integer"), ("big", "bigint"), ("word", "text"),
    ]

    private static let names: [String?] = [
        nil, "", " ", "a", "A", "a ", " a", "ä", "Ä", "a\u{308}", "ß", "SS", "ss", "☃", "🙂", "🙂🙂", "a\nb", "a\n", "\ta",
        "O'Hara", "back\\slash", "%", "_", "١٢٣", "123", "é", "e\u{301}", "İ", "i", "ı", "x@y.de", "x@y", "NaN", "null",
        "a\u{A0}b", "\u{2028}", "abcdefghijk", "\u{FEFF}a", "ñandú",
    ]
    private static let codes: [String?] = [
        nil, "AB-12", "ab-12", "AB-12\n", "AB-12 ", "ÄB-12", "AB-١٢", "AB-123", "", "AB_12", "-", "A-1", "ＡＢ-12",
    ]
    private static let amounts: [String?] = [
        nil, "0", "-0.01", "9.99", "10", "10.01", "99999.99", "0.30", "2.50", "-7",
    ]
    private static let scores: [String?] = [
        nil, "0e0", "0.1e0", "0.3e0", "2.5e0", "1e15", "-1.5e0", "7e0", "0.30000000000000004e0",
    ]
    private static let days: [String?] = [
        nil, "2024-01-31", "2024-02-29", "1999-12-31", "9999-12-31", "1900-01-01", "2024-01-01",
    ]
    private static let moments: [String?] = [
        nil, "2024-01-31 00:00:00", "2024-01-31 23:59:59.999999", "2024-02-01 00:00:00", "1999-12-31 12:00:00",
    ]
    private static let bigs: [String?] = [nil, "0", "9223372036854775807", "-9223372036854775808", "3", "4", "-3"]

    /// - Parameter text: writes a text as a literal of the database.
    static func values(_ count: Int, seed: UInt64, text: (String) -> String) -> String {
        var random = Seeded(seed)
        func pick(_ list: [String?], quoted: Bool = false) -> String {
            guard let value = list.randomElement(using: &random) ?? nil else { return "NULL" }
            return quoted ? text(value) : value
        }
        let rows = (1...count).map { id in
            let day = pick(days, quoted: true)
            return "("
                + [
                    "\(id)", pick(names, quoted: true), pick(codes, quoted: true), pick(amounts), pick(scores), day,
                    pick(moments, quoted: true), pick([nil, "true", "false"]), pick([nil, "1", "2", "3", "99", "-1"]),
                    pick(bigs), pick(names, quoted: true),
                ].joined(separator: ", ") + ")"
        }
        return "VALUES " + rows.joined(separator: ", ")
    }

    static let contract = #"""
        apiVersion: v3.1.0
        kind: DataContract
        id: nasty
        version: 1.0.0
        status: active
        schema:
          - name: weir_check_rows
            quality:
              - { metric: rowCount, mustBeBetween: [1, 1000], name: rows }
              - { metric: rowCount, mustBe: 3, name: few }
              - { metric: duplicateValues, arguments: { properties: [name, code] }, mustBeLessThan: 90, unit: percent }
              - { metric: duplicateValues, arguments: { properties: [day, at, parent] }, mustBe: 0 }
              - { type: sql, name: negatives, query: "SELECT count(*) FROM {object} WHERE amount < 0", mustBe: 0 }
              - { type: sql, name: share, query: "SELECT count(*) FROM {object} WHERE amount < 0", mustBeLessThan: 99, unit: percent }
              - { type: custom, engine: weir, name: both, implementation: { check: "amount >= 0 OR score > 0", when: "flag" } }
              - { type: custom, engine: weir, name: growing, implementation: { sequence: increasing, column: big } }
              - { type: custom, engine: weir, name: parents, implementation: { rowsOf: weir_check_parents }, mustBeBetween: [1, 1000] }
              - { type: custom, engine: weir, name: positives, implementation: { rowsOf: weir_check_parents, where: "amount > 0", whereThere: "id > 1" }, mustBe: 0 }
            properties:
              - { name: id, logicalType: integer, primaryKey: true, required: true, unique: true }
              - name: name
                logicalType: string
                required: true
                unique: true
                logicalTypeOptions: { minLength: 2, maxLength: 10 }
                quality:
                  - { metric: missingValues, arguments: { missingValues: [null, "", "NaN"] }, mustBe: 0, name: missing }
                  - { metric: invalidValues, arguments: { validValues: [a, "ä", "ss", "O'Hara", "back\\slash"] }, mustBeLessThan: 3, unit: percent }
              - name: code
                logicalType: string
                unique: true
                logicalTypeOptions: { pattern: '^[A-Z]+-\d{2}$' }
              - name: word
                logicalType: string
                logicalTypeOptions: { format: email }
                quality:
                  - { metric: duplicateValues, mustBeGreaterThan: 5 }
              - name: amount
                logicalType: number
                logicalTypeOptions: { minimum: 0, exclusiveMaximum: 10.01, multipleOf: 0.5 }
                quality:
                  - { metric: invalidValues, arguments: { validValues: [0, 10, 9.99] }, mustBe: 0 }
              - name: score
                logicalType: number
                unique: true
                logicalTypeOptions: { minimum: -1.5, exclusiveMaximum: 7, multipleOf: 0.1 }
              - name: day
                logicalType: date
                logicalTypeOptions: { minimum: "1999-12-31", exclusiveMaximum: "2024-02-29" }
              - name: at
                logicalType: timestamp
                logicalTypeOptions: { minimum: "2024-01-31T00:00:00", maximum: "2024-01-31" }
              - { name: flag, logicalType: boolean, required: true }
              - name: parent
                logicalType: integer
                relationships: [{ to: weir_check_parents.id }]
                quality: [{ metric: nullValues, mustBeLessThan: 50, unit: percent }]
              - name: big
                logicalType: integer
                unique: true
                logicalTypeOptions: { minimum: -3, multipleOf: 3 }
          - name: weir_check_parents
            properties: [{ name: id, logicalType: integer }]
        """#
}
