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
        let most = max(1, layout.heights.max() ?? 1)
        let layers = max(1, layout.heights.count)
        let width = layers * boxWidth + (layers - 1) * gapAcross + 4
        let height = most * (boxHeight + gapDown) - gapDown + 4
        var corner: [String: (x: Int, y: Int)] = [:]
        func place(layer: Int, row: Int) -> (x: Int, y: Int) {
            let count = layout.heights.indices.contains(layer) ? layout.heights[layer] : 1
            let top = (height - (count * (boxHeight + gapDown) - gapDown)) / 2
            return (2 + layer * (boxWidth + gapAcross), top + row * (boxHeight + gapDown))
        }
        for node in layout.nodes { corner[node.name] = place(layer: node.layer, row: node.row) }
        let lines: [HTML] = layout.edges.compactMap { edge in
            guard let from = corner[edge.from], let to = corner[edge.to] else { return nil }
            let stops = edge.through.map { place(layer: $0.layer, row: $0.row) } + [to]
            var (x, y) = (from.x + boxWidth, from.y + boxHeight / 2)
            var path = "M\(x) \(y)"
            for (index, stop) in stops.enumerated() {
                let middle = stop.y + boxHeight / 2
                let bend = max(30, abs(stop.x - x) / 2)
                path += "C\(x + bend) \(y) \(stop.x - bend) \(middle) \(stop.x) \(middle)"
                (x, y) = (stop.x + boxWidth, middle)
                if index < stops.count - 1 { path += "H\(x)" }
            }
            return "<path d=\"\(path)\"/>"
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
