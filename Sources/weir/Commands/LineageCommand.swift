import ArgumentParser
import WeirCore
import WeirPipeline
import WeirStore

struct LineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage", abstract: "Show what a table or a column is made of, and what is made of it.")

    @OptionGroup var options: ProjectOptions

    @Argument(
        help: ArgumentHelp(
            "A table, schema.table, or one of its columns, schema.table.column.", valueName: "table[.column]"))
    var subject: String

    @Flag(name: .long, help: "Only what it is made of.")
    var upstream = false

    @Flag(name: .long, help: "Only what is made of it.")
    var downstream = false

    @Flag(name: .long, help: "A Mermaid flowchart, for Markdown.")
    var mermaid = false

    func validate() throws {
        if mermaid, options.output.output == .json {
            throw ValidationError("--mermaid and --output json exclude each other")
        }
    }

    func run() async throws {
        let direction: LineageAnswer.Direction = upstream == downstream ? .both : upstream ? .upstream : .downstream
        let answer = try await Runner(try await options.load(), options: RunOptions()).lineage(
            of: subject, direction: direction, withColumns: options.output.output == .json)
        try options.output.print(answer) { terminal in
            mermaid ? answer.mermaid : LineageText(answer: answer, style: terminal.style).render()
        }
    }
}

/// Lineage for people: two trees.
struct LineageText {
    let answer: LineageAnswer
    let style: Style

    func render() -> String {
        var parts: [String] = []
        let subject = answer.column.map { "\(answer.table).\($0)" } ?? "\(label(answer.table))"
        parts.append(style(subject, .strong))
        if answer.direction != .downstream { parts.append(tree("is made of", upstream: true)) }
        if answer.direction != .upstream {
            parts.append(tree(answer.column == nil ? "is read by" : "goes into", upstream: false))
        }
        for gap in answer.gaps { parts.append("note: the columns of \(gap.table) could not be followed: \(gap.why)") }
        return parts.joined(separator: "\n")
    }

    private func tree(_ title: String, upstream: Bool) -> String {
        var shown: Set<String> = []
        let children =
            answer.column.map { columnBranches(answer.table.description, $0, upstream, &shown) }
            ?? tableBranches(answer.table, upstream, &shown)
        return children.isEmpty ? "\(title) nothing in this project" : TextTree(title, children).render()
    }

    private func label(_ table: TableName) -> String {
        guard let entry = answer.table(table), entry.kind == .source else { return table.description }
        return "\(table) (source: \(entry.origin ?? "outside"))"
    }

    private func tableBranches(_ table: TableName, _ upstream: Bool, _ shown: inout Set<String>) -> [TextTree] {
        answer.neighbours(of: table, upstream: upstream).map { next in
            let more = answer.neighbours(of: next, upstream: upstream)
            guard shown.insert(next.key).inserted || more.isEmpty else { return TextTree("\(label(next)) …") }
            return TextTree(label(next), tableBranches(next, upstream, &shown))
        }
    }

    private func columnBranches(_ table: String, _ column: String, _ upstream: Bool, _ shown: inout Set<String>)
        -> [TextTree]
    {
        var branches: [TextTree] = []
        for edge in answer.neighbours(of: table, column, upstream: upstream) where edge.kind != .influence {
            let (next, field) = upstream ? (edge.inputTable, edge.inputColumn) : (edge.node, edge.column)
            let text = "\(next).\(field)\(words(edge.kind))"
            let more = answer.neighbours(of: next, field, upstream: upstream)
            guard shown.insert("\(next).\(field)".lowercased()).inserted || more.isEmpty else {
                branches.append(TextTree(text + " …"))
                continue
            }
            branches.append(TextTree(text, columnBranches(next, field, upstream, &shown)))
        }
        return branches + influences(table, column, upstream)
    }

    /// Columns that decide which rows there are, on one line: they are no part of the value.
    private func influences(_ table: String, _ column: String, _ upstream: Bool) -> [TextTree] {
        let edges = answer.neighbours(of: table, column, upstream: upstream).filter { $0.kind == .influence }
        var names: [String] = []
        for edge in edges {
            let name = upstream ? "\(edge.inputTable).\(edge.inputColumn)" : edge.node
            if !names.contains(name) { names.append(name) }
        }
        if names.isEmpty { return [] }
        return [TextTree("\(upstream ? "rows chosen by" : "chooses rows of") \(names.joined(separator: ", "))")]
    }

    private func words(_ kind: LineageEdge.Kind) -> String { kind == .copy ? "" : " (\(kind.rawValue))" }
}
