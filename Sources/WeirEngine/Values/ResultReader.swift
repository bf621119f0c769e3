import CDuckDB
import WeirCore

/// Copies DuckDB's results into Swift values.
enum ResultReader {
    /// What every chunk of a result looks like.
    struct Shape {
        let columns: [Column]
        let decoders: [VectorDecoder]

        /// - Throws: `engine.unreadable-type` for a type that Weir has no value for.
        init(_ result: inout duckdb_result) throws {
            var columns: [Column] = []
            var decoders: [VectorDecoder] = []
            for index in 0..<duckdb_column_count(&result) {
                var raw = duckdb_column_logical_type(&result, index)
                defer { duckdb_destroy_logical_type(&raw) }
                let type = LogicalType(raw)
                let name = duckdb_column_name(&result, index).map { String(cString: $0) } ?? ""
                let decoder = VectorDecoder(type: type, raw: raw)
                if let unreadable = decoder.unreadable {
                    throw WeirError(
                        "engine.unreadable-type",
                        "column \(name) holds values of a type that Weir cannot read (\(unreadable))",
                        hint: "cast it in the query, to VARCHAR or JSON")
                }
                columns.append(Column(name: name, type: type))
                decoders.append(decoder)
            }
            self.columns = columns
            self.decoders = decoders
        }
    }

    static func rows(of result: inout duckdb_result) throws -> Rows {
        let shape = try Shape(&result)
        var chunks: [Chunk] = []
        while let chunk = try nextChunk(of: &result, shape: shape) { chunks.append(chunk) }
        return Rows(columns: shape.columns, chunks: chunks)
    }

    /// Nil after the last chunk.
    static func nextChunk(of result: inout duckdb_result, shape: Shape) throws -> Chunk? {
        var raw: duckdb_data_chunk? = duckdb_fetch_chunk(result)
        guard raw != nil else {
            // A streamed statement can fail half-way; then there is no chunk but a message.
            if let message = duckdb_result_error(&result) {
                let text = String(cString: message)
                if !text.isEmpty { throw EngineError.make(text, sql: nil) }
            }
            return nil
        }
        defer { duckdb_destroy_data_chunk(&raw) }
        let count = Int(duckdb_data_chunk_get_size(raw))
        let columns = shape.decoders.enumerated().map { index, decoder in
            decoder.decode(duckdb_data_chunk_get_vector(raw, idx_t(index)), count: count)
        }
        return Chunk(columns: columns, count: count)
    }
}
