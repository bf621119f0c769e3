import Foundation
import Synchronization
import WeirCore

/// The files that an agent works on: those of the project, or with `isDryRun` what they would become.
///
/// It remembers what each file was before the first change, so that the session can show its patch.
public final class Workspace: Sendable {
    let folder: ProjectFolder
    /// Changes are kept in memory and nothing is written.
    public let isDryRun: Bool
    private let state = Mutex(State())

    private struct State {
        /// What files hold in a dry run.
        var overlay: [String: [UInt8]] = [:]
        /// What files held before; nil for those that were not there.
        var originals: [String: [UInt8]?] = [:]
    }

    public init(root: String, isDryRun: Bool = false) {
        folder = ProjectFolder(root: root)
        self.isDryRun = isDryRun
    }

    public var root: String { folder.root }

    /// A file larger than this is data, and no tool reads it whole.
    static let largest = 4 << 20

    /// The path as the project writes it.
    func path(_ text: String) throws -> String { try folder.names(text).joined(separator: "/") }

    func read(_ path: String, limit: Int = largest) throws -> (bytes: [UInt8], size: Int) {
        let path = try self.path(path)
        if Self.holdsSecrets(path) { throw Self.secret(path) }
        if let bytes = state.withLock({ $0.overlay[path] }) { return (Array(bytes.prefix(limit)), bytes.count) }
        return try folder.read(path, limit: limit)
    }

    func exists(_ path: String) throws -> Bool {
        let path = try self.path(path)
        return try state.withLock { $0.overlay[path] != nil } || folder.exists(path)
    }

    /// The text of a file that can be edited.
    ///
    /// - Throws: `file.too-large`, `file.binary`, and what reading throws.
    func text(_ path: String) throws -> String {
        let (bytes, size) = try read(path)
        if size > bytes.count {
            throw WeirError(
                "file.too-large", "\(path) has \(Figures.bytes(Int64(size))): too much to be edited as a text")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw WeirError("file.binary", "\(path) is no text in UTF-8")
        }
        return text
    }

    func write(_ path: String, _ text: String) throws {
        let path = try self.path(path)
        if Self.holdsSecrets(path) { throw Self.secret(path) }
        if let first = path.split(separator: "/").first?.lowercased(), [".git", ".weir"].contains(first) {
            throw WeirError(
                "file.protected", "\(first) is not for the file tools to write", hint: "use the project's own folders")
        }
        let before: [UInt8]? = try exists(path) ? try read(path).bytes : nil
        let bytes = Array(text.utf8)
        if !isDryRun { try folder.write(path, bytes) }
        state.withLock { state in
            if state.originals[path] == nil { state.originals[path] = .some(before) }
            if isDryRun { state.overlay[path] = bytes }
        }
    }

    /// What a folder holds, with what a dry run would add.
    func list(_ path: String) throws -> [ProjectFolder.Entry] {
        let names = try folder.names(path)
        let added = state.withLock { $0.overlay }.compactMap { file, bytes -> ProjectFolder.Entry? in
            let parts = file.split(separator: "/").map(String.init)
            guard parts.count > names.count, Array(parts.prefix(names.count)) == names else { return nil }
            let isFile = parts.count == names.count + 1
            return .init(name: parts[names.count], kind: isFile ? .file : .folder, size: bytes.count, modified: 0)
        }
        var entries: [ProjectFolder.Entry]
        do { entries = try folder.list(names) } catch {
            if added.isEmpty { throw error }
            entries = []
        }
        for entry in added {
            if let index = entries.firstIndex(where: { $0.name == entry.name }) {
                if entry.kind == .file { entries[index].size = entry.size }
            } else {
                entries.append(entry)
            }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Folders that hold no work of anybody.
    private static let skipped: Set = [".git", ".weir", ".build", "node_modules", ".venv", "__pycache__"]

    /// Every file below a folder, until `visit` says that it is enough. Links are not followed.
    func walk(_ start: String, _ visit: (String, ProjectFolder.Entry) throws -> Bool) throws {
        var waiting = [try path(start)]
        while let current = waiting.popLast() {
            try Task.checkCancellation()
            let entries: [ProjectFolder.Entry]
            do { entries = try list(current) } catch {
                // A folder that cannot be opened hides no other one, except the one that was asked for.
                if current == (try path(start)) { throw error }
                continue
            }
            var folders: [String] = []
            for entry in entries {
                let full = current.isEmpty ? entry.name : "\(current)/\(entry.name)"
                switch entry.kind {
                case .folder: if !Self.skipped.contains(entry.name) { folders.append(full) }
                case .file: if !Self.holdsSecrets(full), try !visit(full, entry) { return }
                case .link, .other: continue
                }
            }
            waiting += folders.reversed()
        }
    }

    /// Files that hold keys and passwords: no tool shows them to a model, whatever the rules say.
    static func holdsSecrets(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last?.lowercased(), name.hasPrefix(".env") else { return false }
        return ![".env.example", ".env.sample", ".env.template", ".envrc.example"].contains(name)
    }

    private static func secret(_ path: String) -> WeirError {
        WeirError(
            "file.secret", "\(path) holds secrets, and no tool reads or writes it",
            hint: "name a variable as ${NAME}; the person sets its value")
    }

    // MARK: What changed

    /// Files that were written, in their order.
    public var changed: [String] { state.withLock { $0.originals.keys.sorted() } }

    /// All that was changed, as `git apply` takes it; empty where nothing was.
    public func patch() -> String {
        let originals = state.withLock { $0.originals }
        return originals.sorted { $0.key < $1.key }.map { path, before in
            let after = (try? read(path).bytes) ?? []
            return UnifiedDiff.of(
                path: path, before: before.map { String(decoding: $0, as: UTF8.self) },
                after: String(decoding: after, as: UTF8.self))
        }.joined()
    }
}
