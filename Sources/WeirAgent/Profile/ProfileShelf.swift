import Foundation
import WeirCore

/// The profiles that a project has: `agents/*.md`, `.claude/agents/*.md`, and those that come with Weir.
public struct ProfileShelf: Sendable {
    public struct Item: Sendable {
        public var path: String
        public var origin: AgentProfile.Origin
        public var reading: ProfileReader.Reading
        /// Another one of its name comes first.
        public var isHidden = false
    }

    public let items: [Item]

    /// - Parameter root: nil outside of a project.
    public init(root: String?) {
        var items: [Item] = []
        if let root {
            for origin in [AgentProfile.Origin.project, .claude] {
                items += Self.files(origin.rawValue, root: root).map { path in
                    Item(path: path, origin: origin, reading: Self.read(path, root: root, origin: origin))
                }
            }
        }
        items += BuiltInProfiles.all.map { name, text in
            Item(
                path: "\(name).md", origin: .builtIn,
                reading: ProfileReader().read(text, path: "\(name).md", origin: .builtIn))
        }
        var seen: Set<String> = []
        for index in items.indices {
            guard let name = items[index].reading.profile?.name.lowercased() else { continue }
            items[index].isHidden = !seen.insert(name).inserted
        }
        self.items = items
    }

    /// - Throws: `agent.unknown-profile`, or what is wrong with the profile.
    public func profile(_ name: String) throws -> AgentProfile {
        let usable = items.filter { !$0.isHidden }
        if let item = usable.first(where: { $0.reading.profile?.name.lowercased() == name.lowercased() }) {
            if !item.reading.errors.isEmpty {
                throw WeirError.gathering("agent.invalid", { "\(item.path) has \($0) mistakes" }, item.reading.errors)
            }
            if let profile = item.reading.profile { return profile }
        }
        // A file that has lost its name is found by the name of the file.
        if let broken = items.first(where: { $0.path.hasSuffix("/\(name).md") && !$0.reading.errors.isEmpty }) {
            throw WeirError.gathering("agent.invalid", { "\(broken.path) has \($0) mistakes" }, broken.reading.errors)
        }
        throw WeirError(
            "agent.unknown-profile", "there is no agent \"\(name)\"",
            hint: DidYouMean.hint(for: name, among: usable.compactMap(\.reading.profile?.name)))
    }

    /// A file that lies anywhere.
    public static func item(path: String) -> Item {
        Item(
            path: path, origin: .project,
            reading: read(path, root: FileManager.default.currentDirectoryPath, origin: .project))
    }

    private static func files(_ folder: String, root: String) -> [String] {
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)") else { return [] }
        return names.filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") && $0.lowercased() != "readme.md" }.sorted()
            .map { "\(folder)/\($0)" }
    }

    static func read(_ path: String, root: String, origin: AgentProfile.Origin) -> ProfileReader.Reading {
        let full = path.hasPrefix("/") ? path : "\(root)/\(path)"
        var reading = ProfileReader.Reading()
        guard let data = FileManager.default.contents(atPath: full), data.count <= 1 << 20 else {
            reading.errors.append(
                WeirError(
                    "agent.unreadable", "\(path) cannot be read, or is larger than a profile", at: Place(file: path)))
            return reading
        }
        guard let text = String(data: data, encoding: .utf8) else {
            reading.errors.append(
                WeirError(
                    "agent.encoding", "\(path) is not UTF-8 text", hint: "save it as UTF-8", at: Place(file: path)))
            return reading
        }
        return ProfileReader().read(text, path: path, origin: origin)
    }
}

extension AgentProfile {
    /// The text of a new profile, to be filled in.
    public static func draft(name: String, summary: String) -> String {
        """
        ---
        name: \(name)
        description: \(quoted(summary))
        version: 1.0.0
        tools: Read,Write,Edit,Bash,Grep,Glob,LS,TodoWrite,profile,query,explain,schema,lineage,plan,run,test,check,quarantine,diff,docs,usage
        model: sonnet
        color: blue
        todo_prefix: \(title(of: name))
        duties: [model-tests, migration-test, performance-figures, documentation]
        ---

        # \(title(of: name))

        Say who the agent is, what it looks after, and how it works.

        """
    }

    private static func quoted(_ text: String) -> String {
        JSONValue.string(text.replacing("\n", with: " ")).line
    }
}
