import Foundation

/// Where claude-mpm keeps the memories of an agent.
public enum MemoryFilePlace {
    /// The agent's name as claude-mpm has it in file names: `data_engineer_agent` is `data-engineer`.
    public static func normalized(_ agent: String) -> String {
        var name = String(agent.split(separator: "/").last ?? "").lowercased()
        for ending in [".md", ".yaml", ".yml", ".json"] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
            break
        }
        name = name.split(whereSeparator: { "_- ".contains($0) }).joined(separator: "-")
        if name.hasSuffix("-agent") { name.removeLast(6) }
        return name.isEmpty ? "data-engineer" : name
    }

    /// The file that is there, also by one of its older names; else the one to make.
    public static func path(of agent: String, root: String) -> String {
        let paths = names(of: agent, root: root)
        return paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
    }

    /// All that are there: versions of claude-mpm that do not know each other's names leave one each.
    public static func paths(of agent: String, root: String) -> [String] {
        names(of: agent, root: root).filter { FileManager.default.fileExists(atPath: $0) }
    }

    private static func names(of agent: String, root: String) -> [String] {
        let folder = "\(root)/.claude-mpm/memories"
        let name = normalized(agent)
        let low = name.replacing("-", with: "_")
        let names = [
            "\(name)_memories", "\(low)_memories", "\(low)_agent_memories", "\(name)-agent_memories",
            "\(name)_memory", "\(low)_memory", "\(low)_agent_memory", name, low,
        ]
        return names.map { "\(folder)/\($0).md" }
    }
}
