import Foundation
import WeirAI
import WeirCore
import WeirEngine

/// Keeps the vectors of a column of the warehouse, in the warehouse.
struct WarehouseKeeper: SearchKeeper {
    let indexer: SearchIndexer
    let source: SearchSource

    private static let columns = ["chunk", "start", "length", "headings", "space", "vector"]

    func begin(_ embedder: any TextEmbedder, on connection: isolated Connection) throws -> SearchBegun {
        let found = try SearchStore.read(source.name, on: connection)
        if let found { try indexer.check(found, fits: embedder, key: source.key) }
        // Rows that cannot be told apart are found before an index is begun, or thrown away.
        try SearchChange(source: source).look(at: indexer.rebuilds ? nil : found, on: connection)
        var record =
            try found.flatMap { indexer.rebuilds ? nil : $0 } ?? make(embedder, replacing: found, on: connection)
        let vectors = record.vectors.sql
        func count(_ sql: String) throws -> Int { Int(try connection.query(sql).scalar.int ?? 0) }
        let replaces = try count("SELECT count(*) FROM \(SearchChange.pending) SEMI JOIN \(vectors) USING (key)") > 0
        let gone = try count("SELECT count(DISTINCT key) FROM \(vectors) ANTI JOIN \(SearchChange.now) USING (key)")
        let moved = try count("SELECT count(*) FROM \(SearchChange.pending) SEMI JOIN \(vectors) USING (hash)")
        if gone + moved > 0 {
            let before = record
            record = try connection.transaction { connection in
                let next = try Self.copy(SearchChange.pending, in: before, replacing: replaces, on: connection)
                try connection.execute(
                    "DELETE FROM \(vectors) WHERE key NOT IN (SELECT key FROM \(SearchChange.now))")
                try SearchStore.write(next, on: connection)
                return next
            }
            try connection.execute(
                "DELETE FROM \(SearchChange.pending) WHERE hash IN (SELECT hash FROM \(vectors))")
        }
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_search_todo AS
            SELECT row_number() OVER () AS n, p.key, p.hash, \(source.textSQL) AS text
            FROM \(SearchChange.pending) p JOIN \(source.relation) ON \(source.keySQL) = p.key WHERE p.turn = 1
            """)
        var report = SearchIndexReport(record)
        report.removed = gone
        report.reused = moved
        return SearchBegun(
            record: record, report: report, texts: try count("SELECT count(*) FROM temp.weir_search_todo"),
            replaces: replaces)
    }

    /// Begins an index, in place of another.
    private func make(
        _ embedder: any TextEmbedder, replacing old: SearchRecord?, on connection: isolated Connection
    ) throws -> SearchRecord {
        let record = SearchRecord(
            name: source.name, table: source.table, column: source.column, key: source.key, space: embedder.space,
            dimensions: embedder.dimensions, chunking: indexer.chunking ?? .usual,
            mark: UUID().uuidString.lowercased(), updatedAt: UTC.text(Date()))
        try connection.transaction { connection in
            try SearchStore.prepare(on: connection)
            if let old { try SearchStore.drop(old, on: connection) }
            try SearchStore.create(record, on: connection)
        }
        if let old { SearchCompanions(project: indexer.project, record: old).remove() }
        return record
    }

    func store(
        _ batch: SearchBatch, in begun: SearchBegun, on connection: isolated Connection
    ) throws -> SearchRecord {
        try connection.transaction { connection in
            var record = begun.record
            try connection.append(to: record.vectors, columns: Self.columns(of: batch.entries, &record))
            record = try Self.copy(
                """
                (SELECT p.key, p.hash, p.turn FROM \(SearchChange.pending) p JOIN temp.weir_search_todo t
                ON t.hash = p.hash WHERE t.n > \(batch.range.lowerBound) AND t.n <= \(batch.range.upperBound))
                """, in: record, replacing: begun.replaces, on: connection)
            try SearchStore.write(record, on: connection)
            return record
        }
    }

    private static func columns(of entries: [SearchBatch.Entry], _ record: inout SearchRecord) -> [AppendColumn] {
        let first = record.nextID
        record.nextID += Int64(entries.count)
        return [
            .numbers(entries.indices.map { first + Int64($0) }), .texts(entries.map(\.key)),
            .texts(entries.map(\.hash)), .numbers(entries.map { Int64($0.chunk?.number ?? 0) }),
            .numbers(entries.map { Int64($0.chunk?.range.lowerBound ?? 0) }),
            .numbers(entries.map { Int64($0.chunk?.range.count ?? 0) }), .texts(entries.map(\.headings)),
            .texts(entries.map { [space = record.space] _ in space }), .vectors(entries.map(\.vector)),
        ]
    }

    private static func copy(
        _ rows: String, in record: SearchRecord, replacing: Bool, on connection: isolated Connection
    ) throws -> SearchRecord {
        let copy = SearchCopy(rows: rows, vectors: record.vectors.sql)
        var record = record
        record.nextID += Int64(
            try connection.execute(
                copy.insert(id: "\(record.nextID) - 1 + row_number() OVER ()", columns: columns)))
        if replacing { try connection.execute(copy.delete) }
        record.changes += 1
        return record
    }

    func finish(_ begun: SearchBegun, on connection: Connection) async throws -> SearchIndexReport {
        let (record, counted) = try await connection.perform { connection in
            try finishRecord(begun, on: connection)
        }
        var report = counted
        let companions = SearchCompanions(project: indexer.project, record: record)
        report.graph =
            indexer.keepsGraph
            ? await companions.graph()?.count
            : try await companions.refreshGraph(from: indexer.graphFrom, on: connection)
        try await companions.refreshWords(of: source, onlyExisting: true, on: connection)
        return report
    }

    private func finishRecord(
        _ begun: SearchBegun, on connection: isolated Connection
    ) throws -> (SearchRecord, SearchIndexReport) {
        var record = begun.record
        record.version = try SearchChange(source: source).version(indexer.project, on: connection)
        record.updatedAt = UTC.text(Date())
        let final = record
        try connection.transaction { try SearchStore.write(final, on: $0) }
        var report = begun.report
        let counts = try connection.query(
            "SELECT count(DISTINCT key), count(vector) FROM \(record.vectors.sql)"
        ).first
        report.rows = Int(counts?[0].int ?? 0)
        report.vectors = Int(counts?[1].int ?? 0)
        return (record, report)
    }
}
