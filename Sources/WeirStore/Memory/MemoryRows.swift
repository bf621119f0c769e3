import Foundation
internal import GRDB
import WeirCore

extension Memory {
    init(_ row: Row) {
        self.init(
            id: row["id"], scope: .project, type: MemoryType(rawValue: row["type"]) ?? .context,
            content: row["content"], status: Status(rawValue: row["status"]) ?? .retired,
            successor: row["successor"], reason: row["reason"], isCritical: row["critical"],
            origin: Origin(rawValue: row["origin"]) ?? .agent, session: row["session"],
            createdAt: UTC.date(milliseconds: row["created_ms"]), changedAt: UTC.date(milliseconds: row["changed_ms"]),
            uses: row["uses"], repeats: row["repeats"],
            lastUsedAt: (row["used_ms"] as Int64?).map(UTC.date(milliseconds:)), seq: row["seq"])
    }

    static func find(_ id: String, in database: Database) throws -> Memory? {
        try Row.fetchOne(database, sql: "SELECT * FROM memories WHERE id = ?", arguments: [id]).map(Memory.init)
    }

    static func all(
        _ database: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> [Memory] {
        try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM memories WHERE \(condition)"), arguments: arguments
        ).map(Memory.init)
    }

    /// `m` and ten hexadecimal digits: to be typed, and apart from those of any other store.
    static func makeID(_ database: Database) throws -> String {
        while true {
            let digits = String(UInt64.random(in: 0..<(1 << 40)), radix: 16)
            let id = "m" + String(repeating: "0", count: 10 - digits.count) + digits
            if try find(id, in: database) == nil { return id }
        }
    }

    /// Lets searches find it.
    func index(_ vector: MemoryVector?, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO memory_words (rowid, words) VALUES (?, ?)")
            .execute(arguments: [seq, MemoryWords.indexed(content)])
        if let vector { try Self.store(vector, of: seq, in: database) }
    }

    func unindex(in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM memory_words WHERE rowid = ?").execute(arguments: [seq])
        try database.cachedStatement(sql: "DELETE FROM memory_vectors WHERE seq = ?").execute(arguments: [seq])
    }

    static func store(_ vector: MemoryVector, of seq: Int64, in database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO memory_vectors (seq, space, vector) VALUES (?, ?, ?)"
        ).execute(arguments: [seq, vector.space, vector.bytes])
    }
}

extension MemoryVector {
    /// The numbers in 32 bits each, the lowest byte first.
    var bytes: Data {
        var data = Data(capacity: numbers.count * 4)
        for number in numbers {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    static func numbers(of data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<(bytes.count / 4)).map {
                Float(
                    bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
    }
}
