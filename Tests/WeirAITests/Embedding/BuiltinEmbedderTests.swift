import Foundation
import Testing
import WeirCore

@testable import WeirAI

/// Made by make_vectors.py from the original.
struct OriginalVector: Decodable, Sendable {
    let text: String
    let pieces: [Int32]
    let vector: Data

    var numbers: [Float] {
        vector.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
    }

    static let all: [OriginalVector] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "vectors.json")
        return (try? JSONDecoder().decode([OriginalVector].self, from: Data(contentsOf: file))) ?? []
    }()
}

@Suite("The built-in embedder")
struct BuiltinEmbedderTests {
    @Test("cuts every text into the pieces of the original")
    func pieces() throws {
        let tokenizer = try BuiltinEmbedder.shared().tokenizer
        #expect(OriginalVector.all.count > 180)
        for original in OriginalVector.all {
            #expect(
                tokenizer.pieces(of: original.text) == original.pieces, "\(original.text.prefix(80).debugDescription)")
        }
    }

    @Test("makes the vectors of the original, to a hundred-thousandth, one text at a time and all at once")
    func vectors() async throws {
        let embedder = try BuiltinEmbedder.shared()
        #expect(embedder.space == "builtin:wordllama-256" && embedder.dimensions == 256)
        // More than one worker takes at a time, so that their order is tested too.
        let texts = (0..<5).flatMap { _ in OriginalVector.all.map(\.text) }
        let together = try await embedder.embed(texts)
        #expect(together.count == texts.count)
        for (index, original) in OriginalVector.all.enumerated() {
            let numbers = original.numbers
            #expect(numbers.count == 256)
            let alone = try await embedder.embed([original.text])[0]
            let apart = zip(alone, numbers).map { abs($0 - $1) }.max() ?? .infinity
            #expect(alone.count == 256 && apart < 1e-5, "\(original.text.prefix(80).debugDescription): \(apart)")
            for turn in 0..<5 { #expect(together[turn * OriginalVector.all.count + index] == alone) }
        }
    }

    @Test("texts that Swift takes for equal have pieces of their own")
    func composed() throws {
        let tokenizer = try BuiltinEmbedder.shared().tokenizer
        let (one, two) = ("caf\u{E9}", "cafe\u{301}")
        #expect(one == two && tokenizer.pieces(of: one) != tokenizer.pieces(of: two))
    }

    @Test("words are joined alike by looking at every pair and with a heap, whatever their length")
    func longWords() throws {
        let tokenizer = try BuiltinEmbedder.shared().tokenizer
        var (short, long) = (tokenizer, tokenizer)
        short.shortWord = .max
        long.shortWord = 0
        for original in OriginalVector.all {
            #expect(short.pieces(of: original.text) == original.pieces)
            #expect(long.pieces(of: original.text) == original.pieces)
        }
        for text in ["ab", "the", "退款", "aaaa", "x1", "😀é"] {
            for times in [1, 31, 32, 33, 63, 64, 65, 200] {
                let word = String(repeating: text, count: times)
                #expect(short.pieces(of: word) == long.pieces(of: word))
            }
        }
        #expect(tokenizer.pieces(of: String(repeating: "a", count: 300_000)).count > 1000)
    }

    @Test("no text at all is no vector; files that are broken are told by name")
    func hardCases() async throws {
        let embedder = try BuiltinEmbedder.shared()
        #expect(try await embedder.embed([]).isEmpty)
        #expect(try await embedder.embed([""])[0].allSatisfy { $0 == 0 })
        let folder = FileManager.default.temporaryDirectory.appending(path: "embedder-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let table = "\(folder)/l2_supercat_256.safetensors"
        for bytes in [
            Data(), Data([255, 255, 255, 255, 255, 255, 255, 127]), Data([2, 0, 0, 0, 0, 0, 0, 0, 123, 125]),
        ] {
            try bytes.write(to: URL(fileURLWithPath: table))
            let error = #expect(throws: WeirError.self) { try SafeTensors(path: table).table("embedding.weight") }
            #expect(error?.code == "ai.embedder" && error?.message.contains(table) == true)
        }
        for text in ["", "{}", "[", #"{"model":{"type":"WordPiece","vocab":{},"merges":[]}}"#] {
            let path = "\(folder)/tokenizer.json"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: WeirError.self) { _ = try BPETokenizer(path: path) }
            #expect(error?.code == "ai.embedder")
        }
    }

    @Test("halves become the numbers they are")
    func halves() {
        let known: [(UInt16, Float)] = [
            (0x0000, 0), (0x8000, -0.0), (0x3C00, 1), (0xC000, -2), (0x3555, 0.333251953125),
            (0x0001, 5.960464477539063e-8), (0x03FF, 6.097555160522461e-5), (0x0400, 6.103515625e-5), (0x7BFF, 65504),
            (0xFBFF, -65504), (0x83FF, -6.097555160522461e-5),
        ]
        for (bits, number) in known {
            let single = SafeTensors.singles(SIMD16(repeating: bits))[7]
            #expect(single == number && single.sign == number.sign)
        }
    }
}
