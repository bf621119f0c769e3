import Testing
import WeirStore

@testable import WeirAgent

@Suite("Memory blocks of a text")
struct MemoryBlocksTests {
    private static let good =
        "# Add To Memory:\nType: pattern\nContent: Use composite indexes for multi-column queries\n#\n"
    private static let block = MemoryBlock(
        line: 1, type: .pattern, content: "Use composite indexes for multi-column queries")

    @Test(
        "are found in any case and spacing",
        arguments: [
            good, good.uppercased().replacing("USE COMPOSITE INDEXES FOR MULTI-COLUMN QUERIES", with: block.content),
            good.replacing("\n", with: "\r\n"), good.replacing("\n", with: "\r"),
            "#Add  to\tmemory :\n  type:pattern\n\n  CONTENT :   \(block.content)  \n   #  ",
            "### Memorize:\nType: [pattern]\nContent: \(block.content)\n#",
            "## Remember:\nContent: \(block.content)\nType: Pattern.\n##",
            "**# Add To Memory:**\n**Type:** `pattern`\n**Content:** \(block.content)\n#",
            "- # Add To Memory:\n- Type: *pattern*\n- Content: \(block.content)\n#",
            "# Add To Memory:\nType: pattern\nContent: \(block.content)",
            "# Add To Memory:\nType: pattern\nContent: \(block.content)\n\nNow I go on with the work.",
            "# Add To Memory:\nType: pattern\nContent: \(block.content)\n## Next\nText.",
            "# Add To Memory\nType: pattern\nContent: \(block.content)\n#",
            "# Add To Memory:\nType: pattern\nContent: \(block.content)\n\nThe source is\ntype: csv\ncontent: rows\n",
            "# Add To Memory:\nType: pattern\nContent: \(block.content)\nThe source is\ntype: csv\n",
            "# Add To Memory:\nType: pattern\nContent: Use composite indexes\n  for multi-column\tqueries\n#",
            "# Add To Memory: #\nType: pattern\nContent: [\(block.content)]\n#",
            "# Add To Memory：\nType： pattern\nContent： \(block.content)\n#",
        ])
    func tolerant(text: String) {
        let found = MemoryBlocks(text)
        #expect(found.blocks == [Self.block], "\(text)")
        #expect(found.refused.isEmpty, "\(found.refused)")
    }

    @Test("stand between other text, one after the other, also where one is not closed")
    func several() {
        let found = MemoryBlocks(
            """
            I looked at it. # Remember:
            Type: mistake
            Content: Column #12 of the export is empty
            # Remember:
            Type: context
            Content: The shop closes at 18:00 Oslo time
            #
            And then
            # Memorize:
            Type: context
            Content: the shop closes at 18:00 oslo time.
            #
            """)
        #expect(found.blocks.map(\.type) == [.mistake, .context])
        #expect(
            found.blocks.map(\.content) == ["Column #12 of the export is empty", "The shop closes at 18:00 Oslo time"])
        #expect(found.blocks.map(\.line) == [1, 4])
        #expect(found.refused.isEmpty)
    }

    @Test(
        "are not found where there are none",
        arguments: [
            "", "#", "# Remember the rules\nType: pattern\n",
            "> # Add To Memory:\n> Type: pattern\n> Content: quoted text\n> #",
            "## Remember:\n- drink water\n- sleep\n", "Write `# Add To Memory:` to remember something.",
            "```\n# Add To Memory:\nType: [one of the types]\nContent: [5-100 characters]\n#\n```",
            "Type: pattern\nContent: no heading\n#",
            "# Remembering:\nType: pattern\nContent: not the word\n#", "# Add To Memory or not\ntext",
        ])
    func none(text: String) {
        let found = MemoryBlocks(text)
        #expect(found.blocks.isEmpty && found.refused.isEmpty, "\(found)")
    }

    @Test(
        "that are wrong are refused with what to do",
        arguments: [
            ("# Add To Memory:\nContent: has no type at all\n#", "has no type"),
            ("# Add To Memory:\nType:\nContent: has no type at all\n#", "has no type"),
            ("# Add To Memory:\nType: patern\nContent: Use composite indexes\n#", "did you mean \"pattern\"?"),
            ("# Add To Memory:\nType: pattern, mistake\nContent: of two types\n#", "is no type"),
            ("# Add To Memory:\nType: pattern\nType: mistake\nContent: of two types\n#", "several types"),
            ("# Add To Memory:\nType: pattern\n#", "no content"), ("# Add To Memory:\n#", "has no type"),
            ("# Remember:\nuse UTC\n#", "has no type"), ("# Remember: always use UTC\n\nText", "over lines"),
            ("# Add To Memory:\nType: pattern\nContent:\n#", "no content"),
            ("# Add To Memory:\nType: pattern\nContent: abcd\n#", "4 characters"),
            ("# Add To Memory:\nType: pattern\nContent: \(String(repeating: "é", count: 101))\n#", "101 characters"),
            ("# Add To Memory:\nType: pattern\nContent: first one\nContent: second one\n#", "several contents"),
            ("# Add To Memory:\nType: context\nContent: the password=hunter2 works\n#", "secrets are never kept"),
            ("# Add To Memory:\nType: context\nContent: hidden\u{202E} text here\n#", "cannot be seen"),
            ("```\n# Add To Memory:\nType: pattern\nContent: Use composite indexes\n#\n```", "outside of the fence"),
            ("~~~md\n# Remember:\nType: pattern\nContent: in a fence that never ends", "outside of the fence"),
        ])
    func refused(text: String, reason: String) {
        let found = MemoryBlocks(text)
        #expect(found.blocks.isEmpty, "\(found.blocks)")
        #expect(found.refused.count == 1 && found.refused[0].reason.contains(reason), "\(text)\n\(found.refused)")
        #expect(!found.refused.contains { $0.text.contains("hunter2") })
    }

    @Test("lengths are counted in characters as people see them, both ends in")
    func lengths() {
        for count in [5, 100] {
            for letter in ["a", "é", "👩‍👩‍👧", "中"] {
                let text = "# Remember:\nType: context\nContent: \(String(repeating: letter, count: count))\n#"
                #expect(MemoryBlocks(text).blocks.count == 1, "\(count) \(letter)")
            }
        }
    }

    @Test("after fenced code count again, and a fence inside of a longer one does not end it")
    func fences() {
        let text = "````\n```\n# Remember:\nType: context\nContent: in the fence\n#\n````\n\(Self.good)"
        let found = MemoryBlocks(text)
        #expect(found.blocks.map(\.content) == [Self.block.content])
        #expect(found.refused.map(\.line) == [3])
    }

    @Test("a text may hold a hundred; the rest is told")
    func many() {
        let text = (0..<120).map { "# Remember:\nType: context\nContent: memory \($0)\n#\n" }.joined()
        let found = MemoryBlocks(text)
        #expect(found.blocks.count == 100 && found.refused.count == 20)
    }
}
