/// A regular expression of a contract, in the dialect of the standard (ECMA-262) and in that of the engine (RE2).
///
/// RE2 runs in linear time and so has no look-around and no back references. A pattern that needs them is
/// refused when the contract is read, and not when the load runs at night.
public struct TextPattern: Sendable, Hashable {
    /// As written in the contract.
    public let source: String
    /// For DuckDB.
    public let expression: String

    /// Why a pattern cannot be used.
    public struct Refusal: Error, Equatable {
        public let reason: String
        /// 0-based, in characters.
        public let offset: Int
    }

    public init(_ source: String) throws(Refusal) {
        self.source = source
        var translator = PatternTranslator(source)
        self.expression = try translator.translate()
    }
}

/// Walks a pattern once, copies what both dialects share, rewrites what differs and refuses the rest.
private struct PatternTranslator {
    let characters: [Character]
    var index = 0
    var out = ""
    var groups: [Int] = []
    /// True when a quantifier may follow.
    var hasAtom = false

    init(_ source: String) { characters = Array(source) }

    mutating func translate() throws(TextPattern.Refusal) -> String {
        while index < characters.count { try step() }
        if let open = groups.last { throw TextPattern.Refusal(reason: "a ( is never closed", offset: open) }
        return out
    }

    private func refuse(_ reason: String) -> TextPattern.Refusal { TextPattern.Refusal(reason: reason, offset: index) }

    private func starts(_ text: String) -> Bool { characters[index...].starts(with: text) }

    private mutating func copy(_ count: Int = 1) {
        let end = min(index + count, characters.count)
        out += String(characters[index..<end])
        index = end
    }

    private mutating func step() throws(TextPattern.Refusal) {
        switch characters[index] {
        case "\\":
            try escape(inClass: false)
            hasAtom = true
        case "[":
            try characterClass()
            hasAtom = true
        case "(":
            try openGroup()
            hasAtom = false
        case ")":
            if groups.popLast() == nil { throw refuse("a ) closes nothing") }
            copy()
            hasAtom = true
        case "*", "+", "?":
            if !hasAtom { throw refuse("there is nothing to repeat before \(characters[index])") }
            copy()
            if index < characters.count, characters[index] == "?" { copy() }
            hasAtom = false
        case "{": try braces()
        case "|", "^", "$":
            copy()
            hasAtom = false
        default:
            copy()
            hasAtom = true
        }
    }

    private mutating func openGroup() throws(TextPattern.Refusal) {
        for (mark, name) in [
            ("(?=", "look-ahead"), ("(?!", "look-ahead"), ("(?<=", "look-behind"), ("(?<!", "look-behind"),
        ]
        where starts(mark) {
            throw refuse("\(name) \(mark) is not supported")
        }
        groups.append(index)
        if starts("(?:") { return copy(3) }
        if starts("(?<"), let end = characters[index...].firstIndex(of: ">") {
            // The name is of no use here, and RE2 spells it another way.
            index = end + 1
            out += "("
            return
        }
        if starts("(?") { throw refuse("this kind of group is not supported") }
        copy()
    }

    private mutating func braces() throws(TextPattern.Refusal) {
        guard let end = characters[index...].firstIndex(of: "}") else {
            out += "\\"
            copy()
            hasAtom = true
            return
        }
        let inside = characters[(index + 1)..<end]
        let numbers = String(inside).split(separator: ",", omittingEmptySubsequences: false)
        let isQuantifier =
            (1...2).contains(numbers.count) && !numbers[0].isEmpty
            && numbers.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
        if !isQuantifier {
            out += "\\"
            copy()
            hasAtom = true
            return
        }
        if !hasAtom { throw refuse("there is nothing to repeat before {") }
        let counts = numbers.filter { !$0.isEmpty }.map { Int($0) ?? .max }
        if counts.contains(where: { $0 > 1000 }) { throw refuse("a repetition of more than 1000 is not supported") }
        if counts.count == 2, counts[0] > counts[1] { throw refuse("the repetition's bounds are the wrong way round") }
        copy(end - index + 1)
        if index < characters.count, characters[index] == "?" { copy() }
        hasAtom = false
    }

    private mutating func characterClass() throws(TextPattern.Refusal) {
        let start = index
        copy()
        if index < characters.count, characters[index] == "^" { copy() }
        if index < characters.count, characters[index] == "]" { throw refuse("an empty [] matches nothing") }
        while index < characters.count, characters[index] != "]" {
            if characters[index] == "\\" {
                try escape(inClass: true)
            } else if characters[index] == "[" {
                // RE2 would take [: as the start of a POSIX class.
                out += "\\"
                copy()
            } else {
                copy()
            }
        }
        if index >= characters.count { throw TextPattern.Refusal(reason: "a [ is never closed", offset: start) }
        copy()
    }

    private mutating func escape(inClass: Bool) throws(TextPattern.Refusal) {
        guard index + 1 < characters.count else { throw refuse("the pattern ends in a \\") }
        let next = characters[index + 1]
        switch next {
        case "1"..."9": throw refuse("the back reference \\\(next) is not supported")
        case "k": throw refuse("the back reference \\k is not supported")
        case "u", "x":
            let digits = next == "u" ? 4 : 2
            let code = characters[(index + 2)...].prefix(digits)
            guard code.count == digits, code.allSatisfy(\.isHexDigit) else {
                throw refuse("\\\(next) needs \(digits) hexadecimal digits")
            }
            if digits == 4, "dD".contains(code[code.startIndex]), "89abcdefABCDEF".contains(code[code.startIndex + 1]) {
                throw refuse("a surrogate is not supported; write the character itself")
            }
            out += "\\x{\(String(code))}"
            index += 2 + digits
        case "b" where inClass:
            out += "\\x08"
            index += 2
        case "0":
            out += "\\x00"
            index += 2
        case "d", "D", "w", "W", "s", "S", "b", "B", "n", "r", "t", "f", "v": copy(2)
        case "p", "P":
            guard index + 2 < characters.count, characters[index + 2] == "{",
                let end = characters[index...].firstIndex(of: "}")
            else { throw refuse("\\\(next) needs a class in braces") }
            copy(end - index + 1)
        case "c":
            guard index + 2 < characters.count, let letter = characters[index + 2].asciiValue,
                characters[index + 2].isLetter
            else { throw refuse("\\c needs a letter") }
            out += "\\x{\(String(letter % 32, radix: 16))}"
            index += 3
        default:
            // RE2 knows no escaped letters beyond its own; punctuation may always be escaped.
            if next.isLetter || next.isNumber { throw refuse("the escape \\\(next) is not known") }
            if next.isASCII {
                copy(2)
            } else {
                index += 1
                copy()
            }
        }
    }
}
