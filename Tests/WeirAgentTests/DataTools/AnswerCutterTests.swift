import Testing
import WeirCore

@testable import WeirAgent

@Suite("Cutting of answers")
struct AnswerCutterTests {
    @Test("pages add up to all items, each within its bytes")
    func pages() throws {
        let items = (0..<500).map {
            JSONValue.object(["n": .int($0), "text": .string(String(repeating: "é", count: Int($0) % 97))])
        }
        var seen: [JSONValue] = []
        var offset = 0
        while true {
            let page = AnswerCutter(bytes: 2000).answer(items, key: "items", from: offset, mark: "m")
            #expect(page.bytes.count < 2300)
            #expect(page["total"] == 500)
            let part = page["items"]?.items ?? []
            #expect(!part.isEmpty)
            seen += part
            guard let cursor = page["next_cursor"]?.text else {
                #expect(page["truncated"] == false)
                break
            }
            #expect(page["truncated"] == true)
            offset = try #require(PageCursor(cursor)).offset
        }
        #expect(seen == items)
    }

    @Test("one item that is too large is made smaller and never repeated for ever")
    func giant() throws {
        let giant = JSONValue.object([
            "text": .string(String(repeating: "x", count: 100_000)),
            "list": .array(Array(repeating: "abc", count: 5000)),
        ])
        let page = AnswerCutter(bytes: 2000).answer([giant, 1], key: "items", mark: "m")
        #expect(page["truncated"] == true)
        #expect(page["items"]?.items.count == 1)
        #expect(page.bytes.count < 2300)
        #expect(PageCursor(page["next_cursor"]?.text ?? "")?.offset == 1)
    }

    @Test("nothing is an answer too, and an offset beyond the end")
    func empty() {
        #expect(AnswerCutter().answer([], key: "items", mark: "m") == ["items": [], "total": 0, "truncated": false])
        #expect(AnswerCutter().answer([1], key: "items", from: 9, mark: "m")["items"] == [])
    }

    @Test("what stands beside the list is cut as well, and said to be")
    func beside() {
        let page = AnswerCutter(bytes: 1000).answer(
            [1, 2], key: "items", beside: ["note": .string(String(repeating: "y", count: 5000))], mark: nil)
        #expect(page["truncated"] == true)
        #expect(page["items"] == [1, 2])
        #expect(page.bytes.count < 1100)
    }

    @Test("a cursor is taken for what it is", arguments: ["", "x", "MS4=", "LTEuYQ==", "YS5i", "MQ=="])
    func cursors(text: String) { #expect(PageCursor(text).map { $0.offset >= 0 && !$0.mark.isEmpty } ?? true) }
}
