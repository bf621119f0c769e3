import WeirCore

/// Turns the type names of many databases into the ones DuckDB reads.
enum PhysicalType {
    /// `logicalTypeOptions.format` of an integer, in the words of Rust as the standard wants.
    static let rustIntegers = [
        "i8": "TINYINT", "i16": "SMALLINT", "i32": "INTEGER", "i64": "BIGINT", "i128": "HUGEINT",
        "u8": "UTINYINT", "u16": "USMALLINT", "u32": "UINTEGER", "u64": "UBIGINT", "u128": "UHUGEINT",
    ]

    private static let names: [String: String] = {
        let groups: [(String, [String])] = [
            ("BOOLEAN", ["boolean", "bool", "logical"]),
            ("TINYINT", ["tinyint", "int1"]),
            ("SMALLINT", ["smallint", "int2", "short", "smallserial"]),
            ("INTEGER", ["integer", "int", "int4", "signed", "mediumint", "serial", "int32"]),
            ("BIGINT", ["bigint", "int8", "long", "bigserial", "int64"]),
            ("HUGEINT", ["hugeint", "int128"]),
            ("UTINYINT", ["utinyint", "tinyint unsigned", "uint8"]),
            ("USMALLINT", ["usmallint", "smallint unsigned", "uint16"]),
            ("UINTEGER", ["uinteger", "int unsigned", "integer unsigned", "uint32"]),
            ("UBIGINT", ["ubigint", "bigint unsigned", "uint64"]),
            ("UHUGEINT", ["uhugeint", "uint128"]),
            ("FLOAT", ["float4", "real", "float32"]),
            ("DOUBLE", ["double", "float8", "double precision", "float64", "float"]),
            (
                "VARCHAR",
                [
                    "varchar", "char", "bpchar", "text", "string", "character varying", "character", "nvarchar",
                    "nchar", "varchar2", "nvarchar2", "clob", "tinytext", "mediumtext", "longtext", "citext",
                ]
            ),
            ("BLOB", ["blob", "bytea", "binary", "varbinary", "bytes", "raw"]),
            ("DATE", ["date"]),
            ("TIME", ["time", "time without time zone"]),
            ("TIME WITH TIME ZONE", ["timetz", "time with time zone"]),
            (
                "TIMESTAMP",
                ["timestamp", "datetime", "datetime2", "timestamp_ntz", "timestamp without time zone", "smalldatetime"]
            ),
            (
                "TIMESTAMP WITH TIME ZONE",
                ["timestamptz", "timestamp with time zone", "timestamp_tz", "timestamp_ltz", "datetimeoffset"]
            ),
            ("TIMESTAMP_S", ["timestamp_s"]), ("TIMESTAMP_MS", ["timestamp_ms"]), ("TIMESTAMP_NS", ["timestamp_ns"]),
            ("INTERVAL", ["interval"]),
            ("UUID", ["uuid", "uniqueidentifier", "guid"]),
            ("JSON", ["json", "jsonb", "variant"]),
        ]
        var names: [String: String] = [:]
        for (type, synonyms) in groups { for word in synonyms { names[word] = type } }
        return names
    }()

    /// What kind of type it is, also for DuckDB's own nested types; nil for a name Weir does not know.
    static func family(_ text: String) -> TypeFamily? {
        if let type = duckDB(text) { return TypeFamily(sql: type) }
        let family = TypeFamily(sql: text)
        return family == .other ? nil : family
    }

    /// Types whose length, given in brackets, DuckDB has no use for.
    private static let decimals: Set<String> = ["decimal", "numeric", "number", "dec", "bigdecimal"]

    /// The DuckDB type, or nil for a name Weir does not know. The result holds no text of the contract other
    /// than digits, so that it is safe in SQL.
    static func duckDB(_ text: String) -> String? {
        var rest = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var suffix = ""
        while rest.hasSuffix("]"), let open = rest.lastIndex(of: "[") {
            let size = rest[rest.index(after: open)...].dropLast()
            guard size.allSatisfy(\.isNumber), size.isEmpty || Int(size) ?? 0 > 0 else { return nil }
            suffix = "[\(size)]" + suffix
            rest = String(rest[..<open])
        }
        if rest.hasPrefix("array<"), rest.hasSuffix(">") {
            return duckDB(String(rest.dropFirst(6).dropLast())).map { "\($0)[]\(suffix)" }
        }
        var name = rest
        var arguments: [Int] = []
        if let open = rest.firstIndex(of: "("), let close = rest.lastIndex(of: ")"), open < close {
            let inside = rest[rest.index(after: open)..<close].split(separator: ",")
            for part in inside {
                let digits = part.split(separator: " ").first.map(String.init) ?? ""
                if let number = Int(digits) { arguments.append(number) } else if digits != "max" { return nil }
            }
            name = (rest[..<open] + rest[rest.index(after: close)...]).split(separator: " ").joined(separator: " ")
        }
        if decimals.contains(name) {
            if arguments.isEmpty { return "DECIMAL(18,3)\(suffix)" }
            let width = arguments[0]
            let scale = arguments.count > 1 ? arguments[1] : 0
            guard (1...38).contains(width), (0...width).contains(scale), arguments.count <= 2 else { return nil }
            return "DECIMAL(\(width),\(scale))\(suffix)"
        }
        return names[name].map { $0 + suffix }
    }
}
