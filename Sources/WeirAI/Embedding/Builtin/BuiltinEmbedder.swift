import Foundation
import WeirCore
import WeirEngine

/// The embedder that comes with Weir: no server, no key, no network.
///
/// Each piece of a text has a vector in a table, and the text's is their mean (WordLlama 0.4.0, its default of 256
/// dimensions, not brought to a length of one). Texts of any length are taken whole; an empty one has a vector of zeros.
public struct BuiltinEmbedder: TextEmbedder {
    public let space = "builtin:wordllama-256"
    public let dimensions: Int
    public let tokenizer: BPETokenizer
    private let table: SafeTensors.Table

    /// Texts that one worker takes at a time: enough to make the hand-over cheap.
    private static let slice = 256

    /// Loaded once a process, when first asked for.
    private static let loaded: Result<BuiltinEmbedder, WeirError> = Result {
        () throws(WeirError) -> BuiltinEmbedder in
        guard let folder = SupportFiles.folder("embedder") else {
            throw WeirError(
                "ai.no-embedder", "the built-in embedder's files are missing",
                hint: "run scripts/native in Weir's checkout, or name a model under `ai: embeddings:` in weir.yaml",
                outcome: .systemFailed)
        }
        do { return try BuiltinEmbedder(folder: folder) } catch {
            throw (error as? WeirError)
                ?? WeirError("ai.embedder", "the built-in embedder cannot be used: \(error)", outcome: .systemFailed)
        }
    }

    /// - Throws: `ai.no-embedder` where its files are missing, `ai.embedder` where they are broken.
    public static func shared() throws -> BuiltinEmbedder { try loaded.get() }

    init(folder: String) throws {
        tokenizer = try BPETokenizer(path: "\(folder)/l2_supercat_tokenizer_config.json")
        table = try SafeTensors(path: "\(folder)/l2_supercat_256.safetensors").table("embedding.weight")
        dimensions = table.columns
        guard table.rows >= tokenizer.size, table.columns == 256 else {
            throw WeirError(
                "ai.embedder", "the table and the tokenizer in \(folder) do not fit each other",
                hint: "run scripts/native --force in Weir's checkout", outcome: .systemFailed)
        }
    }

    public func embed(_ texts: [String]) async throws -> [[Float]] {
        if texts.count <= Self.slice { return vectors(of: texts[...]) }
        return try await withThrowingTaskGroup(of: (Int, [[Float]]).self) { group in
            var found: [Int: [[Float]]] = [:]
            var waiting = stride(from: 0, to: texts.count, by: Self.slice).makeIterator()
            func start(_ from: Int) {
                group.addTask {
                    (from, vectors(of: texts[from..<min(from + Self.slice, texts.count)]))
                }
            }
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { if let from = waiting.next() { start(from) } }
            while let (from, vectors) = try await group.next() {
                try Task.checkCancellation()
                found[from] = vectors
                if let from = waiting.next() { start(from) }
            }
            return found.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    /// Vectors of a few texts, made where it is called.
    public func vectors(of texts: [String]) -> [[Float]] { vectors(of: texts[...]) }

    private func vectors(of texts: ArraySlice<String>) -> [[Float]] {
        var work = BPETokenizer.Work()
        return texts.map { text in
            tokenizer.read(text, &work)
            return mean(of: work.pieces)
        }
    }

    private func mean(of pieces: [Int32]) -> [Float] {
        [Float](unsafeUninitializedCapacity: dimensions) { sums, count in
            sums.initialize(repeating: 0)
            count = dimensions
            table.add(pieces, to: sums)
            if pieces.count > 1 {
                for index in 0..<dimensions { sums[index] /= Float(pieces.count) }
            }
        }
    }
}
