/// A pattern of paths: `*` and `?` stay within a name, `**` crosses folders, `{a,b}` is either.
///
/// Both of the pattern and of the text every position is looked at once, so that no pattern can make it slow.
struct PathPattern: Sendable, Hashable {
    private enum Piece: Hashable {
        case scalar(Unicode.Scalar)
        /// `?`
        case one
        /// `*`
        case name
        /// `**`
        case path
        /// `**/`: any folders, or none.
        case folders
    }

    private let choices: [[Piece]]

    /// Most alternatives that braces may multiply to.
    static let mostChoices = 64

    /// Nil when braces are left open or stand for too many patterns.
    init?(_ text: String) {
        guard text.utf8.count <= 1_000, let expanded = Self.expand(Array(text.unicodeScalars)) else { return nil }
        choices = expanded.map(Self.pieces)
    }

    func matches(_ path: String) -> Bool {
        let scalars = Array(path.unicodeScalars)
        return choices.contains { Self.matches($0, scalars) }
    }

    // MARK: Reading

    private static func expand(_ text: [Unicode.Scalar]) -> [[Unicode.Scalar]]? {
        guard let open = text.firstIndex(of: "{") else { return [text] }
        guard let close = text[open...].firstIndex(of: "}") else { return nil }
        let options = text[(open + 1)..<close].split(separator: ",", omittingEmptySubsequences: false)
        guard let rests = expand(Array(text[(close + 1)...])), options.count * rests.count <= mostChoices else {
            return nil
        }
        return options.flatMap { option in rests.map { text[..<open] + option + $0 } }
    }

    private static func pieces(_ text: [Unicode.Scalar]) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case "*" where index + 1 < text.count && text[index + 1] == "*":
                let startsName = index == 0 || text[index - 1] == "/"
                index += 2
                while index < text.count, text[index] == "*" { index += 1 }
                if startsName, index < text.count, text[index] == "/" {
                    index += 1
                    pieces.append(.folders)
                } else {
                    pieces.append(.path)
                }
                continue
            case "*": pieces.append(.name)
            case "?": pieces.append(.one)
            case let scalar: pieces.append(.scalar(scalar))
            }
            index += 1
        }
        return pieces
    }

    // MARK: Matching

    /// Follows all ways through the pattern at once.
    private static func matches(_ pieces: [Piece], _ text: [Unicode.Scalar]) -> Bool {
        var states = [Bool](repeating: false, count: pieces.count + 1)
        arrive(0, pieces, &states)
        for scalar in text {
            var next = [Bool](repeating: false, count: pieces.count + 1)
            for (index, piece) in pieces.enumerated() where states[index] {
                switch piece {
                case .scalar(let wanted): if wanted == scalar { arrive(index + 1, pieces, &next) }
                case .one: if scalar != "/" { arrive(index + 1, pieces, &next) }
                case .name: if scalar != "/" { arrive(index, pieces, &next) }
                case .path: arrive(index, pieces, &next)
                case .folders:
                    // What follows begins a name: only after a slash may it be reached.
                    next[index] = true
                    if scalar == "/" { arrive(index + 1, pieces, &next) }
                }
            }
            states = next
        }
        return states[pieces.count]
    }

    /// Marks a place, and those after pieces that may stand for nothing.
    private static func arrive(_ index: Int, _ pieces: [Piece], _ states: inout [Bool]) {
        var index = index
        states[index] = true
        while index < pieces.count, [.name, .path, .folders].contains(pieces[index]) {
            index += 1
            states[index] = true
        }
    }
}
