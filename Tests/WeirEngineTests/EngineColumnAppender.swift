import Testing
import WeirCore
import WeirEngine

@Suite("Rows added column by column")
struct EngineColumnAppender {
    let table = TableName(schema: "main", table: "v")

    private func with<R: Sendable>(_ body: @Sendable (Connection) async throws -> R) async throws -> R {
        try await Database.open().withConnection { connection in
            try await connection.execute("CREATE TABLE v (id BIGINT, name VARCHAR, vector FLOAT[3])")
            return try await body(connection)
        }
    }

    @Test("arrive as they are, over many chunks, with nulls and any text")
    func values() async throws {
        let count = 5000
        let texts: [String?] = (0..<count).map { $0 % 7 == 0 ? nil : $0 % 5 == 0 ? "" : "na\u{0}ïve 😀 \($0)" }
        let vectors: [[Float]?] = (0..<count).map { $0 % 11 == 0 ? nil : [Float($0), -0.1, .infinity] }
        let rows = try await with { connection in
            try await connection.append(
                to: table, columns: [.numbers((0..<count).map { Int64($0) - 10 }), .texts(texts), .vectors(vectors)])
            return try await connection.query("SELECT id, name, vector FROM v ORDER BY id").map { $0 }
        }
        #expect(rows.count == count)
        for (index, row) in rows.enumerated() {
            #expect(row[0] == .int(Int64(index) - 10))
            #expect(row[1] == Value(texts[index]))
            #expect(row[2] == (vectors[index].map { .list($0.map { .float($0) }) } ?? .null))
        }
    }

    @Test("are refused whole where a type, a length or a number of columns is another")
    func refused() async throws {
        try await with { connection in
            for columns: [AppendColumn] in [
                [.numbers([1]), .texts(["a"])], [.numbers([1]), .texts(["a"]), .vectors([[1, 2]])],
                [.texts(["1"]), .texts(["a"]), .vectors([nil])], [.numbers([1, 2]), .texts(["a"]), .vectors([nil])],
                [.numbers([1]), .numbers([1]), .vectors([nil])],
            ] {
                let error = await #expect(throws: WeirError.self) {
                    try await connection.append(to: table, columns: columns)
                }
                #expect(error?.code == "engine.append")
            }
            #expect(try await connection.query("SELECT count(*) FROM v").scalar == .int(0))
            try await connection.append(to: table, columns: [.numbers([]), .texts([]), .vectors([])])
            #expect(try await connection.query("SELECT count(*) FROM v").scalar == .int(0))
        }
    }
}
