import WeirAgent
import WeirCore
import WeirStore

/// What `weir memory` prints for people.
enum MemoryText {
    static func list(_ memories: [Memory], counts: [Memory.Status: Int], on terminal: Terminal) -> String {
        if memories.isEmpty {
            return (counts[.active] ?? 0) == 0
                ? "Nothing is remembered yet; `weir memory add --type context \"…\"` begins."
                : "There are none of these."
        }
        var table = TextTable(["id", "type", "content", "uses", "last used", "from"])
        var isMarked = false
        for memory in memories {
            var content = memory.content
            if memory.isCritical {
                content = "! " + content
                isMarked = true
            }
            if memory.status != .active {
                content += " [\(memory.status.rawValue)\(memory.successor.map { " by \($0)" } ?? "")]"
            }
            table.add([
                .init(memory.id, .name), .init(memory.type.rawValue),
                .init(content, memory.status == .active ? nil : .faint), .init(Figures.count(memory.uses)),
                .init(memory.lastUsedAt.map { String(UTC.text($0).prefix(10)) } ?? "–"),
                .init(memory.session ?? memory.origin.rawValue),
            ])
        }
        let active = counts[.active] ?? 0
        var end = "\(Figures.count(Int64(active), "active memory", "active memories"))"
        for status in [Memory.Status.superseded, .merged, .retired] {
            if let count = counts[status], count > 0 { end += ", \(Figures.count(count)) \(status.rawValue)" }
        }
        return table.render(on: terminal)
            + "\n\n\(end).\(isMarked ? " ! is critical: told first, never put away." : "")"
    }

    static func hits(_ hits: [MemoryHit], on terminal: Terminal) -> String {
        if hits.isEmpty { return "Nothing that is remembered has to do with it." }
        var table = TextTable(["id", "type", "content", "found by"])
        for hit in hits {
            let by = [hit.wordRank.map { _ in "words" }, hit.meaningRank.map { _ in "meaning" }].compactMap(\.self)
            table.add([
                .init(hit.memory.id, .name), .init(hit.memory.type.rawValue), .init(hit.memory.content),
                .init(by.joined(separator: ", ")),
            ])
        }
        return table.render(on: terminal)
    }

    static func harvest(_ harvest: MemoryHarvest, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        for result in harvest.results {
            guard let memory = result.memory else { continue }
            let line = Cell.visible(memory.line)
            lines.append(
                result.outcome == .new
                    ? "\(style("remembered", .good)) \(memory.id) \(line)"
                    : "\(style("known", .faint)) \(memory.id) \(line)")
            lines += changes(result, style)
        }
        lines += refusals(harvest.refused, style)
        return lines.isEmpty ? "The text has no memory block." : lines.joined(separator: "\n")
    }

    private static func changes(_ result: KeptMemory, _ style: Style) -> [String] {
        result.superseded.map {
            "  in place of \($0.id): \(Cell.visible($0.content)) "
                + style("(\($0.reason ?? ""); `weir memory edit \($0.id) --restore` keeps both)", .faint)
        } + result.merged.map { "  merged with \($0.id): \(Cell.visible($0.content))" }
            + result.retired.map { "  put away \($0.id): \(Cell.visible($0.content)) (\($0.reason ?? ""))" }
    }

    private static func refusals(_ refused: [RefusedMemory], _ style: Style) -> [String] {
        refused.map { "\(style("refused", .bad)) line \($0.line), \(Cell.visible($0.text)): \($0.reason)" }
    }

    static func exported(_ report: MemoryExport, on terminal: Terminal) -> String {
        var lines = ["\(report.file) holds \(Figures.count(Int64(report.written), "memory", "memories"))."]
        if report.removed > 0 {
            lines.append("\(Figures.count(report.removed)) that are no longer active were taken out.")
        }
        if report.foreign > 0 {
            lines.append(
                "\(Figures.count(report.foreign)) of others are left there; `weir memory import` takes them in.")
        }
        if !report.leftOut.isEmpty {
            lines.append(
                terminal.style(
                    "\(Figures.count(report.leftOut.count)) were left out, those of least use: claude-mpm refuses files of more than 80 KB.",
                    .warning))
        }
        return lines.joined(separator: "\n")
    }

    static func imported(_ report: MemoryImport, on terminal: Terminal) -> String {
        var lines = [
            "\(report.file): \(Figures.count(Int64(report.added.count), "new memory", "new memories")), \(Figures.count(report.known)) known."
        ]
        if report.junk > 0 {
            lines.append(
                "\(Figures.count(Int64(report.junk), "time stamp")) that claude-mpm took for a memory: passed over.")
        }
        return (lines + refusals(report.refused, terminal.style)).joined(separator: "\n")
    }
}
