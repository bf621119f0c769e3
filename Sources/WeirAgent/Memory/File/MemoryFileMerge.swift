import Foundation
import WeirCore
import WeirStore

/// Puts the memories of a store into a file, and leaves the rest of it as it is.
struct MemoryFileMerge: Sendable {
    /// What claude-mpm reads of a file at most: 80 KB.
    static let mostBytes = 80_000

    let agent: String
    /// In the order in which they are written: the oldest first, as claude-mpm does.
    let memories: [Memory]
    /// Marks of what the store knows, and no longer holds.
    let gone: Set<String>
    let date: Date

    private(set) var written = 0
    private(set) var removed = 0
    /// Items of others, which the store does not know.
    private(set) var foreign = 0
    private(set) var leftOut: [Memory] = []

    init(agent: String, memories: [Memory], gone: Set<String>, date: Date) {
        self.agent = agent
        self.memories = memories
        self.gone = gone
        self.date = date
    }

    /// - Parameters:
    ///   - file: nil where there is none yet.
    ///   - generation: the form that is asked for; the file's own, or else the newest.
    mutating func text(into file: MemoryFile?, as generation: MemoryFile.Generation?) -> String {
        let generation = generation ?? file?.generation ?? .third
        let active = Set(memories.map { MemoryWords.mark($0.content) })
        var kept: [MemoryFile.Line] = []
        var there: Set<String> = []
        for line in file?.lines ?? [] {
            if line.isJunk { continue }
            guard let item = line.item else {
                kept.append(line)
                continue
            }
            let isOurs = active.contains(item.mark)
            if !isOurs, gone.contains(item.mark) {
                removed += 1
                continue
            }
            if isOurs { written += 1 } else { foreign += 1 }
            there.insert(item.mark)
            kept.append(line)
        }
        var lines = file?.generation == generation ? kept : Self.converted(kept, to: generation, agent: agent)
        let stamped = Self.stamp(lines.map(\.text), date)
        for index in lines.indices { lines[index].text = stamped[index] }

        let lineBreak = file?.lineBreak ?? "\n"
        var size = lines.reduce(0) { $0 + $1.text.utf8.count + lineBreak.utf8.count }
        var chosen: Set<String> = []
        let missing = memories.filter { !there.contains(MemoryWords.mark($0.content)) }
        for memory in missing.sorted(by: { Self.worth($0, date) > Self.worth($1, date) }) {
            size += MemoryFile.text(memory, in: generation).utf8.count + lineBreak.utf8.count
            if size <= Self.mostBytes { chosen.insert(memory.id) } else { leftOut.append(memory) }
        }
        for memory in missing where chosen.contains(memory.id) {
            Self.insert(memory, into: &lines, generation)
            written += 1
        }
        return lines.map(\.text).joined(separator: lineBreak) + lineBreak
    }

    private static func worth(_ memory: Memory, _ date: Date) -> Double {
        memory.isCritical ? .infinity : memory.usefulness(at: date)
    }

    // MARK: Forms

    private static func heading(_ generation: MemoryFile.Generation, agent: String) -> [String] {
        switch generation {
        case .first: ["# Agent Memory: \(agent)", "<!-- Last Updated: -->", ""]
        case .second: ["# \(title(agent)) Agent Memory", "", "Last Updated: ", "", "## Learnings", ""]
        case .third: ["# \(title(agent)) Agent Memory", ""]
        }
    }

    /// As Python's `str.title`.
    private static func title(_ agent: String) -> String {
        var isStart = true
        return String(
            agent.flatMap { character -> String in
                defer { isStart = !character.isLetter }
                return isStart ? character.uppercased() : character.lowercased()
            })
    }

    /// The items of a file in another form, with every line that is no heading of the old one.
    private static func converted(
        _ lines: [MemoryFile.Line], to generation: MemoryFile.Generation, agent: String
    ) -> [MemoryFile.Line] {
        var out = heading(generation, agent: agent).map { MemoryFile.Line(text: $0) }
        for line in lines {
            let bare = Substring(line.text).trimmingSpace
            if let item = line.item {
                insert(line, in: item.section ?? (generation == .third ? .patterns : nil), into: &out, generation)
            } else if !bare.isEmpty, !bare.hasPrefix("#"), !isStamp(bare) {
                out.append(line)
            }
        }
        return out
    }

    private static func insert(
        _ memory: Memory, into lines: inout [MemoryFile.Line], _ generation: MemoryFile.Generation
    ) {
        let line = MemoryFile.Line(
            text: MemoryFile.text(memory, in: generation), item: MemoryFile.Item(content: memory.content))
        insert(line, in: generation == .third ? .init(memory) : nil, into: &lines, generation)
    }

    /// After the last item of its section, or of the file.
    private static func insert(
        _ line: MemoryFile.Line, in section: MemoryFile.Section?, into lines: inout [MemoryFile.Line],
        _ generation: MemoryFile.Generation
    ) {
        guard generation == .third, let section else {
            let last = lines.lastIndex { $0.item != nil }
            lines.insert(line, at: last.map { $0 + 1 } ?? lines.count)
            return
        }
        guard let heading = lines.firstIndex(where: { title(of: $0) == section.rawValue.lowercased() }) else {
            addSection(section, to: &lines)
            return insert(line, in: section, into: &lines, generation)
        }
        let end = lines[(heading + 1)...].firstIndex { title(of: $0) != nil } ?? lines.count
        let last = lines[heading..<end].lastIndex { $0.item != nil }
        lines.insert(line, at: last.map { $0 + 1 } ?? heading + 1)
    }

    /// In the order of the form; sections that are not of it stay where they are.
    private static func addSection(_ section: MemoryFile.Section, to lines: inout [MemoryFile.Line]) {
        let later = MemoryFile.Section.allCases.drop { $0 != section }.dropFirst().map { $0.rawValue.lowercased() }
        let place = lines.firstIndex { title(of: $0).map(later.contains) ?? false } ?? lines.count
        var new = [MemoryFile.Line(text: "## \(section.rawValue)")]
        if place > 0, !lines[place - 1].text.isEmpty { new.insert(MemoryFile.Line(text: ""), at: 0) }
        if place < lines.count { new.append(MemoryFile.Line(text: "")) }
        lines.insert(contentsOf: new, at: place)
    }

    private static func title(of line: MemoryFile.Line) -> String? {
        guard line.item == nil, line.text.hasPrefix("#") else { return nil }
        return line.text.drop { $0 == "#" }.trimmingSpace.lowercased()
    }

    private static func isStamp(_ line: Substring) -> Bool {
        line.hasPrefix("Last Updated:") || line.hasPrefix("<!-- Last Updated:")
    }

    /// The lines with the time of this change.
    private static func stamp(_ lines: [String], _ date: Date) -> [String] {
        let text = UTC.text(date)
        return lines.map { line in
            if line.hasPrefix("Last Updated:") {
                return "Last Updated: \(text.prefix(19).replacing("T", with: " "))"
            }
            return line.hasPrefix("<!-- Last Updated:") ? "<!-- Last Updated: \(text) -->" : line
        }
    }
}
