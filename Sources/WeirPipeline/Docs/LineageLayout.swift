/// Where tables stand in a picture: in layers from left to right, each one right of all that it reads.
///
/// Deterministic: the same graph gives the same picture, whatever the order in which it was given.
struct LineageLayout: Sendable, Hashable {
    struct Node: Sendable, Hashable {
        let name: String
        let layer: Int
        /// Position in the layer, from 0.
        let row: Int
    }

    struct Edge: Sendable, Hashable {
        let from: String
        let to: String
        /// Where a line that passes layers goes through them, so that it hides behind no table.
        var through: [Slot] = []
    }

    struct Slot: Sendable, Hashable {
        let layer: Int
        let row: Int
    }

    let nodes: [Node]
    let edges: [Edge]
    /// Rows of each layer, those that only lines pass through among them.
    let heights: [Int]
    /// How many tables were left out because there are too many.
    let hidden: Int

    /// Lays out a table with all that it is made of and all that is made of it.
    ///
    /// - Parameters:
    ///   - inputs: what each table reads.
    ///   - readers: the reverse.
    ///   - limit: the nearest so many tables are shown.
    static func around(
        _ center: String, inputs: [String: [String]], readers: [String: [String]], limit: Int = 60
    ) -> LineageLayout {
        let up = reach(center, inputs)
        let down = reach(center, readers)
        let distance = up.merging(down) { min($0, $1) }
        let near = distance.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(max(1, limit)).map(\.key)
        return layout(Set(near), inputs: inputs, hidden: distance.count - near.count)
    }

    /// What reads each table, sorted.
    static func readers(_ inputs: [String: [String]]) -> [String: [String]] {
        var readers: [String: [String]] = [:]
        for (table, sources) in inputs.sorted(by: { $0.key < $1.key }) {
            for source in Set(sources) where source != table { readers[source, default: []].append(table) }
        }
        return readers
    }

    /// Lays out the whole graph, or nothing of it beyond `limit` tables.
    static func all(_ inputs: [String: [String]], limit: Int = 120) -> LineageLayout? {
        let names = Set(inputs.keys).union(inputs.values.joined())
        return names.isEmpty || names.count > limit ? nil : layout(names, inputs: inputs, hidden: 0)
    }

    private static func reach(_ start: String, _ next: [String: [String]]) -> [String: Int] {
        var distance = [start: 0]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let name = queue[head]
            head += 1
            for other in next[name] ?? [] where distance[other] == nil {
                distance[other] = (distance[name] ?? 0) + 1
                queue.append(other)
            }
        }
        return distance
    }

    /// Beyond so many, room for passing lines would push the tables apart and make nothing clearer.
    private static let waypointLimit = 120

    private static func layout(_ names: Set<String>, inputs: [String: [String]], hidden: Int) -> LineageLayout {
        var edges: Set<Edge> = []
        for name in names {
            for source in inputs[name] ?? [] where names.contains(source) && source != name {
                edges.insert(Edge(from: source, to: name))
            }
        }
        let layers = layers(names.sorted(), edges)
        var rows = Dictionary(grouping: names.sorted(), by: { layers[$0] ?? 0 })
        var steps: Set<Edge> = []
        var waypoints: [Edge: [String]] = [:]
        let isRouted =
            edges.reduce(0) { $0 + max(0, (layers[$1.to] ?? 0) - (layers[$1.from] ?? 0) - 1) } <= waypointLimit
        for edge in edges.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            let start = (layers[edge.from] ?? 0) + 1
            let between = start..<(isRouted ? max(start, layers[edge.to] ?? 0) : start)
            // No table's name holds a control character.
            let passed = between.map { "\(edge.from)\u{1}\(edge.to)\u{1}\($0)" }
            for (layer, name) in zip(between, passed) { rows[layer, default: []].append(name) }
            waypoints[edge] = passed
            let stops = [edge.from] + passed + [edge.to]
            for (from, to) in zip(stops, stops.dropFirst()) { steps.insert(Edge(from: from, to: to)) }
        }
        order(&rows, steps)
        var slots: [String: Slot] = [:]
        for (layer, names) in rows {
            for (row, name) in names.enumerated() { slots[name] = Slot(layer: layer, row: row) }
        }
        let nodes = rows.keys.sorted().flatMap { layer in
            (rows[layer] ?? []).enumerated().filter { names.contains($1) }.map { Node(name: $1, layer: layer, row: $0) }
        }
        let routed = edges.map { edge in
            Edge(from: edge.from, to: edge.to, through: (waypoints[edge] ?? []).compactMap { slots[$0] })
        }
        return LineageLayout(
            nodes: nodes, edges: routed.sorted { ($0.from, $0.to) < ($1.from, $1.to) },
            heights: (0..<((rows.keys.max() ?? -1) + 1)).map { rows[$0]?.count ?? 0 }, hidden: hidden)
    }

    /// The length of the longest way to each table. A cycle, which no sound project has, is cut where it is met.
    private static func layers(_ names: [String], _ edges: Set<Edge>) -> [String: Int] {
        var missing: [String: Int] = [:]
        var next: [String: [String]] = [:]
        for edge in edges {
            missing[edge.to, default: 0] += 1
            next[edge.from, default: []].append(edge.to)
        }
        var layer: [String: Int] = [:]
        var queue = names.filter { missing[$0] == nil }
        var done: Set<String> = []
        var head = 0
        while done.count < names.count {
            if head == queue.count {
                guard let cut = names.first(where: { !done.contains($0) }) else { break }
                queue.append(cut)
            }
            let name = queue[head]
            head += 1
            if !done.insert(name).inserted { continue }
            for other in (next[name] ?? []).sorted() where !done.contains(other) {
                layer[other] = max(layer[other] ?? 0, (layer[name] ?? 0) + 1)
                missing[other, default: 1] -= 1
                if missing[other] == 0 { queue.append(other) }
            }
        }
        return layer
    }

    /// Sorts each layer by where its neighbours stand, to and fro, so that fewer lines cross.
    private static func order(_ rows: inout [Int: [String]], _ edges: Set<Edge>) {
        var before: [String: [String]] = [:]
        var after: [String: [String]] = [:]
        for edge in edges {
            before[edge.to, default: []].append(edge.from)
            after[edge.from, default: []].append(edge.to)
        }
        var place: [String: Double] = [:]
        for names in rows.values { for (row, name) in names.enumerated() { place[name] = Double(row) } }
        let order = rows.keys.sorted()
        for sweep in 0..<6 {
            let neighbours = sweep.isMultiple(of: 2) ? before : after
            for layer in sweep.isMultiple(of: 2) ? order : order.reversed() {
                let names = rows[layer] ?? []
                let wish = Dictionary(
                    uniqueKeysWithValues: names.map { name in
                        let places = (neighbours[name] ?? []).compactMap { place[$0] }.sorted()
                        return (name, places.isEmpty ? place[name] ?? 0 : places.reduce(0, +) / Double(places.count))
                    })
                let sorted = names.sorted { ((wish[$0] ?? 0), $0) < ((wish[$1] ?? 0), $1) }
                for (row, name) in sorted.enumerated() { place[name] = Double(row) }
                rows[layer] = sorted
            }
        }
    }
}
