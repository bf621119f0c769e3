import WeirStore

/// The line that begins a memory block.
struct MemoryHeading {
    /// What stands after the colon.
    let rest: String
    /// It says that it is a memory, and nothing else: `Remember:` may be a heading of any text.
    let isFormal: Bool

    private static let names = ["add to memory", "memorize", "memorise", "remember"]

    /// - Parameters:
    ///   - line: without space in front.
    ///   - next: the next line that is not blank, which decides where the heading alone does not.
    init?(_ line: Substring, next: () -> Substring?) {
        guard line.contains("#") else { return nil }
        if line.drop(while: { "*_-+ ".contains($0) }).first == "#", let heading = Self.read(line) {
            guard heading.hasColon || (heading.rest.isEmpty && Self.isKey(next())) else { return nil }
            (rest, isFormal) = (heading.rest, heading.isFormal)
            return
        }
        // At the end of a line of text: only where a block follows, and not where it is quoted as code.
        guard let mark = line.lastIndex(of: "#") else { return nil }
        var start = mark
        while start > line.startIndex, line[line.index(before: start)] == "#" { start = line.index(before: start) }
        guard start > line.startIndex, line[line.index(before: start)].isWhitespace,
            let heading = Self.read(line[start...]), heading.hasColon, heading.rest.isEmpty, Self.isKey(next())
        else { return nil }
        (rest, isFormal) = ("", heading.isFormal)
    }

    private static func isKey(_ line: Substring?) -> Bool {
        guard let line = line?.trimmingSpace else { return false }
        return MemoryKey.type.value(of: line) != nil || MemoryKey.content.value(of: line) != nil
    }

    private static func read(_ line: Substring) -> (rest: String, hasColon: Bool, isFormal: Bool)? {
        let text = line.drop { "#*_-+ \t".contains($0) }
        for name in names {
            guard var after = Self.drop(name, from: text) else { continue }
            after = after.drop { "*_ \t".contains($0) }
            let hasColon = after.first == ":" || after.first == "："
            if hasColon { after = after.dropFirst() }
            var rest = after.drop { "*_ \t".contains($0) }
            while let last = rest.last, last.isWhitespace || "#*_".contains(last) { rest.removeLast() }
            return (String(rest), hasColon, name == names[0])
        }
        return nil
    }

    /// The text after a name whose words may be apart by any space.
    private static func drop(_ name: String, from text: Substring) -> Substring? {
        var text = text
        for character in name {
            if character == " " {
                let rest = text.drop { $0 == " " || $0 == "\t" }
                if rest.startIndex == text.startIndex { return nil }
                text = rest
            } else {
                guard let first = text.first, first.lowercased() == String(character) else { return nil }
                text = text.dropFirst()
            }
        }
        if let next = text.first, next.isLetter || next.isNumber { return nil }
        return text
    }
}

/// The keys of a block.
enum MemoryKey: String {
    case type, content

    /// What stands after the key; nil for a line that does not begin with it.
    ///
    /// - Parameter line: without space around it.
    func value(of line: Substring) -> String? {
        var text = line.drop { "*_-+` \t".contains($0) }
        let isMarked = text.startIndex != line.startIndex
        for character in rawValue {
            guard let first = text.first, first.lowercased() == String(character) else { return nil }
            text = text.dropFirst()
        }
        text = text.drop { "*_` \t".contains($0) }
        guard text.first == ":" || text.first == "：" else { return nil }
        text = text.dropFirst().drop(while: \.isWhitespace)
        // `**Type:** pattern`, or all of it in bold.
        if isMarked {
            for mark in ["**", "__", "*", "`"] where text.hasPrefix(mark) && !text.dropFirst(mark.count).contains(mark)
            {
                text = text.dropFirst(mark.count).drop(while: \.isWhitespace)
            }
            for mark in ["**", "__"] where text.hasSuffix(mark) && !text.dropLast(mark.count).contains(mark) {
                text = text.dropLast(mark.count)
            }
        }
        return String(text.trimmingSpace)
    }
}

extension Substring {
    var trimmingSpace: Substring {
        var text = drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
