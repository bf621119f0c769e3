import CDuckDB
import WeirCore

/// An SQL function of Weir's own: whether all texts of a row are written plainly. See ``PlainForm``.
///
/// It is true for a text that is NULL. `https://duckdb.org/docs/stable/clients/c/api#scalar-functions` describes how a
/// function is added.
public enum PlainTexts {
    private static let name = "weir_are_plain"

    /// SQL that is true where each text surely is a value of its form; never NULL.
    ///
    /// - Parameter texts: SQL expressions of type VARCHAR.
    public static func sql(_ texts: [(expression: String, form: PlainForm)]) -> String {
        let forms = texts.map(\.form.word).joined(separator: " ")
        return "\(name)(\(([SQL.literal(forms)] + texts.map(\.expression)).joined(separator: ", ")))"
    }

    /// Makes the function known to a database. Call before anybody else uses it.
    static func register(on connection: duckdb_connection) throws {
        var function = duckdb_create_scalar_function()
        var text = duckdb_create_logical_type(duckdb_type(DUCKDB_TYPE_VARCHAR))
        var truth = duckdb_create_logical_type(duckdb_type(DUCKDB_TYPE_BOOLEAN))
        defer {
            duckdb_destroy_scalar_function(&function)
            duckdb_destroy_logical_type(&text)
            duckdb_destroy_logical_type(&truth)
        }
        duckdb_scalar_function_set_name(function, name)
        duckdb_scalar_function_add_parameter(function, text)
        duckdb_scalar_function_set_varargs(function, text)
        duckdb_scalar_function_set_return_type(function, truth)
        duckdb_scalar_function_set_special_handling(function)
        duckdb_scalar_function_set_function(function) { _, input, output in PlainTexts.run(input, output) }
        guard duckdb_register_scalar_function(connection, function) == DuckDBSuccess else {
            throw WeirError("engine.failed", "DuckDB takes no function: \(name)", outcome: .systemFailed)
        }
    }

    /// DuckDB hands over flat vectors of at most 2,048 rows. Nothing here blocks, allocates much, or throws.
    private static func run(_ input: duckdb_data_chunk?, _ output: duckdb_vector?) {
        let rows = Int(duckdb_data_chunk_get_size(input))
        guard rows > 0, let result = duckdb_vector_get_data(output)?.assumingMemoryBound(to: Bool.self) else { return }
        result.update(repeating: true, count: rows)
        guard
            let words = duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0))?
                .assumingMemoryBound(to: duckdb_string_t.self)
        else { return }
        let forms = withBytes(of: words) { String(decoding: $0, as: UTF8.self) }.split(separator: " ")
        for (index, word) in forms.enumerated() {
            let vector = duckdb_data_chunk_get_vector(input, idx_t(index + 1))
            guard let form = PlainForm(word: word),
                let texts = duckdb_vector_get_data(vector)?.assumingMemoryBound(to: duckdb_string_t.self)
            else {
                result.update(repeating: false, count: rows)
                return
            }
            let validity = duckdb_vector_get_validity(vector)
            for row in 0..<rows where result[row] {
                if let validity, validity[row >> 6] & (1 << UInt64(row & 63)) == 0 { continue }
                result[row] = withBytes(of: texts + row) { form.matches($0) }
            }
        }
    }

    /// The bytes of a text: up to 12 stand in the value itself, more where it points to.
    @inline(__always)
    private static func withBytes<R>(
        of text: UnsafeMutablePointer<duckdb_string_t>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        let length = Int(text.pointee.value.inlined.length)
        let raw = UnsafeRawPointer(text)
        let start = length <= 12 ? raw + 4 : UnsafeRawPointer(text.pointee.value.pointer.ptr)
        return body(UnsafeBufferPointer(start: start?.assumingMemoryBound(to: UInt8.self), count: length))
    }
}
