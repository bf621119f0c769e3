import Testing
import WeirCore

@testable import WeirAI

@Suite("Chunks of documents")
struct ChunkingTests {
    static func chunks(_ text: String, limit: Int = 64, overlap: Int = 8) throws -> [TextChunk] {
        let tokenizer = try BuiltinEmbedder.shared().tokenizer
        let chunks = Chunking(limit: limit, overlap: overlap).chunks(of: text, by: tokenizer)
        try check(chunks, of: text, limit: limit, overlap: overlap, tokenizer)
        return chunks
    }

    /// What holds of every document.
    static func check(
        _ chunks: [TextChunk], of text: String, limit: Int, overlap: Int, _ tokenizer: BPETokenizer
    ) throws {
        let scalars = Array(text.unicodeScalars)
        var covered = [Bool](repeating: false, count: scalars.count)
        var last = 0..<0
        for (number, chunk) in chunks.enumerated() {
            #expect(chunk.number == number)
            #expect(chunk.tokens <= limit && chunk.tokens == tokenizer.count(chunk.text), "\(chunk)")
            #expect(Array(chunk.text.unicodeScalars) == Array(scalars[chunk.range]), "\(chunk)")
            #expect(chunk.range.lowerBound >= last.lowerBound && chunk.range.upperBound > last.upperBound)
            let repeated = scalars[chunk.range.lowerBound..<max(chunk.range.lowerBound, last.upperBound)]
            var text = ""
            text.unicodeScalars.append(contentsOf: repeated)
            #expect(repeated.isEmpty || tokenizer.count(text) <= overlap + 1, "\(text)")
            for index in chunk.range { covered[index] = true }
            last = chunk.range
        }
        // Characters, not code points: a blank with an accent on it is no blank.
        var offset = 0
        for character in text {
            let length = character.unicodeScalars.count
            if !character.isWhitespace {
                #expect(covered[offset..<(offset + length)].allSatisfy { $0 }, "lost: \(character.debugDescription)")
            }
            offset += length
        }
    }

    @Test("a short text is one chunk, a blank one none")
    func short() throws {
        #expect(try Self.chunks("Where is my parcel?").map(\.text) == ["Where is my parcel?"])
        for blank in ["", " ", "\n\n", "\t \r\n \u{3000}"] { #expect(try Self.chunks(blank).isEmpty) }
        #expect(try Self.chunks("  a\n\n").map(\.range) == [2..<3])
    }

    @Test("a heading stands with its text, and its path is carried")
    func headings() throws {
        let words = (1...40).map { "word\($0)" }.joined(separator: " ")
        let text = """
            Intro.

            # Shop

            ## Returns ##

            \(words). \(words).

            ### Costs
            Free within 30 days.

            ## Delivery

            Three days.
            """
        let chunks = try Self.chunks(text)
        #expect(chunks[0].text == "Intro." && chunks[0].headings.isEmpty)
        #expect(chunks[1].text.hasPrefix("# Shop\n\n## Returns ##\n\nword1") && chunks[1].headings == ["Shop"])
        #expect(chunks[2].headings == ["Shop", "Returns"])
        #expect(chunks[2].inContext.hasPrefix("Shop > Returns\n"))
        let costs = try #require(chunks.first { $0.text.contains("### Costs") })
        #expect(costs.text.contains("Free within 30 days."))
        let last = try #require(chunks.last)
        #expect(last.text == "## Delivery\n\nThree days." && last.headings == ["Shop", "Delivery"])
        #expect(last.inContext == "Shop\n## Delivery\n\nThree days.")
        for chunk in chunks.dropLast() {
            #expect(chunk.text.split(separator: "\n").last?.hasPrefix("#") == false, "\(chunk)")
        }
    }

    @Test("fences and tables are whole where they fit, else cut between lines")
    func solid() throws {
        let code = "```swift\nlet a = 1\n\n# no heading\nlet b = 2\n```"
        let table = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"
        let filler = String(repeating: "More words of no matter. ", count: 8)
        let chunks = try Self.chunks("\(filler)\n\n\(code)\n\n\(filler)\n\(table)\n\n\(filler)")
        #expect(chunks.contains { $0.text.contains(code) } && chunks.contains { $0.text.contains(table) })
        #expect(chunks.allSatisfy { $0.headings.isEmpty })
        let long = "```\n" + (1...60).map { "line \($0)" }.joined(separator: "\n") + "\n```"
        for chunk in try Self.chunks(long) {
            for line in chunk.text.split(separator: "\n") {
                #expect(line.hasPrefix("```") || line.wholeMatch(of: /line \d+/) != nil, "\(line)")
            }
        }
        // A fence that nobody closes reaches to the end.
        #expect(try Self.chunks("~~~\n# a\n\n# b").map(\.text) == ["~~~\n# a\n\n# b"])
    }

    @Test("texts are cut between sentences and items, and a chunk repeats the end of the one before it")
    func sentences() throws {
        let sentences = (1...30).map { "Sentence number \($0) is about this and that." }
        let chunks = try Self.chunks(sentences.joined(separator: " "), limit: 64, overlap: 16)
        #expect(chunks.count > 3)
        for chunk in chunks { #expect(chunk.text.hasSuffix("that.")) }
        for (before, chunk) in zip(chunks, chunks.dropFirst()) {
            #expect(chunk.range.lowerBound < before.range.upperBound, "nothing repeated")
        }
        let items = (1...40).map { "- item \($0) without a stop" }
        for chunk in try Self.chunks(items.joined(separator: "\n"), overlap: 0) {
            #expect(chunk.text.hasPrefix("- item") && chunk.text.hasSuffix("stop"))
        }
        let chinese = String(repeating: "退款来得太晚了。我的包裹在哪里？", count: 30)
        for chunk in try Self.chunks(chinese, overlap: 0) { #expect("。？".contains(chunk.text.last ?? " ")) }
    }

    @Test("words without an end, joined characters and long headings keep the limit too")
    func endless() throws {
        for text in [
            String(repeating: "a", count: 5000), String(repeating: "ab😀", count: 800),
            "e" + String(repeating: "\u{301}", count: 900), String(repeating: "👩‍👩‍👧‍👦", count: 200),
            "# " + String(repeating: "title ", count: 300) + "\n\ntext", "# " + String(repeating: "x", count: 3000),
            "| " + String(repeating: "cell | ", count: 400), String(repeating: "\n", count: 3000) + "x",
            "a" + String(repeating: "\n", count: 500) + "b", String(repeating: "# a\n", count: 200),
        ] {
            #expect(try !Self.chunks(text, limit: 16, overlap: 8).isEmpty)
        }
    }

    @Test("nothing is lost, no limit is passed, whatever the document", arguments: 0..<60)
    func anything(_ seed: Int) throws {
        var dice = SeededDice(seed: UInt64(seed))
        let parts = [
            "# Title\n", "## Part two\n", "###### deep\n", "\n", "\n\n", "```\ncode\n\n# x\n```\n", "~~~\n",
            "| a | b |\n",
            "|---|---|\n", "- item\n", "12. item\n", "A sentence ends here. ", "Was? ", "退款来得太晚了。", "\r\n", "\t", "  ",
            "😀", "e\u{301}", "\u{200D}", "word ", "Donaudampfschifffahrtsgesellschaft", "<s>", "\u{0}", "ا ب ت ",
            "a\u{A0}b",
            String(repeating: "x", count: 90), String(repeating: "lorem ipsum dolor ", count: 12),
        ]
        let text = (0..<Int.random(in: 1...80, using: &dice)).map { _ in parts.randomElement(using: &dice) ?? "" }
            .joined()
        let limit = [16, 24, 64, 256].randomElement(using: &dice) ?? 64
        let chunks = try Self.chunks(text, limit: limit, overlap: Int.random(in: 0...(limit / 2), using: &dice))
        #expect(chunks.isEmpty == text.allSatisfy(\.isWhitespace))
    }
}

/// Chances that are the same each time (SplitMix64).
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
