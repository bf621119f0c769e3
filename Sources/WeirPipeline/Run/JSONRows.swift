import WeirCore
import WeirEngine

/// Rows as a JSON list of objects, written while they come: one row a line, its columns in the order of the query.
struct JSONRows {
    private let names: [[UInt8]]
    private var isFirst = true
    private(set) var count = 0

    init(_ columns: [Column]) {
        names = Self.distinct(columns.map(\.name)).map { name in
            var out: [UInt8] = []
            JSONValue.write(name, to: &out)
            return out
        }
    }

    /// An object has each key once, so a second column `a` is `a_1`, as DuckDB names it in a subquery.
    static func distinct(_ names: [String]) -> [String] {
        var taken = Set(names)
        var seen = Set<String>()
        return names.map { name in
            if seen.insert(name).inserted { return name }
            var number = 1
            while !taken.insert("\(name)_\(number)").inserted { number += 1 }
            return "\(name)_\(number)"
        }
    }

    mutating func add(_ chunk: Chunk, to out: inout [UInt8]) {
        for row in 0..<chunk.count {
            out += (isFirst ? "[\n  {" : ",\n  {").utf8
            isFirst = false
            for column in names.indices {
                if column > 0 { out += ", ".utf8 }
                out += names[column]
                out += ": ".utf8
                Self.write(chunk[row, column], to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
        count += chunk.count
    }

    func finish(_ out: inout [UInt8]) { out += (isFirst ? "[]\n" : "\n]\n").utf8 }

    /// Integers up to 64 bits and finite floats are numbers; decimals, larger integers and everything else that JSON
    /// has no type for (NaN too) are texts, so that no reader rounds them.
    static func write(_ value: Value, to out: inout [UInt8]) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .int(let value): out += String(value).utf8
        case .double(let value) where value.isFinite: out += "\(value)".utf8
        case .float(let value) where value.isFinite: out += "\(value)".utf8
        case .list(let items):
            out.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { out += ", ".utf8 }
                write(item, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .structure(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out += ", ".utf8 }
                JSONValue.write(member.name, to: &out)
                out += ": ".utf8
                write(member.value, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        default:
            if let whole = value.int, !value.isDecimal {
                out += String(whole).utf8
            } else {
                JSONValue.write(value.display, to: &out)
            }
        }
    }
}

extension Value {
    fileprivate var isDecimal: Bool {
        if case .decimal = self { return true }
        return false
    }
}
