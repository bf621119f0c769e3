import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

@Suite("Memory blocks that nobody would write")
struct MemoryBlockFuzzTests {
    private static let pieces = [
        "# Add To Memory:", "## remember :", "#memorize:", "#", "##", "# ", "Type: pattern", "type:[mistake]", "Type:",
        "Type: patern", "Content: Use composite indexes", "content :x", "Content: ", "Content: password=hunter2", "\n",
        "\n", "\n", "\r\n", "\r", "```", "~~~~", "````", "> ", "- ", "**", "`", "[", "]", ":", "：", "\u{0}", "\u{202E}",
        "\u{FEFF}", "é", "👩‍👩‍👧", "中文", " ", "\t", "\u{2028}", "a", "word and word",
        "# Remember:\nType: context\nContent: some text\n#\n", "\n# Memorize:\nContent: other text\nType: pattern\n#\n",
    ]

    /// 100,000 in all: each is read without a crash or a hang, what is kept is right, and what is refused says why.
    @Test("are read or refused, and never crash or hang", arguments: 0..<4)
    func fuzz(part: Int) {
        var random = Seeded(UInt64(part) + 5)
        var kept = 0
        var refused = 0
        for _ in 0..<25_000 {
            var text = ""
            for _ in 0..<(1 + random.below(14)) {
                text += Self.pieces[random.below(Self.pieces.count)]
                if random.below(3) == 0 { text += "\n" }
            }
            let found = MemoryBlocks(text)
            kept += found.blocks.count
            refused += found.refused.count
            for block in found.blocks where !Self.isSound(block, text) {
                Issue.record("\(block) of \(text.debugDescription)")
            }
            for one in found.refused where one.reason.isEmpty || one.line < 1 || one.text.contains("hunter2") {
                Issue.record("\(one) of \(text.debugDescription)")
            }
        }
        // It must not be that all of them were nothing.
        #expect(kept > 500 && refused > 500, "\(kept) kept, \(refused) refused")
    }

    private static func isSound(_ block: MemoryBlock, _ text: String) -> Bool {
        (5...100).contains(block.content.count) && SecretShape.found(in: block.content) == nil
            && !block.content.contains(where: \.isNewline) && block.line >= 1
            && block.line <= text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            // Nothing is made up: every word was there.
            && block.content.split(separator: " ").allSatisfy { text.contains($0) }
    }

    @Test("that are very long are read in one pass")
    func long() {
        let heads = String(repeating: "# Remember:\n", count: 50_000)
        #expect(MemoryBlocks(heads).blocks.isEmpty)
        let blanks = "# Remember" + String(repeating: "\n", count: 200_000) + "Type: pattern"
        #expect(MemoryBlocks(blanks).blocks.isEmpty)
        let line = "# Add To Memory:\nType: context\nContent: " + String(repeating: "word ", count: 100_000) + "\n#"
        #expect(MemoryBlocks(line).refused.count == 1)
    }
}
