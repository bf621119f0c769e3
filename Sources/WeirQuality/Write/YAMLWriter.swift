import WeirCore

/// Writes a ``YAMLTree`` so that reading the text gives the same tree, and writing that gives the same bytes.
///
/// Mappings are written over lines, short lists of single values on one, and texts of several lines as blocks.
struct YAMLWriter {
    private var lines: [String] = []
    /// Lists longer than this are written an item a line.
    private static let width = 110

    static func text(of tree: YAMLTree) -> String {
        var writer = YAMLWriter()
        writer.write(tree.entries, depth: 0)
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private mutating func write(_ entries: [YAMLTree.Entry], depth: Int) {
        let indent = String(repeating: "  ", count: depth)
        for entry in entries {
            // A line break in a comment would end it and begin YAML.
            for comment in entry.comments { lines.append("\(indent)# \(Cell.visible(comment))") }
            write(entry.value, after: "\(indent)\(YAMLText.literal(entry.key)):", depth: depth)
        }
    }

    /// Writes a value behind its key or dash.
    private mutating func write(_ value: YAMLTree, after head: String, depth: Int) {
        switch value {
        case .scalar(let text, let isText):
            if let block = Self.block(text) {
                lines.append("\(head) \(block.mark)")
                let indent = String(repeating: "  ", count: depth + 1)
                lines += block.lines.map { $0.isEmpty ? "" : indent + $0 }
            } else {
                lines.append("\(head) \(YAMLText.scalar(text, isText: isText))")
            }
        case .list(let items):
            let flow = YAMLText.flow(value)
            let isFlat = items.allSatisfy { if case .scalar = $0 { true } else { false } }
            if items.isEmpty || (isFlat && head.count + flow.count < Self.width) {
                lines.append("\(head) \(flow)")
            } else {
                lines.append(head)
                for item in items { write(item: item, depth: depth + 1) }
            }
        case .map(let entries):
            if entries.isEmpty {
                lines.append("\(head) {}")
            } else {
                lines.append(head)
                write(entries, depth: depth + 1)
            }
        }
    }

    private mutating func write(item: YAMLTree, depth: Int) {
        let indent = String(repeating: "  ", count: depth)
        switch item {
        case .map(let entries) where !entries.isEmpty:
            let start = lines.count
            write(entries, depth: depth + 1)
            // The first line that is no comment gets the dash.
            let first = lines[start...].firstIndex { !$0.hasPrefix("\(indent)  #") } ?? start
            for index in start..<first { lines[index] = String(lines[index].dropFirst(2)) }
            lines[first] = "\(indent)- " + lines[first].dropFirst(indent.count + 2)
        case .scalar(let text, let isText):
            lines.append("\(indent)- \(YAMLText.scalar(text, isText: isText))")
        case .list, .map:
            lines.append("\(indent)- \(YAMLText.flow(item))")
        }
    }

    /// A text of several lines as a block, where a block can hold it exactly.
    private static func block(_ text: String) -> (mark: String, lines: [String])? {
        guard text.contains("\n"), !text.hasSuffix("\n\n"), text.first?.isWhitespace == false else { return nil }
        let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isSafe = lines.allSatisfy { line in
            (line.isEmpty || !line.allSatisfy(\.isWhitespace))
                && line.unicodeScalars.allSatisfy { $0.value >= 0x20 && YAMLText.isPrintable($0) }
        }
        return isSafe && lines.last?.isEmpty == false ? (text.hasSuffix("\n") ? "|" : "|-", lines) : nil
    }
}
