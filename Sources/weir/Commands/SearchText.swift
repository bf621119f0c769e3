import WeirCore
import WeirPipeline

/// What `weir search` prints for people.
enum SearchText {
    static func progress(_ line: Progress) -> @Sendable (Int, Int) -> Void {
        { done, all in
            let text = "embedding texts: \(Figures.count(done)) of \(Figures.count(all))"
            Task { await line.update(text) }
        }
    }

    static func hits(_ report: SearchReport, on terminal: Terminal) -> String {
        let style = terminal.style
        var parts = report.hits.map { hit in
            let ranks = [
                hit.vectorRank.map { "meaning \($0)" }, hit.wordRank.map { "words \($0)" },
            ].compactMap(\.self).joined(separator: ", ")
            let score = rounded(hit.score, places: report.hybrid ? 4 : 3)
            var lines = [
                "\(style("\(hit.rank).", .strong)) \(style(key(hit.key), .name))  \(style(score, .faint))"
                    + (ranks.isEmpty ? "" : style("  (\(ranks))", .faint))
            ]
            if let headings = hit.headings { lines.append("   " + style(Cell.visible(headings), .faint)) }
            lines += wrapped(Cell.visible(hit.snippet), to: (terminal.width ?? 100) - 4).map { "   \($0)" }
            return lines.joined(separator: "\n")
        }
        if parts.isEmpty { parts = ["Nothing was found."] }
        if let stale = report.stale {
            parts.append(
                style(
                    "\(Figures.count(Int64(stale), "row")) changed since the vectors were made; "
                        + "`weir search index --in \(report.in)` brings them up to date.", .warning))
        }
        return parts.joined(separator: "\n\n")
    }

    /// The value of a key of one column, or `a=1 b=2`.
    private static func key(_ key: JSONValue) -> String {
        let members = (key.fields ?? [:]).sorted { $0.key < $1.key }
        let texts = members.map { name, value in
            let text = Cell.visible(value.text ?? value.line)
            return members.count == 1 ? text : "\(name)=\(text)"
        }
        return texts.isEmpty ? Cell.visible(key.text ?? key.line) : texts.joined(separator: " ")
    }

    private static func rounded(_ value: Double, places: Int) -> String {
        let scale = places == 4 ? 10_000.0 : 1000.0
        let whole = Int64((value * scale).rounded())
        let digits = String(whole.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return (whole < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(String(word)) > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + (line.isEmpty ? [] : [line])
    }

    static func indexed(_ report: SearchIndexReport, on terminal: Terminal) -> String {
        var done = ["\(Figures.count(Int64(report.embedded), "text")) embedded"]
        if report.reused > 0 { done.append("\(Figures.count(report.reused)) taken over from equal texts") }
        if report.removed > 0 { done.append("\(Figures.count(report.removed)) removed") }
        let graph = report.graph.map { ", a graph of \(Figures.count($0))" } ?? ""
        return """
            \(terminal.style(report.in, .name)): \(done.joined(separator: ", "))
            \(Figures.count(Int64(report.rows), "row")), \(Figures.count(Int64(report.vectors), "vector"))\(graph) (\(report.space))
            """
    }

    static func status(_ indexes: [SearchStatus], on terminal: Terminal) -> String {
        if indexes.isEmpty { return "Nothing is indexed. `weir search \"…\" --in schema.table.column` begins." }
        var table = TextTable(["column", "rows", "vectors", "graph", "embedder", "state"])
        for index in indexes {
            let state: TextTable.Item =
                switch (index.problem, index.stale) {
                case (let problem?, _): .init(problem, .bad)
                case (nil, 0): .init("up to date", .good)
                case (nil, let stale): .init("\(Figures.count(Int64(stale ?? 0), "row")) behind", .warning)
                }
            table.add([
                .init(index.in), .init(Figures.count(index.rows)), .init(Figures.count(index.vectors)),
                .init(index.graph.map(Figures.count) ?? "–"), .init(index.space), state,
            ])
        }
        return table.render(on: terminal)
    }
}
