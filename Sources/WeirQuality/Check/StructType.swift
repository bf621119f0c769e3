/// Finds the type of a field inside DuckDB's text of an object type: `STRUCT(a INTEGER, "b c" VARCHAR[])`.
enum StructType {
    static func family(of path: ColumnPath, in type: String) -> TypeFamily {
        var type = type
        for name in path.parts.dropFirst() {
            // What is inside of JSON is looked at as text.
            if type.uppercased() == "JSON" { return .text }
            if ColumnPath.isMany(name) {
                guard let inside = part(name, of: type) else { return .other }
                type = inside
                continue
            }
            guard let next = fields(of: type).first(where: { $0.name.lowercased() == name.lowercased() }) else {
                return .other
            }
            type = next.type
        }
        return TypeFamily(sql: type)
    }

    static func fields(of type: String) -> [(name: String, type: String)] {
        guard type.uppercased().hasPrefix("STRUCT("), type.hasSuffix(")") else { return [] }
        return split(type.dropFirst(7).dropLast()).compactMap(field)
    }

    /// The type of an array's items, or of a map's keys or values.
    private static func part(_ name: String, of type: String) -> String? {
        if name == ColumnPath.items {
            guard type.hasSuffix("]"), let open = type.lastIndex(of: "[") else { return nil }
            return String(type[..<open])
        }
        guard type.uppercased().hasPrefix("MAP("), type.hasSuffix(")") else { return nil }
        let parts = split(type.dropFirst(4).dropLast())
        guard parts.count == 2 else { return nil }
        return String(parts[name == ColumnPath.mapKeys ? 0 : 1].drop { $0 == " " })
    }

    private static func field(_ text: Substring) -> (String, String)? {
        let body = text.drop(while: { $0 == " " })
        guard body.first == "\"" else {
            guard let space = body.firstIndex(of: " ") else { return nil }
            return (String(body[..<space]), String(body[body.index(after: space)...]))
        }
        var name = ""
        var index = body.index(after: body.startIndex)
        while index < body.endIndex {
            if body[index] == "\"" {
                let next = body.index(after: index)
                guard next < body.endIndex, body[next] == "\"" else { break }
                index = next
            }
            name.append(body[index])
            index = body.index(after: index)
        }
        guard index < body.endIndex else { return nil }
        return (name, String(body[body.index(after: index)...].drop(while: { $0 == " " })))
    }

    /// At commas outside brackets and quotes.
    private static func split(_ text: Substring) -> [Substring] {
        var parts: [Substring] = []
        var depth = 0
        var isQuoted = false
        var start = text.startIndex
        for index in text.indices {
            switch text[index] {
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted, "[" where !isQuoted: depth += 1
            case ")" where !isQuoted, "]" where !isQuoted: depth -= 1
            case "," where !isQuoted && depth == 0:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: break
            }
        }
        parts.append(text[start...])
        return parts
    }
}
