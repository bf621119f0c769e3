import WeirCore

/// The words of the standard about servers: each type has keys of its own.
extension Vocabulary {
    private static let common: [Key] = [
        Key("id", .text, since: .v310), Key("server", .text, required: true), Key("type", .text, required: true),
        Key("description", .text), Key("environment", .text),
    ]
    private static let last: [Key] = [Key("roles", .objects(role)), Key("customProperties", .objects(customProperty))]
    private static let special: [Key] = [
        "host", "port", "account", "project", "catalog", "catalogUrl", "database", "dataset", "schema", "namespace",
        "location", "path", "endpointUrl", "format", "encoding", "delimiter", "region", "regionName", "serviceName",
        "stagingDir", "stream", "warehouse", "workgroup",
    ].map { Key($0, $0 == "port" ? .scalar : .text, since: ["catalogUrl", "encoding"].contains($0) ? .v320 : .v300) }

    /// Servers of every type, for the order of keys.
    static let server: Vocabulary = Vocabulary("a server", common + special + last)

    /// A type's own keys; a `*` marks those that it needs.
    private static let keysByType: [String: String] = {
        let usual = "host* port* database* schema"
        let whole = "host* port* database* schema*"
        return [
            "api": "location*", "athena": "stagingDir* schema* catalog regionName workgroup",
            "azure": "location* format* delimiter encoding", "bigquery": "project* dataset*",
            "clickhouse": "host* port* database*", "databricks": "host catalog* schema*",
            "denodo": "host* port* database", "dremio": "host* port* schema", "duckdb": "database* schema",
            "glue": "account* database* location format", "cloudsql": whole, "db2": usual,
            "hive": "host* port database*",
            "iceberg": "catalogUrl catalog namespace schema warehouse location database",
            "impala": "host* port database*", "informix": "host* port database*", "kafka": "host* format",
            "kinesis": "region format stream", "local": "path* format* encoding delimiter",
            "mysql": "host* port* database*", "oracle": "host* port* serviceName*", "postgresql": whole,
            "postgres": whole, "presto": "host* catalog schema", "pubsub": "project*",
            "redshift": "host database* schema* region account",
            "s3": "location* endpointUrl format delimiter encoding", "sftp": "location* format delimiter encoding",
            "snowflake": "host port account* database* schema* warehouse", "sqlserver": "host* port database* schema*",
            "synapse": "host* port* database*", "trino": "host* port* catalog* schema*", "vertica": whole,
            "zen": "host* port database*",
            "custom": special.map(\.name).joined(separator: " "),
        ]
    }()

    private static let laterTypes: [String: StandardVersion] = [
        "hive": .v310, "impala": .v310, "zen": .v310, "iceberg": .v320,
    ]

    /// The version of the standard that a type of server came with.
    static func version(ofServer type: String) -> StandardVersion { laterTypes[type] ?? .v300 }

    /// Reads a server strictly by its type.
    static func readServer(_ map: YAMLMap) {
        let type = map.value("type")?.plain().text
        guard let type, let words = keysByType[type] else {
            if let type {
                map.report(
                    "contract.unknown-value", "\"\(type)\" is not a type of server",
                    hint: DidYouMean.closest(to: type, among: keysByType.keys.sorted()).map {
                        "did you mean \"\($0)\"?"
                    }
                        ?? "for a server that the standard does not know, write type: custom", key: "type")
            }
            return server.readAll(map)
        }
        let own = words.split(separator: " ").map { word in
            let name = word.hasSuffix("*") ? String(word.dropLast()) : String(word)
            return Key(name, special.first { $0.name == name }?.shape ?? .text, required: word.hasSuffix("*"))
        }
        Vocabulary("a server of type \(type)", common + own + last).readAll(map)
    }
}
