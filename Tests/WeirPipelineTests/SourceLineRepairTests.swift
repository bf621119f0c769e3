import Foundation
import Testing

@testable import WeirPipeline

@Suite("Finding lines whose quotes do not close")
struct SourceLineRepairTests {
    struct Outcome: Equatable {
        var text: String
        var broken: [Int: String]
    }

    private func repair(
        _ text: String, delimiter: String = ",", quote: String = "\"", escape: String = "\"",
        skip: Int = 0, comment: String? = nil, leavesOut: Bool = false
    ) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-repair-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appending(path: "a.csv"))
        let dialect = RecordWalk.Dialect(
            delimiter: delimiter, quote: quote, escape: escape, skip: skip, comment: comment)
        let repair = LineRepair(dialect: dialect, leavesOut: leavesOut)
        let broken = try repair.run(
            from: folder.appending(path: "a.csv").path, to: folder.appending(path: "sub/b.csv").path)
        let copy = try Data(contentsOf: folder.appending(path: "sub/b.csv"))
        return Outcome(
            text: String(decoding: copy, as: UTF8.self),
            broken: Dictionary(broken.map { ($0.line, $0.text) }, uniquingKeysWith: { a, _ in a }))
    }

    static let cases: [(String, String, [Int: String])] = [
        ("", "", [:]),
        ("a,b\n1,2\n", "a,b\n1,2\n", [:]),
        ("a,b\n1,2", "a,b\n1,2\n", [:]),
        ("a,b\r\n\"1\",2\r\n", "a,b\n\"1\",2\n", [:]),
        ("a\rb\r", "a\nb\n", [:]),
        ("\u{FEFF}a,b\n1,\"2\n", "\u{FEFF}a,b\n\n", [2: "1,\"2"]),
        ("a\n\"x\ny\"\nz\n", "a\n\"x\ny\"\nz\n", [:]),
        ("a\n\"x\r\ny\"\r\nz\r\n", "a\n\"x\ny\"\nz\n", [:]),
        ("a\n1,\"x\n2,y\n3,\"z\"\n", "a\n\n2,y\n3,\"z\"\n", [2: "1,\"x"]),
        ("\"a\"\"b\",c\n", "\"a\"\"b\",c\n", [:]),
        ("\"a\"b,c\n", "\n", [1: "\"a\"b,c"]),
        ("a \"quoted\" word,c\n", "a \"quoted\" word,c\n", [:]),
        ("\"", "\n", [1: "\""]),
        ("x\n\"", "x\n\n", [2: "\""]),
        ("\"\"\n", "\"\"\n", [:]),
        ("\"\"\"\n", "\n", [1: "\"\"\""]),
        ("\"\"\"\"\n", "\"\"\"\"\n", [:]),
        ("a,\"b\"\n\nc,d\n", "a,\"b\"\n\nc,d\n", [:]),
        ("\"a,\nb\",\"c\nd\"\ne\n", "\"a,\nb\",\"c\nd\"\ne\n", [:]),
    ]

    @Test("quotes that close are kept, over several lines too; others are set aside alone", arguments: cases)
    func lines(text: String, copy: String, broken: [Int: String]) throws {
        #expect(try repair(text) == Outcome(text: copy, broken: broken))
    }

    @Test("in a file of one column a broken line is left out")
    func leftOut() throws {
        let outcome = try repair("n\n1\n\"2\n3\n", leavesOut: true)
        #expect(outcome == Outcome(text: "n\n1\n3\n", broken: [3: "\"2"]))
    }

    @Test("lines before the header and comments may hold any quote")
    func preamble() throws {
        let outcome = try repair("Report \"x\n\"y\na,b\n#\"z\n1,\"2\n", skip: 2, comment: "#")
        #expect(outcome == Outcome(text: "Report \"x\n\"y\na,b\n#\"z\n\n", broken: [5: "1,\"2"]))
    }

    @Test("another quote, delimiter and escape")
    func dialect() throws {
        let outcome = try repair("'a\\'b';c\n'a'b;c\n\"x;y\n", delimiter: ";", quote: "'", escape: "\\")
        #expect(outcome == Outcome(text: "'a\\'b';c\n\n\"x;y\n", broken: [2: "'a'b;c"]))
    }

    @Test("a huge line, and a value over more lines than any real one")
    func huge() throws {
        let long = String(repeating: "x", count: 3 << 20)
        #expect(try repair("a\n\"\(long)\"\nb\n").text == "a\n\"\(long)\"\nb\n")
        let many = String(repeating: "line\n", count: RecordWalk.longestValue + 5)
        let outcome = try repair("a\n\"open\n\(many)close\"\nb\n")
        #expect(outcome.broken.keys.sorted() == [2])
    }

    @Test("random texts: no line is lost, and what is kept has quotes that close")
    func property() throws {
        var random = SeededLines(state: 20_261_123)
        let alphabet = ["a", ",", "\"", "\n", "\"\"", ",\"", "\",", "\r\n", "x y", "é"]
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? ""
            }
            .joined()
            let outcome = try repair(text)
            let lines = Self.lines(of: text)
            var copied = Self.lines(of: outcome.text)
            #expect(copied.count == lines.count, "\(text.debugDescription)")
            for (number, line) in outcome.broken where number <= copied.count {
                #expect(lines[number - 1] == line)
                #expect(copied[number - 1].isEmpty)
                copied[number - 1] = line
            }
            #expect(copied == lines, "\(text.debugDescription)")
            #expect(Self.isWellFormed(outcome.text), "\(text.debugDescription) → \(outcome.text.debugDescription)")
            let again = try repair(outcome.text)
            #expect(again.broken.isEmpty)
            if Self.isWellFormed(text) { #expect(outcome.broken.isEmpty, "\(text.debugDescription)") }
        }
    }

    /// The simplest reading of the format: fields are quoted whole or not at all.
    private static func isWellFormed(_ text: String) -> Bool {
        let bytes = Array(text.replacing("\r\n", with: "\n").utf8)
        let (quote, comma, newline) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"))
        var index = 0
        while index < bytes.count {
            if bytes[index] == quote {
                index += 1
                while true {
                    guard index < bytes.count else { return false }
                    if bytes[index] != quote {
                        index += 1
                    } else if index + 1 < bytes.count, bytes[index + 1] == quote {
                        index += 2
                    } else {
                        index += 1
                        break
                    }
                }
                if index < bytes.count, bytes[index] != comma, bytes[index] != newline { return false }
            }
            while index < bytes.count, bytes[index] != comma, bytes[index] != newline { index += 1 }
            index += 1
        }
        return true
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// The same numbers on every run.
struct SeededLines: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed ^= mixed >> 33
        mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 33)
    }
}
