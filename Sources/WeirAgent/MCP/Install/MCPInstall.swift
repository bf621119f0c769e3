import Foundation
import WeirCore

/// Makes a client know the server of a project: its configuration, and a text that teaches it how to use Weir.
public struct MCPInstall: Sendable {
    public var client: MCPClientKind
    public var root: String
    /// Options of `weir mcp`, like `--allow-write`.
    public var options: [String] = []
    public var home: String
    public var environment: [String: String]

    public init(
        _ client: MCPClientKind, root: String, home: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.client = client
        self.root = root
        self.home = home ?? environment["HOME"] ?? NSHomeDirectory()
        self.environment = environment
    }

    /// One file and what becomes of it.
    public struct File: Sendable, Encodable {
        public enum Change: String, Sendable, Encodable { case create, change, none }

        public var path: String
        public var change: Change
        /// The whole text that it has then.
        public var content: String
        /// What it had before; not shown.
        let before: String?

        private enum CodingKeys: String, CodingKey { case path, change, content }
    }

    /// What would be written. Nothing is.
    ///
    /// - Throws: `mcp.cannot-merge`, `mcp.unreadable`.
    public func plan() throws -> [File] {
        let path = client.path(root: root, home: home, environment: environment)
        let entry = client.entry(root: root, options: options)
        let configuration = try file(path) { try client.merged($0, entry: entry, path: path) }
        let guide = try file("\(root)/\(client.guide)") { text in
            client == .claudeCode ? MCPGuide.skill : MCPGuide.merged(into: text)
        }
        return [configuration, guide]
    }

    /// Writes it: each file appears whole or stays as it was.
    ///
    /// - Throws: `mcp.changed-meanwhile`, `system.cannot-write`.
    public func write(_ files: [File]) throws {
        for file in files where file.change != .none {
            guard try Self.read(file.path) == file.before else {
                throw WeirError(
                    "mcp.changed-meanwhile", "\(file.path) was changed by somebody else just now", hint: "run it again")
            }
            let path = URL(fileURLWithPath: file.path).resolvingSymlinksInPath().path
            try WholeFile.write(file.content, to: path, makesFolder: true)
        }
    }

    private func file(_ path: String, _ change: (String) throws -> String) throws -> File {
        let before = try Self.read(path)
        let after = try change(before ?? "")
        return File(
            path: path, change: before == nil ? .create : before == after ? .none : .change, content: after,
            before: before)
    }

    private static func read(_ path: String) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else { throw WeirError("mcp.unreadable", "\(path) cannot be read as text", at: Place(file: path)) }
        return text
    }
}
