import Foundation
import WeirCore
import WeirStore

/// What a memory file has no room for: types, sessions, uses. It lies beside the file, for Weir alone; without it a
/// memory file is still whole.
struct MemoryIndex: Codable, Sendable {
    struct Entry: Codable, Sendable {
        var id: String
        var type: MemoryType
        var content: String
        var critical: Bool
        var session: String?
        var createdAt: Date
        var uses: Int
        var repeats: Int
        var lastUsedAt: Date?

        init(_ memory: Memory) {
            id = memory.id
            type = memory.type
            content = memory.content
            critical = memory.isCritical
            session = memory.session
            createdAt = memory.createdAt
            uses = memory.uses
            repeats = memory.repeats
            lastUsedAt = memory.lastUsedAt
        }
    }

    var weir = 1
    var memories: [Entry] = []

    static func path(beside file: String) -> String {
        (file.hasSuffix(".md") ? String(file.dropLast(3)) : file) + ".weir.json"
    }

    /// Empty where there is none, or where it cannot be understood: it only adds to the file.
    static func read(beside file: String) -> MemoryIndex {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = UTC.date(text) else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: text))
            }
            return date
        }
        guard let data = FileManager.default.contents(atPath: path(beside: file)),
            let index = try? decoder.decode(MemoryIndex.self, from: data)
        else { return MemoryIndex() }
        return index
    }

    var byMark: [String: Entry] {
        Dictionary(memories.map { (MemoryWords.mark($0.content), $0) }, uniquingKeysWith: { _, last in last })
    }
}
