import Foundation
import Testing
import WeirCore
import WeirPipeline

/// Mutated projects must load or be refused with an error that names a file; they must never crash or hang.
@Suite("The project loader under random damage")
struct LoaderFuzzTests {
    private static let words = [
        "weir", "name", "from", "files", "load", "strategy", "merge", "key", "contract", "schema", "properties",
        "quality",
        "/* weir", "*/", "SELECT", "FROM", "raw.orders", "'", "\"", "[", "]", "{", "}", ":", ": ", "- ", "\t", "\n",
        "&a ",
        "*a", "|", ">", "!!str ", "<<: ", "${X}", "#", "%", "0x1F", "1e999", "null", "~", "2013-02-30", "\u{0}",
        "\u{FEFF}", "Ünï", "🙂",
    ]

    @Test("ends with a project or a placed error", arguments: 0..<8)
    func fuzz(part: Int) throws {
        for round in 0..<60 {
            let seed = UInt64(part * 1000 + round)
            var random = Seeded(seed)
            var files = KillProject.files
            let victims = files.keys.sorted().shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
            for name in victims { files[name] = Self.damage(files[name] ?? "", &random) }
            let project = try TempProject(files)
            do {
                _ = try ProjectLoader.load(root: project.root, environment: [:])
            } catch let error as WeirError {
                let all = error.causes.isEmpty ? [error] : error.causes
                #expect(all.allSatisfy { $0.place?.file != nil && !$0.message.isEmpty }, "seed \(seed): \(all)")
                #expect(error.outcome == .wrongUsage, "seed \(seed): \(error)")
            }
        }
    }

    @Test("a damaged project is run to an exit code, whatever is in it", arguments: 0..<12)
    func run(seed: Int) async throws {
        var random = Seeded(UInt64(seed) &+ 31_337)
        var files = KillProject.files
        let names = files.keys.filter { $0 != "weir.yaml" }.sorted()
        if let victim = names.randomElement(using: &random) {
            files[victim] = Self.damage(files[victim] ?? "", &random)
        }
        let project = try TempProject(files)
        try await KillDelivery.write(0, to: project)
        let done = try await project.run()
        #expect((0...3).contains(done.code), "seed \(seed): \(done)")
        #expect((try? done.report) != nil || done.failure != nil, "seed \(seed): \(done)")
    }

    private static func damage(_ text: String, _ random: inout Seeded) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = scalars.isEmpty ? 0 : Int.random(in: 0..<scalars.count, using: &random)
            let to = min(scalars.count, at + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: scalars.removeSubrange(at..<to)
            case 1: scalars.insert(contentsOf: scalars[at..<to], at: at)
            case 2:
                scalars.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").unicodeScalars), at: at)
            case 3: scalars.removeSubrange(at...)
            default: scalars.replaceSubrange(at..<to, with: (words.randomElement(using: &random) ?? "").unicodeScalars)
            }
        }
        var out = String.UnicodeScalarView()
        out.append(contentsOf: scalars)
        return String(out)
    }
}
