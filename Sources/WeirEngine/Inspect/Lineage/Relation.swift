import WeirCore

/// A table's column while a plan is read, as a number: plans mention the same few columns again and again.
typealias ColumnNumber = Int

/// What one column of an intermediate result is made of.
struct Origins: Hashable {
    private(set) var kinds: [ColumnNumber: Kind] = [:]

    /// In the order of what swallows what: an aggregate of a cast is an aggregation.
    enum Kind: Int, Hashable, Comparable {
        case identity, transformation, aggregation

        static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    static let none = Origins()

    init() {}

    init(_ column: ColumnNumber) { kinds[column] = .identity }

    mutating func merge(_ other: Origins, atLeast floor: Kind = .identity) {
        for (column, kind) in other.kinds {
            kinds[column] = max(kind, floor, kinds[column] ?? .identity)
        }
    }

    func lifted(to floor: Kind) -> Origins {
        var out = Origins()
        out.merge(self, atLeast: floor)
        return out
    }
}

/// Columns that decide about rows, each with what for.
struct Influence: Hashable {
    let column: ColumnNumber
    let kind: InputColumn.Kind
}

/// An intermediate result: what its columns are made of, and what decided about its rows.
struct Relation {
    var columns: [Origins]
    var indirect: Set<Influence> = []
    /// Set when the number of columns is unknown: what each of them may be made of.
    var spill: Origins?

    /// The origins of a column by position.
    subscript(index: Int) -> Origins {
        if let spill { return spill }
        return columns.indices.contains(index) ? columns[index] : .none
    }

    /// Everything any column is made of.
    var all: Origins {
        var out = spill ?? .none
        for column in columns { out.merge(column) }
        return out
    }

    /// The columns of both, side by side.
    func beside(_ other: Relation) -> Relation {
        var out = Relation(columns: columns + other.columns, indirect: indirect.union(other.indirect))
        if spill != nil || other.spill != nil {
            var all = all
            all.merge(other.all)
            out = Relation(columns: [], indirect: out.indirect, spill: all.lifted(to: .transformation))
        }
        return out
    }

    /// The columns at these positions only; all of them where the plan names none.
    func projected(_ map: JSONTree?) -> Relation {
        let positions = (map?.elements ?? []).compactMap(\.int)
        if positions.isEmpty || spill != nil { return self }
        var out = self
        out.columns = positions.map { self[$0] }
        return out
    }

    mutating func decided(by origins: Origins, as kind: InputColumn.Kind) {
        for column in origins.kinds.keys { indirect.insert(Influence(column: column, kind: kind)) }
    }
}
