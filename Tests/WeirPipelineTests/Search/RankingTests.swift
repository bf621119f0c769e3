import Testing

@testable import WeirPipeline

@Suite("Ranks of a search")
struct RankingTests {
    @Test("what stands well in both lists comes before what leads one")
    func fusion() {
        let fused = RankFusion.fuse([["a", "b", "c"], ["d", "b", "a"]])
        #expect(fused.map(\.key) == ["a", "b", "d", "c"])
        #expect(abs(fused[0].score - (1.0 / 61 + 1.0 / 63)) < 1e-12)
        #expect(abs(fused[1].score - 2.0 / 62) < 1e-12)
        #expect(fused[0].score > fused[1].score)
    }

    @Test("one list alone keeps its order, none gives nothing, equals keep the order of the first list")
    func hardCases() {
        #expect(RankFusion.fuse([["x", "y"], []]).map(\.key) == ["x", "y"])
        #expect(RankFusion.fuse([[], []]).isEmpty && RankFusion.fuse([]).isEmpty)
        #expect(RankFusion.fuse([["a", "b"], ["b", "a"]]).map(\.key) == ["a", "b"])
    }

    @Test("a vector of length one has none where there is no direction")
    func units() throws {
        let unit = try #require(VectorText.unit([3, 0, 4]))
        #expect(unit == [0.6, 0, 0.8])
        #expect(VectorText.unit([0, 0]) == nil && VectorText.unit([]) == nil && VectorText.unit([.nan, 1]) == nil)
        #expect(VectorText.unit([.infinity, 1]) == nil)
        #expect(VectorText.value([0.1, -1e-30]) == .text("[0.1,-1e-30]"))
    }

    @Test("a snippet is the stretch with the words of the question, on one line, within its length")
    func snippets() {
        #expect(Snippet.of("short\n text ", question: "x") == "short text")
        let filler = String(repeating: "lorem ipsum dolor ", count: 40)
        let text = filler + "the refund was late and the parcel broken " + filler
        let found = Snippet.of(text, question: "Refunds for broken parcels?")
        #expect(found.contains("refund was late and the parcel broken"))
        #expect(found.hasPrefix("…") && found.hasSuffix("…") && found.count <= 240, "\(found)")
        #expect(Snippet.of(text, question: "nothing of it").hasPrefix("lorem ipsum"))
        #expect(Snippet.of(filler + "refund", question: "refund").hasSuffix("refund"))
        #expect(Snippet.of("refund " + filler, question: "refund").hasPrefix("refund"))
        for text in [
            String(repeating: "x", count: 1000), String(repeating: "👩‍👩‍👧‍👦", count: 500), "", " ",
            "a " + String(repeating: "y", count: 400),
        ] {
            #expect(Snippet.of(text, question: "a y").count <= 240)
            #expect(Snippet.of(text, question: "").count <= 240)
        }
    }
}
