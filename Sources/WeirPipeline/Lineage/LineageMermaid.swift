import WeirCore
import WeirStore

extension LineageAnswer {
    /// The answer as a Mermaid flowchart, from left to right.
    ///
    /// An arrow that only decides about rows is dashed; one that changes the value says how.
    public var mermaid: String {
        var chart = Chart()
        if let column {
            chart.node("\(table).\(column)", isSubject: true)
            for edge in columns {
                let to = edge.column.isEmpty ? "rows of \(edge.node)" : "\(edge.node).\(edge.column)"
                chart.arrow("\(edge.inputTable).\(edge.inputColumn)", to, edge.kind)
            }
        } else {
            for entry in tables { chart.node(entry.name.description, isSubject: entry.name == table) }
            for link in links { chart.arrow(link.from.description, link.to.description, .copy) }
        }
        return chart.text
    }

    private struct Chart {
        private var names: [String: String] = [:]
        private var lines = ["flowchart LR"]
        private var arrows: [String] = []

        var text: String { (lines + arrows).joined(separator: "\n") }

        @discardableResult
        mutating func node(_ label: String, isSubject: Bool = false) -> String {
            if let name = names[label] { return name }
            let name = "n\(names.count)"
            names[label] = name
            lines.append("    \(name)[\"\(Self.escape(label))\"]")
            if isSubject { arrows.append("    style \(name) stroke-width:3px") }
            return name
        }

        mutating func arrow(_ from: String, _ to: String, _ kind: LineageEdge.Kind) {
            let (start, end) = (node(from), node(to))
            let line =
                switch kind {
                case .copy: "-->"
                case .computed, .aggregated: "-->|\(kind.rawValue)|"
                case .influence: "-.->"
                }
            let text = "    \(start) \(line) \(end)"
            if !arrows.contains(text) { arrows.append(text) }
        }

        /// Mermaid knows HTML's numbered characters in quoted labels.
        private static func escape(_ label: String) -> String {
            label.unicodeScalars.map { scalar in
                let isPlain =
                    scalar.value > 0x7F || scalar.properties.isAlphabetic
                    || "0123456789._ -".unicodeScalars.contains(scalar)
                return isPlain ? String(scalar) : "#\(scalar.value);"
            }.joined()
        }
    }
}
