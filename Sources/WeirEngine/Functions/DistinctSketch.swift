import CDuckDB
import WeirCore

/// An SQL aggregate of Weir's own: about how many different values there are, with a standard error of 1.6 %.
///
/// DuckDB's `approx_count_distinct` has 64 registers, and is off by 12 % (measured, and what the theory says), which
/// is too much to tell a key or a drift by. This is HyperLogLog (Flajolet and others, 2007) with 4,096 registers and the
/// estimator of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no tables
/// and is right for few values too.
public enum DistinctSketch {
    private static let name = "weir_count_distinct"
    private static let bits = 12
    private static let registers = 1 << bits

    /// Standard error, as a share.
    public static let error = 0.016

    /// SQL for the number of different values of an expression, NULL left out; a `BIGINT`.
    public static func sql(_ expression: String) -> String {
        "\(name)(CASE WHEN \(expression) IS NOT NULL THEN hash(\(expression)) END)"
    }

    /// Makes the function known to a database. Call before anybody else uses it.
    static func register(on connection: duckdb_connection) throws {
        var function = duckdb_create_aggregate_function()
        var hash = duckdb_create_logical_type(duckdb_type(DUCKDB_TYPE_UBIGINT))
        var count = duckdb_create_logical_type(duckdb_type(DUCKDB_TYPE_BIGINT))
        defer {
            duckdb_destroy_aggregate_function(&function)
            duckdb_destroy_logical_type(&hash)
            duckdb_destroy_logical_type(&count)
        }
        duckdb_aggregate_function_set_name(function, name)
        duckdb_aggregate_function_add_parameter(function, hash)
        duckdb_aggregate_function_set_return_type(function, count)
        duckdb_aggregate_function_set_special_handling(function)
        duckdb_aggregate_function_set_functions(
            function, { _ in idx_t(DistinctSketch.registers) },
            { _, state in
                UnsafeMutableRawPointer(state)?.initializeMemory(
                    as: UInt8.self, repeating: 0, count: DistinctSketch.registers)
            },
            { _, input, states in DistinctSketch.update(input, states) },
            { _, source, target, count in DistinctSketch.combine(source, target, Int(count)) },
            { _, source, result, count, offset in
                DistinctSketch.finalize(source, result, Int(count), Int(offset))
            })
        guard duckdb_register_aggregate_function(connection, function) == DuckDBSuccess else {
            throw WeirError("engine.failed", "DuckDB takes no function: \(name)", outcome: .systemFailed)
        }
    }

    private typealias States = UnsafeMutablePointer<duckdb_aggregate_state?>

    private static func bytes(_ state: duckdb_aggregate_state?) -> UnsafeMutablePointer<UInt8>? {
        UnsafeMutableRawPointer(state)?.assumingMemoryBound(to: UInt8.self)
    }

    private static func update(_ input: duckdb_data_chunk?, _ states: States?) {
        let rows = Int(duckdb_data_chunk_get_size(input))
        let vector = duckdb_data_chunk_get_vector(input, 0)
        guard let states, let hashes = duckdb_vector_get_data(vector)?.assumingMemoryBound(to: UInt64.self) else {
            return
        }
        let validity = duckdb_vector_get_validity(vector)
        for row in 0..<rows {
            if let validity, validity[row >> 6] & (1 << UInt64(row & 63)) == 0 { continue }
            guard let state = bytes(states[row]) else { continue }
            add(hashes[row], to: state)
        }
    }

    @inline(__always)
    static func add(_ hash: UInt64, to state: UnsafeMutablePointer<UInt8>) {
        let place = Int(hash >> UInt64(64 - bits))
        // The bit behind the last ends the count where all others are 0.
        let rank = UInt8(((hash << UInt64(bits)) | 1 << UInt64(bits - 1)).leadingZeroBitCount + 1)
        if state[place] < rank { state[place] = rank }
    }

    private static func combine(_ source: States?, _ target: States?, _ count: Int) {
        guard let source, let target else { return }
        for index in 0..<count {
            guard let from = bytes(source[index]), let to = bytes(target[index]) else { continue }
            for place in 0..<registers where to[place] < from[place] { to[place] = from[place] }
        }
    }

    private static func finalize(_ source: States?, _ result: duckdb_vector?, _ count: Int, _ offset: Int) {
        guard let source, let found = duckdb_vector_get_data(result)?.assumingMemoryBound(to: Int64.self) else {
            return
        }
        for index in 0..<count {
            found[offset + index] = bytes(source[index]).map { Int64(estimate($0).rounded()) } ?? 0
        }
    }

    /// Ertl's improved estimator (algorithm 6 there).
    static func estimate(_ state: UnsafeMutablePointer<UInt8>) -> Double {
        let longest = 64 - bits
        var histogram = [Int](repeating: 0, count: longest + 2)
        for place in 0..<registers { histogram[Int(state[place])] += 1 }
        let all = Double(registers)
        var sum = all * tau(1 - Double(histogram[longest + 1]) / all)
        for rank in stride(from: longest, through: 1, by: -1) { sum = 0.5 * (sum + Double(histogram[rank])) }
        sum += all * sigma(Double(histogram[0]) / all)
        return all / (2 * 0.693_147_180_559_945_3) * all / sum
    }

    private static func sigma(_ share: Double) -> Double {
        if share == 1 { return .infinity }
        var (x, y, z) = (share, 1.0, share)
        while true {
            x *= x
            let before = z
            z += x * y
            y *= 2
            if z == before { return z }
        }
    }

    private static func tau(_ share: Double) -> Double {
        if share == 0 || share == 1 { return 0 }
        var (x, y, z) = (share, 1.0, 1 - share)
        while true {
            x = x.squareRoot()
            let before = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
            if z == before { return z / 3 }
        }
    }
}
