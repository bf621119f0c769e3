import Foundation
import WeirCore

/// Names of datasets after OpenLineage's convention, so that other programs' events mean the same thing.
public enum OpenLineageNaming {
    public struct Name: Sendable, Hashable {
        public let namespace: String
        public let name: String
    }

    /// A table of a local warehouse file: namespace `duckdb:///path/of/file`, name `schema.table`.
    public static func warehouse(engine: String = "duckdb", path: String?, table: TableName) -> Name {
        let file = path.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? "/:memory:"
        return Name(namespace: "\(engine)://\(file)", name: table.description)
    }

    /// A table of a server: namespace `postgres://host:port`, name `database.schema.table`.
    ///
    /// - Parameter url: the connection's address; its user and password go nowhere.
    /// - Returns: nil when the address cannot be read.
    public static func server(url: String, table: String) -> Name? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty
        else { return nil }
        let engine = scheme == "postgresql" ? "postgres" : scheme
        let usual = ["postgres": 5432, "mysql": 3306][engine]
        let port = (parts.port ?? usual).map { ":\($0)" } ?? ""
        let database = parts.path.split(separator: "/").first.map { "\($0)." } ?? ""
        return Name(namespace: "\(engine)://\(host)\(port)", name: database + table)
    }

    /// A file or a glob: namespace `file` with the full path, or the bucket or host with the key below it.
    public static func file(_ path: String, relativeTo folder: String) -> Name {
        let parts = path.split(separator: "://", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0].lowercased() != "file" {
            // Signed addresses carry their key in the query.
            let bare = Redaction.clean(path).replacing("***@", with: "").prefix { $0 != "?" && $0 != "#" }
            let rest = bare.dropFirst(parts[0].count + 3)
            let host = rest.prefix { $0 != "/" }
            let key = rest.dropFirst(host.count).drop { $0 == "/" }
            return Name(namespace: "\(parts[0].lowercased())://\(host)", name: key.isEmpty ? "/" : String(key))
        }
        let local = parts.count == 2 ? parts[1] : path
        let url = URL(fileURLWithPath: local, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
        return Name(namespace: "file", name: url.standardizedFileURL.path)
    }
}
