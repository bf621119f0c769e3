import WeirCore
import WeirEngine

/// How to reach something outside: one entry under `connections:` in `weir.yaml`.
public enum ConnectionSettings: Sendable, Hashable {
    case postgres(url: Secret)
    case mysql(url: Secret)
    case sqlite(path: String)
    case s3(ObjectStore)
    case gcs(ObjectStore)

    /// Keys and address of an object store. Nil keys read what the bucket shows to everybody.
    public struct ObjectStore: Sendable, Hashable {
        public var keyID: Secret?
        public var secret: Secret?
        public var region: String?
        /// `host:port` of a server that speaks S3; nil is the provider's own.
        public var endpoint: String?
        public var usesTLS = true
        /// `s3://bucket/prefix`; nil covers every bucket.
        public var scope: String?

        public init() {}
    }

    /// The word for it in `weir.yaml`.
    public var kind: String {
        switch self {
        case .postgres: "postgres"
        case .mysql: "mysql"
        case .sqlite: "sqlite"
        case .s3: "s3"
        case .gcs: "gcs"
        }
    }

    /// Everything secret in it, to be wiped from messages.
    public var secrets: [Secret] {
        switch self {
        case .postgres(let url), .mysql(let url): [url]
        case .sqlite: []
        case .s3(let store), .gcs(let store): [store.keyID, store.secret].compactMap(\.self)
        }
    }

    /// A message of the engine without the secrets of this connection.
    public func wiped(_ text: String) -> String { secrets.reduce(text) { $1.wiped(from: $0) } }

    /// The name under which a database is attached to the engine.
    public static func catalog(_ name: String) -> String { "weir_\(name)" }

    /// The name under which a database is attached that may be changed. No connection has a name with a blank.
    public static func writableCatalog(_ name: String) -> String { "weir writes \(name)" }

    /// Makes the connection usable by the engine's readers. Doing it again does nothing.
    ///
    /// - Parameter isWritable: attaches a PostgreSQL as ``writableCatalog(_:)``, for what has to change it. What is
    ///   opened without can change nothing: every transaction of it is one that only reads.
    /// - Throws: `connection.failed`, with every secret wiped from the engine's message.
    public func open(as name: String, isWritable: Bool = false, on connection: isolated Connection) throws {
        do {
            try attach(as: name, isWritable: isWritable, on: connection)
        } catch let error as WeirError {
            let message = Redaction.clean(error.message, secrets: secrets)
            // A wrong password stays wrong; a server may come back.
            let isFinal = [
                "authentication failed", "Access denied", "does not exist", "Unknown database", "unable to open",
            ]
            .contains { message.contains($0) }
            throw WeirError(
                error.code == "engine.no-extension" ? error.code : "connection.failed",
                "the connection \(name) cannot be opened: \(message)",
                hint: error.code == "engine.no-extension"
                    ? error.hint : "is the server up, and is connections.\(name) in weir.yaml right?",
                isTransient: !isFinal && error.code != "engine.no-extension", outcome: .systemFailed)
        }
    }

    private func attach(as name: String, isWritable: Bool, on connection: isolated Connection) throws {
        func attach(_ target: String, _ type: String, _ module: String, isWritable: Bool = false) throws {
            try connection.load(extension: module)
            let catalog = isWritable ? Self.writableCatalog(name) : Self.catalog(name)
            try connection.execute(
                "ATTACH IF NOT EXISTS \(SQL.literal(target)) AS \(SQL.quote(catalog)) (TYPE \(type)\(isWritable ? "" : ", READ_ONLY"))"
            )
        }
        switch self {
        case .postgres(let url):
            try attach(url.reveal(), "postgres", "postgres_scanner", isWritable: isWritable)
            // What the server's tables look like is kept from the first look; they may have changed since.
            _ = try connection.query("CALL pg_clear_cache()")
        case .mysql(let url):
            try attach(url.reveal(), "mysql", "mysql_scanner")
            // A large table may take longer than the five minutes that the reader would allow by itself.
            try connection.execute("SET GLOBAL mysql_query_timeout_enabled = false")
            _ = try connection.query("CALL mysql_clear_cache()")
        case .sqlite(let path): try attach(path, "sqlite", "sqlite_scanner")
        case .s3(let store): try store.createSecret(as: name, type: "s3", on: connection)
        case .gcs(let store): try store.createSecret(as: name, type: "gcs", on: connection)
        }
    }
}

extension ConnectionSettings.ObjectStore {
    fileprivate func createSecret(as name: String, type: String, on connection: isolated Connection) throws {
        try connection.load(extension: "httpfs")
        var parts = ["TYPE \(type)"]
        if let keyID { parts.append("KEY_ID \(SQL.literal(keyID.reveal()))") }
        if let secret { parts.append("SECRET \(SQL.literal(secret.reveal()))") }
        if let region { parts.append("REGION \(SQL.literal(region))") }
        if let endpoint { parts += ["ENDPOINT \(SQL.literal(endpoint))", "URL_STYLE 'path'"] }
        if !usesTLS { parts.append("USE_SSL false") }
        if let scope { parts.append("SCOPE \(SQL.literal(scope))") }
        try connection.execute(
            "CREATE TEMPORARY SECRET IF NOT EXISTS \(SQL.quote(ConnectionSettings.catalog(name))) (\(parts.joined(separator: ", ")))"
        )
    }
}
