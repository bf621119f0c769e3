import WeirCore

/// Draws a layout as SVG with links, and says in words what it shows.
enum LineagePicture {
    private static let boxWidth = 210
    private static let boxHeight = 32
    private static let gapAcross = 70
    private static let gapDown = 14

    /// - Parameters:
    ///   - center: the table that is marked, if any.
    ///   - link: address of a table's page, or nil where it has none.
    ///   - kind: `source`, `model` or `outside`: chooses the colour.
    static func svg(
        _ layout: LineageLayout, center: String?, link: (String) -> String?, kind: (String) -> String
    ) -> HTML {
        let tallest = Dictionary(grouping: layout.nodes, by: \.layer).mapValues(\.count)
        let most = tallest.values.max() ?? 1
        let layers = (layout.nodes.map(\.layer).max() ?? 0) + 1
        let width = layers * boxWidth + (layers - 1) * gapAcross + 4
        let height = most * (boxHeight + gapDown) - gapDown + 4
        var corner: [String: (x: Int, y: Int)] = [:]
        for node in layout.nodes {
            let count = tallest[node.layer] ?? 1
            let top = (height - (count * (boxHeight + gapDown) - gapDown)) / 2
            corner[node.name] = (2 + node.layer * (boxWidth + gapAcross), top + node.row * (boxHeight + gapDown))
        }
        let lines: [HTML] = layout.edges.compactMap { edge in
            guard let from = corner[edge.from], let to = corner[edge.to] else { return nil }
            let (x1, y1) = (from.x + boxWidth, from.y + boxHeight / 2)
            let (x2, y2) = (to.x, to.y + boxHeight / 2)
            let bend = max(30, abs(x2 - x1) / 2)
            return "<path d=\"M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)\"/>"
        }
        let boxes: [HTML] = layout.nodes.compactMap { node in
            guard let at = corner[node.name] else { return nil }
            let shown = Cell.cut(node.name, to: 26)
            let classes = kind(node.name) + (node.name == center ? " here" : "")
            let box: HTML = """
                <g class="\(classes)"><title>\(node.name)</title>\
                <rect x="\(at.x)" y="\(at.y)" width="\(boxWidth)" height="\(boxHeight)" rx="6"/>\
                <text x="\(at.x + 10)" y="\(at.y + 21)">\(shown)</text></g>
                """
            guard node.name != center, let address = link(node.name) else { return box }
            return "<a href=\"\(address)\">\(box)</a>"
        }
        let words = describe(layout, center: center)
        return """
            <div class="scroll"><svg role="group" aria-label="\(words)" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" class="lineage"><g class="edges" aria-hidden="true">\(lines)</g>\
            \(boxes)</svg></div>
            """
    }

    private static func describe(_ layout: LineageLayout, center: String?) -> String {
        let counts =
            "\(Figures.count(Int64(layout.nodes.count), "table")), \(Figures.count(Int64(layout.edges.count), "link"))"
        return center.map { "Lineage of \($0): \(counts), from left to right" }
            ?? "Lineage: \(counts), from left to right"
    }
}
