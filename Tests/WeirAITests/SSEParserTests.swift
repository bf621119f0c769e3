import Testing

@testable import WeirAI

@Suite("The parser of event streams")
struct SSEParserTests {
    static let text =
        "\u{FEFF}: comment\n\nevent: a\ndata: {\"x\":\"Zürich 東京 🎉\"}\n\ndata:one\ndata: two\n\nevent: empty\n\ndata\n\nid: 3\nretry: 9\ndata: last\n\n"
    static let events = [
        SSEEvent(name: "a", data: "{\"x\":\"Zürich 東京 🎉\"}"), SSEEvent(data: "one\ntwo"), SSEEvent(data: ""),
        SSEEvent(data: "last"),
    ]

    @Test("lines may end in LF, CRLF or CR, and bytes may be split anywhere", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(_ end: String) {
        let bytes = Array(Self.text.replacing("\n", with: end).utf8)
        for size in [1, 2, 3, 5, 7, bytes.count] {
            var parser = SSEParser()
            var found: [SSEEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += parser.take(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(found == Self.events, "pieces of \(size)")
        }
    }

    @Test("random cuts give the same events as none")
    func fuzzed() {
        var random = SystemRandomNumberGenerator()
        let alphabet: [String] = ["data: ", "event: ", ":", "\n", "\r\n", "\r", "ü", "🎉", "x", " ", "\n\n", "id: 1"]
        for _ in 0..<300 {
            let text = (0..<40).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
            let bytes = Array(text.utf8)
            var whole = SSEParser()
            let expected = whole.take(bytes)
            var parser = SSEParser()
            var found: [SSEEvent] = []
            var position = 0
            while position < bytes.count {
                let next = min(bytes.count, position + Int.random(in: 1...4, using: &random))
                found += parser.take(bytes[position..<next])
                position = next
            }
            #expect(found == expected, "\(text.debugDescription)")
        }
    }

    @Test("an event that is open at the end is discarded")
    func open() {
        var parser = SSEParser()
        #expect(parser.take(Array("data: half\n".utf8)).isEmpty)
    }
}
