import Foundation
import WeirCore
import WeirStore

/// What became of reading a memory file.
public struct MemoryImport: Sendable, Encodable {
    public var file: String
    public var generation: Int
    /// Memories that are new.
    public var added: [Memory] = []
    /// Items that were known.
    public var known = 0
    public var refused: [RefusedMemory] = []
    /// Lines that a defect of claude-mpm 5 left, which are no memories.
    public var junk = 0
}

/// What became of writing one.
public struct MemoryExport: Sendable, Encodable {
    public var file: String
    public var generation: Int
    /// Memories in the file now.
    public var written: Int
    /// Items taken out, as they are no longer active here.
    public var removed: Int
    /// Items of others that are left as they are; an import takes them in.
    public var foreign: Int
    /// Memories for which there was no room: claude-mpm refuses files of more than 80 KB.
    public var leftOut: [Memory]
}

extension MemoryBook {
    /// Takes in what a memory file holds that is not known yet. The file stays as it is.
    ///
    /// Nothing is merged or replaced: who keeps the file has chosen what is in it. What was put away here stays so.
    ///
    /// - Throws: `memory.no-file`, or `memory.not-text`.
    public func importFile(_ path: String) async throws -> MemoryImport {
        let file = MemoryFile(try Self.read(path))
        let index = MemoryIndex.read(beside: path).byMark
        var report = MemoryImport(file: path, generation: file.generation.rawValue)
        report.junk = file.lines.count(where: \.isJunk)
        var drafts: [MemoryDraft] = []
        var places: [Int] = []
        let date = now()
        for (number, line) in file.lines.enumerated() {
            guard let item = line.item else { continue }
            do throws(MemoryRules.Refusal) {
                try MemoryRules.checkCharacters(item.content)
                if item.content.count > Self.longest {
                    throw MemoryRules.Refusal("it has more than \(Self.longest) characters")
                }
            } catch {
                report.refused.append(Self.refusal(item, number, error.reason))
                continue
            }
            drafts.append(Self.draft(item, index[item.mark], at: date))
            places.append(number)
        }
        for (offset, result) in try await keep(drafts).enumerated() {
            switch result.outcome {
            case .known: report.known += 1
            case .new: report.added += result.memory.map { [$0] } ?? []
            case .refused:
                guard let item = file.lines[places[offset]].item else { continue }
                report.refused.append(Self.refusal(item, places[offset], result.refusal ?? ""))
            }
        }
        return report
    }

    /// Longest line that is taken from a file: people and other programs keep no limit of 100.
    private static let longest = 1_000

    private static func draft(_ item: MemoryFile.Item, _ entry: MemoryIndex.Entry?, at date: Date) -> MemoryDraft {
        var draft = MemoryDraft(
            type: item.type ?? entry?.type ?? item.section?.type ?? .context, content: item.content, origin: .file,
            session: entry?.session, createdAt: entry?.createdAt ?? item.day ?? date)
        draft.isCritical = item.section == .critical || entry?.critical == true
        draft.uses = entry?.uses ?? 0
        draft.repeats = entry?.repeats ?? 0
        draft.lastUsedAt = entry?.lastUsedAt
        return draft
    }

    private static func refusal(_ item: MemoryFile.Item, _ number: Int, _ reason: String) -> RefusedMemory {
        let isSecret = SecretShape.found(in: item.content) != nil
        let text = isSecret ? "(left out: it may hold a secret)" : Cell.visible(String(item.content.prefix(160)))
        return RefusedMemory(line: number + 1, reason: reason, text: text)
    }

    /// Brings a memory file up to date: active memories that it lacks are added, those that are no longer active are
    /// taken out, everything else stays. One process at a time, and the file is replaced as a whole.
    ///
    /// - Parameters:
    ///   - agent: stands in the heading of a new file.
    ///   - generation: 1 to 3; the file's own where not given, and 3 for a new one.
    public func exportFile(_ path: String, agent: String, generation: Int? = nil) async throws -> MemoryExport {
        let lock = FileLock(
            "\(store.path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? NSTemporaryDirectory())/memories.lock"
        )
        let busy = {
            WeirError(
                "memory.file-busy", "another Weir process is writing \(path)", isTransient: true,
                outcome: .systemFailed)
        }
        return try await lock.hold(wait: .seconds(30), otherwise: busy) { _ in
            try await write(path, agent, generation.flatMap(MemoryFile.Generation.init))
        }
    }

    private func write(
        _ path: String, _ agent: String, _ generation: MemoryFile.Generation?
    ) async throws -> MemoryExport {
        // A link stays a link.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let file = FileManager.default.fileExists(atPath: target) ? MemoryFile(try Self.read(target)) : nil
        let all = try await list(status: Set(Memory.Status.allCases))
        let active = all.filter { $0.status == .active }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
        let marks = Set(active.map { MemoryWords.mark($0.content) })
        var gone = Set(all.filter { $0.status != .active }.map { MemoryWords.mark($0.content) })
        // Texts that were written here before and have been edited since.
        let before = MemoryIndex.read(beside: target).byMark
        let now = Dictionary(all.map { ($0.id, MemoryWords.mark($0.content)) }, uniquingKeysWith: { $1 })
        for (mark, entry) in before {
            if let changed = now[entry.id], changed != mark { gone.insert(mark) }
        }
        gone.subtract(marks)
        var merge = MemoryFileMerge(
            agent: MemoryFilePlace.normalized(agent), memories: active, gone: gone, date: self.now())
        let text = merge.text(into: file, as: generation)
        var index = MemoryIndex()
        // What is known of the items of others stays known.
        let others = Set(MemoryFile(text).lines.compactMap { $0.item?.mark }).subtracting(marks)
        index.memories =
            active.map(MemoryIndex.Entry.init)
            + before.filter { others.contains($0.key) }.map(\.value).sorted { $0.id < $1.id }
        // The index first: what it says of memories that the file does not have yet does no harm.
        try WholeFile.write(
            try JSONOutput.pretty(index) + "\n", to: MemoryIndex.path(beside: target), makesFolder: true)
        try WholeFile.write(text, to: target, makesFolder: true)
        return MemoryExport(
            file: path, generation: (generation ?? file?.generation ?? .third).rawValue, written: merge.written,
            removed: merge.removed, foreign: merge.foreign, leftOut: merge.leftOut.map(scoped))
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WeirError(
                "memory.no-file", "there is no file \(path) that can be read",
                hint: "name the file: `weir memory import FILE`")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw WeirError("memory.not-text", "\(path) is no text in UTF-8", hint: "save it as UTF-8")
        }
        return text
    }
}
