import WeirCore
import WeirQuality

/// A comparison as people read it: the verdict first, then the columns, then rows.
enum DiffText {
    private static let widest = 60
    private static let mostCells = 8

    static func render(_ diff: TableDiff, on terminal: Terminal) -> String {
        let style = terminal.style
        var parts = [heading(diff, style), verdict(diff, style)]
        let warnings = warnings(diff)
        if !warnings.isEmpty { parts.append(warnings.map { style($0, .warning) }.joined(separator: "\n")) }
        parts.append(structure(diff.onlyInA, diff.onlyInB, diff.types, terminal))
        parts.append(columns(diff, terminal))
        parts.append(changed(diff, terminal))
        parts.append(rows("only in A", diff.samples.removed, diff.rows.removed, terminal))
        parts.append(rows("only in B", diff.samples.added, diff.rows.added, terminal))
        parts.append(moved(diff, style))
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func heading(_ diff: TableDiff, _ style: Style) -> String {
        let sides = [("A", diff.a), ("B", diff.b)].map { name, side in
            "\(name)  \(style(Cell.visible(side.target), .strong))  \(Figures.count(Int64(side.rows), "row"))"
        }
        return (sides + [key(diff)]).joined(separator: "\n")
    }

    private static func key(_ diff: TableDiff) -> String {
        let compared = "\(Figures.count(Int64(diff.columns.count), "column")) compared"
        if diff.key.columns.isEmpty { return "no key was found: rows are compared as a whole, \(compared)" }
        let origin =
            switch diff.key.origin {
            case .given, .none: ""
            case .contract: ", from the contract"
            case .primaryKey: ", the primary key"
            case .uniqueIndex: ", a unique index"
            case .values: ", found in the values"
            }
        return "key \(diff.key.columns.joined(separator: ", "))\(origin); \(compared)"
    }

    private static func verdict(_ diff: TableDiff, _ style: Style) -> String {
        let rows = diff.rows
        if diff.isSame { return style("Same: \(Figures.count(Int64(rows.same), "row")).", .good) }
        let counts = [(rows.changed, "changed"), (rows.removed, "only in A"), (rows.added, "only in B")].filter {
            $0.0 > 0
        }.map { "\(Figures.count($0.0)) \($0.1)" }
        if counts.isEmpty {
            return style("Different, but not in the rows: all \(Figures.count(rows.same)) are the same.", .bad)
        }
        return style("Different: \((counts + ["\(Figures.count(rows.same)) same"]).joined(separator: ", ")).", .bad)
    }

    private static func warnings(_ diff: TableDiff) -> [String] {
        [("A", diff.a), ("B", diff.b)].flatMap { name, side -> [String] in
            var lines: [String] = []
            if side.unreadableRows > 0 {
                lines.append("\(name) has \(Figures.count(Int64(side.unreadableRows), "line")) that cannot be read")
            }
            if side.nullKeys > 0 {
                lines.append(
                    "\(name) has \(Figures.count(Int64(side.nullKeys), "row")) without a key; they are compared as a whole"
                )
            }
            if side.duplicateKeys > 0 {
                lines.append(
                    "\(name) has \(Figures.count(Int64(side.duplicateKeys), "key")) more than once, in \(Figures.count(side.duplicateRows)) rows; they are compared as a whole"
                )
            }
            return lines
        }
    }

    private static func structure(
        _ onlyInA: [TableDiff.NamedType], _ onlyInB: [TableDiff.NamedType], _ types: [TableDiff.TypePair],
        _ terminal: Terminal
    ) -> String {
        if onlyInA.isEmpty, onlyInB.isEmpty, types.isEmpty { return "" }
        var table = TextTable(["column", "type in A", "type in B"])
        for column in onlyInA { table.add([.init(column.name), .init(column.type), .init("–", .bad)]) }
        for column in onlyInB { table.add([.init(column.name), .init("–", .bad), .init(column.type)]) }
        for pair in types { table.add([.init(pair.name), .init(pair.a), .init(pair.b, .warning)]) }
        return table.render(on: terminal)
    }

    private static func columns(_ diff: TableDiff, _ terminal: Terminal) -> String {
        let changed = diff.columns.filter { $0.changed > 0 }
        guard !changed.isEmpty else { return "" }
        var table = TextTable(["column", "changed"])
        for column in changed.sorted(by: { $0.changed > $1.changed }) {
            table.add([column.name, Figures.count(column.changed)])
        }
        return table.render(on: terminal)
    }

    private static func changed(_ diff: TableDiff, _ terminal: Terminal) -> String {
        guard !diff.samples.changed.isEmpty else { return "" }
        var table = TextTable(diff.key.columns + ["column", "A", "B"])
        for row in diff.samples.changed {
            for change in row.changes {
                let (a, b) = Excerpt.pair(change.a, change.b, length: widest)
                table.add(row.key.map { item($0.value) } + [.init(change.column), item(a), item(b)])
            }
        }
        return title("changed", diff.samples.changed.count, diff.rows.changed, terminal) + table.render(on: terminal)
    }

    private static func rows(
        _ what: String, _ rows: [[TableDiff.Cell]], _ count: Int, _ terminal: Terminal
    ) -> String {
        guard let first = rows.first else { return "" }
        var table = TextTable(first.prefix(mostCells).map(\.column))
        for row in rows { table.add(row.prefix(mostCells).map { item($0.value) }) }
        return title(what, rows.count, count, terminal) + table.render(on: terminal)
    }

    private static func title(_ what: String, _ shown: Int, _ count: Int, _ terminal: Terminal) -> String {
        let some = shown < count ? " (\(Figures.count(shown)) of \(Figures.count(count)))" : ""
        return terminal.style("\(what)\(some)", .strong) + "\n"
    }

    private static func item(_ value: String?) -> TextTable.Item {
        guard let value else { return .init("NULL", .faint) }
        return .init(Cell.cut(Cell.visible(value), to: widest + 2))
    }

    private static func moved(_ diff: TableDiff, _ style: Style) -> String {
        guard let moved = diff.moved else { return "" }
        let segments =
            "segments that differ: \(Figures.count(moved.differingSegments)) of \(Figures.count(moved.segments))"
        let rows = "\(Figures.count(moved.rows)) of \(Figures.count(diff.a.rows + diff.b.rows)) rows"
        return style("\(segments); travelled: \(rows), \(Figures.bytes(Int64(moved.bytes)))", .faint)
    }

    // MARK: Schema

    static func render(_ diff: SchemaDiff, on terminal: Terminal) -> String {
        let style = terminal.style
        let sides = [("A", diff.a), ("B", diff.b)].map { name, side in
            let key = side.primaryKey.isEmpty ? "" : ", primary key \(side.primaryKey.joined(separator: ", "))"
            return
                "\(name)  \(style(Cell.visible(side.target), .strong))  \(Figures.count(Int64(side.columns), "column"))\(key)"
        }
        var notes: [String] = []
        if diff.keysDiffer { notes.append("the primary keys differ") }
        if diff.isReordered { notes.append("common columns stand in another order") }
        let verdict = diff.isSame ? style("Same columns and types.", .good) : style("Different.", .bad)
        return [
            sides.joined(separator: "\n"), ([verdict] + notes).joined(separator: "\n"),
            structure(diff.onlyInA, diff.onlyInB, diff.types, terminal),
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
