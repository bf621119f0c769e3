/// A source `raw.t` with the columns `id`, `a`, `b`, `c` and `at`, and a contract made of parts.
enum ContractProject {
    /// - Parameters:
    ///   - properties: YAML list items, not indented.
    ///   - table: keys of the table in the contract, not indented.
    ///   - top: keys of the contract itself.
    ///   - source: keys of the source.
    static func make(
        _ properties: String = "- { name: id }", table: String = "", top: String = "", source: String = ""
    ) throws -> TempProject {
        try TempProject([
            "sources/t.yaml": """
            name: raw.t
            from: { files: "data/t*.csv" }
            columns: { id: INTEGER, a: INTEGER, b: INTEGER, c: INTEGER, at: TIMESTAMP }
            contract: contracts/t.yaml
            \(source)
            """,
            "contracts/t.yaml": contract(properties, table: table, top: top),
            "data/t.csv": data(),
        ])
    }

    static func contract(_ properties: String = "- { name: id }", table: String = "", top: String = "") -> String {
        Contracts.table("raw.t", indent(properties, 6), extra: indent(table, 4)) + "\n" + top + "\n"
    }

    /// Ten rows; those of `changes` have other values than 1, 1, 1 in `a`, `b` and `c`.
    static func data(_ changes: [Int: (a: String, b: String, c: String)] = [:]) -> String {
        (1...10).reduce(into: "id,a,b,c,at\n") { text, id in
            let values = changes[id] ?? ("1", "1", "1")
            text += "\(id),\(values.a),\(values.b),\(values.c),2026-01-\(id < 10 ? "0" : "")\(id) 12:00:00\n"
        }
    }

    private static func indent(_ text: String, _ width: Int) -> String {
        let space = String(repeating: " ", count: width)
        return text.split(separator: "\n").map { space + $0 }.joined(separator: "\n")
    }
}
