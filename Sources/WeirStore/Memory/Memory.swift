import Foundation
import WeirCore

/// What kind of thing a memory tells.
public enum MemoryType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A way of doing something that worked: schema patterns, pipeline patterns, queries.
    case pattern
    /// How the project is built, and why.
    case architecture
    /// A rule to keep.
    case guideline
    /// What went wrong, so that it does not again.
    case mistake
    /// How to go about a kind of problem.
    case strategy
    /// What is known of systems that data comes from or goes to.
    case integration
    /// What was measured.
    case performance
    /// What is so in this project.
    case context
}

/// Whose memory it is.
public enum MemoryScope: String, Sendable, Hashable, Codable {
    /// Of a project, in its state file.
    case project
    /// Of a person, in every project.
    case user

    /// The file of a person's memories: `weir/state.db` in `$XDG_DATA_HOME`, else in `~/.local/share`.
    ///
    /// It is not `~/.weir/state.db`: a project whose folder is the home folder has that one.
    ///
    /// - Throws: `memory.no-home` where neither is known.
    public static func userPath(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> String {
        // Relative paths there are to be ignored (XDG Base Directory Specification 0.8).
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/weir/state.db" }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw WeirError(
                "memory.no-home", "there is no place for your own memories: HOME is not set",
                hint: "set HOME or XDG_DATA_HOME to a folder", outcome: .systemFailed)
        }
        return "\(home)/.local/share/weir/state.db"
    }
}

/// One thing that is remembered.
public struct Memory: Sendable, Hashable, Encodable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active
        /// A later memory says otherwise.
        case superseded
        /// A later memory says the same, or more.
        case merged
        /// Put away: by a person, or as the least useful one when there were too many.
        case retired
    }

    /// Who wrote it.
    public enum Origin: String, Sendable, Hashable, Codable { case agent, person, file }

    public var id: String
    public var scope: MemoryScope
    public var type: MemoryType
    public var content: String
    public var status: Status
    /// The memory that took its place.
    public var successor: String?
    /// Why it is no longer active.
    public var reason: String?
    /// Told first, and never put away for being used little.
    public var isCritical: Bool
    public var origin: Origin
    /// The session that it was learned in.
    public var session: String?
    public var createdAt: Date
    public var changedAt: Date
    /// How often a task began with it.
    public var uses: Int
    /// How often it was written again.
    public var repeats: Int
    public var lastUsedAt: Date?

    /// Its place in the store.
    var seq: Int64

    private enum CodingKeys: String, CodingKey {
        case id, scope, type, content, status, successor, reason, isCritical, origin, session, createdAt, changedAt
        case uses, repeats, lastUsedAt
    }

    /// As a model reads it: `- [2026-11-28] (pattern) Use composite indexes`.
    public var line: String { "- [\(UTC.text(changedAt).prefix(10))] (\(type.rawValue)) \(content)" }

    /// How much it is worth to keep: what is used and repeated counts, and fades when it no longer is.
    public func usefulness(at date: Date) -> Double {
        let days = max(0, date.timeIntervalSince(lastUsedAt ?? createdAt)) / 86_400
        return Double(1 + uses + repeats) / (1 + days / 30)
    }
}
