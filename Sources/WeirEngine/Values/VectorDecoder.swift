import CDuckDB
import WeirCore

/// Decodes vectors of one type. What the type needs (enum words, decimal width) is looked up once a result.
indirect enum VectorDecoder {
    case plain(LogicalType)
    case decimal(LogicalType, internal: duckdb_type, scale: Int)
    case enumeration(LogicalType, internal: duckdb_type, words: [String])
    case list(LogicalType, VectorDecoder)
    case array(LogicalType, VectorDecoder, size: Int)
    case structure(LogicalType, [(name: String, decoder: VectorDecoder)])
    case map(LogicalType, key: VectorDecoder, value: VectorDecoder)
    case union(LogicalType, [VectorDecoder])

    init(type: LogicalType, raw: duckdb_logical_type?) {
        func child(_ raw: duckdb_logical_type?, _ type: LogicalType) -> VectorDecoder {
            var raw = raw
            defer { duckdb_destroy_logical_type(&raw) }
            return VectorDecoder(type: type, raw: raw)
        }
        switch type {
        case .decimal(_, let scale):
            self = .decimal(type, internal: duckdb_decimal_internal_type(raw), scale: scale)
        case .enumeration(let words):
            self = .enumeration(type, internal: duckdb_enum_internal_type(raw), words: words)
        case .list(let element):
            self = .list(type, child(duckdb_list_type_child_type(raw), element))
        case .array(let element, let size):
            self = .array(type, child(duckdb_array_type_child_type(raw), element), size: size)
        case .structure(let fields):
            self = .structure(
                type,
                fields.enumerated().map { ($1.name, child(duckdb_struct_type_child_type(raw, idx_t($0)), $1.type)) })
        case .map(let key, let value):
            self = .map(
                type, key: child(duckdb_map_type_key_type(raw), key),
                value: child(duckdb_map_type_value_type(raw), value))
        case .union(let fields):
            self = .union(
                type, fields.enumerated().map { child(duckdb_union_type_member_type(raw, idx_t($0)), $1.type) })
        default:
            self = .plain(type)
        }
    }

    var type: LogicalType {
        switch self {
        case .plain(let type), .decimal(let type, _, _), .enumeration(let type, _, _), .list(let type, _),
            .array(let type, _, _), .structure(let type, _), .map(let type, _, _), .union(let type, _):
            type
        }
    }

    func decode(_ vector: duckdb_vector?, count: Int) -> ColumnVector {
        let nulls = Self.nulls(of: vector, count: count)
        return ColumnVector(type: type, storage: storage(vector, count: count, nulls: nulls), nulls: nulls)
    }

    private static func nulls(of vector: duckdb_vector?, count: Int) -> [Bool]? {
        guard let mask = duckdb_vector_get_validity(vector) else { return nil }
        var anyNull = false
        let nulls = (0..<count).map { row in
            let isNull = mask[row >> 6] >> UInt64(row & 63) & 1 == 0
            anyNull = anyNull || isNull
            return isNull
        }
        return anyNull ? nulls : nil
    }

    private func storage(_ vector: duckdb_vector?, count: Int, nulls: [Bool]?) -> ColumnVector.Storage {
        let isNull = { (row: Int) in nulls?[row] ?? false }
        func data<T>(_: T.Type) -> UnsafeBufferPointer<T> {
            let pointer = duckdb_vector_get_data(vector)?.assumingMemoryBound(to: T.self)
            return UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count)
        }
        func values(_ make: (Int) -> Value) -> ColumnVector.Storage {
            .values((0..<count).map { isNull($0) ? .null : make($0) })
        }
        switch self {
        case .plain(let type):
            switch type {
            case .boolean: return .bools(Array(data(Bool.self)))
            case .tinyint: return .ints(data(Int8.self).map(Int64.init))
            case .smallint: return .ints(data(Int16.self).map(Int64.init))
            case .integer: return .ints(data(Int32.self).map(Int64.init))
            case .bigint: return .ints(Array(data(Int64.self)))
            case .utinyint: return .uints(data(UInt8.self).map(UInt64.init))
            case .usmallint: return .uints(data(UInt16.self).map(UInt64.init))
            case .uinteger: return .uints(data(UInt32.self).map(UInt64.init))
            case .ubigint: return .uints(Array(data(UInt64.self)))
            case .float:
                let floats = data(Float.self)
                return values { .float(floats[$0]) }
            case .double: return .doubles(Array(data(Double.self)))
            case .varchar, .json:
                let strings = data(duckdb_string_t.self)
                return .texts(
                    (0..<count).map { isNull($0) ? "" : strings[$0].withBytes { String(decoding: $0, as: UTF8.self) } })
            case .blob:
                let strings = data(duckdb_string_t.self)
                return values { .blob(strings[$0].withBytes { Array($0) }) }
            case .bignum:
                let strings = data(duckdb_string_t.self)
                return values { .text(strings[$0].withBytes(BigNumber.text)) }
            case .bit:
                let strings = data(duckdb_string_t.self)
                return values { .bit(strings[$0].withBytes(Self.bitText)) }
            case .hugeint:
                let numbers = data(duckdb_hugeint.self)
                return values { .hugeint(numbers[$0].value) }
            case .uhugeint:
                let numbers = data(duckdb_uhugeint.self)
                return values { .uhugeint(numbers[$0].value) }
            case .uuid:
                // DuckDB stores UUIDs with the top bit flipped, so that they sort as signed numbers.
                let numbers = data(duckdb_hugeint.self)
                return values { .uuid(UInt128(bitPattern: numbers[$0].value) ^ (UInt128(1) << 127)) }
            case .date:
                let days = data(Int32.self)
                return values { .date(days: days[$0]) }
            case .time:
                let micros = data(Int64.self)
                return values { .time(micros: micros[$0]) }
            case .timeNanos:
                let nanos = data(Int64.self)
                return values { .time(micros: nanos[$0] / 1000) }
            case .timeTZ:
                // 40 bits of microseconds above 24 bits of offset, stored as 57,599 seconds minus the offset.
                let packed = data(UInt64.self)
                return values {
                    .timeTZ(micros: Int64(packed[$0] >> 24), offsetSeconds: 57_599 - Int32(packed[$0] & 0xFF_FFFF))
                }
            case .timestamp:
                let micros = data(Int64.self)
                return values { .timestamp(micros: micros[$0]) }
            case .timestampTZ:
                let micros = data(Int64.self)
                return values { .timestampTZ(micros: micros[$0]) }
            case .timestampSeconds:
                let seconds = data(Int64.self)
                return values { .timestamp(micros: Self.micros(seconds[$0], times: 1_000_000)) }
            case .timestampMillis:
                let millis = data(Int64.self)
                return values { .timestamp(micros: Self.micros(millis[$0], times: 1000)) }
            case .timestampNanos:
                let nanos = data(Int64.self)
                return values { .timestampNanos(nanos[$0]) }
            case .interval:
                let spans = data(duckdb_interval.self)
                return values { .interval(months: spans[$0].months, days: spans[$0].days, micros: spans[$0].micros) }
            default:
                return values { _ in .null }
            }
        case .decimal(_, let width, let scale):
            func read<T: BinaryInteger>(_ type: T.Type) -> ColumnVector.Storage {
                let numbers = data(type)
                return values { .decimal(unscaled: Int128(numbers[$0]), scale: scale) }
            }
            switch Int(width) {
            case Int(DUCKDB_TYPE_SMALLINT): return read(Int16.self)
            case Int(DUCKDB_TYPE_INTEGER): return read(Int32.self)
            case Int(DUCKDB_TYPE_BIGINT): return read(Int64.self)
            default:
                let numbers = data(duckdb_hugeint.self)
                return values { .decimal(unscaled: numbers[$0].value, scale: scale) }
            }
        case .enumeration(_, let width, let words):
            func read<T: BinaryInteger>(_ type: T.Type) -> ColumnVector.Storage {
                let indices = data(type)
                return .texts((0..<count).map { isNull($0) ? "" : words[Int(indices[$0])] })
            }
            switch Int(width) {
            case Int(DUCKDB_TYPE_UTINYINT): return read(UInt8.self)
            case Int(DUCKDB_TYPE_USMALLINT): return read(UInt16.self)
            default: return read(UInt32.self)
            }
        case .list(_, let element):
            let entries = data(duckdb_list_entry.self)
            let child = element.decode(
                duckdb_list_vector_get_child(vector), count: Int(duckdb_list_vector_get_size(vector)))
            return values { row in
                let start = Int(entries[row].offset)
                return .list((start..<(start + Int(entries[row].length))).map { child[$0] })
            }
        case .array(_, let element, let size):
            let child = element.decode(duckdb_array_vector_get_child(vector), count: count * size)
            return values { row in .list((row * size..<(row + 1) * size).map { child[$0] }) }
        case .structure(_, let fields):
            let children = fields.enumerated().map { index, field in
                field.decoder.decode(duckdb_struct_vector_get_child(vector, idx_t(index)), count: count)
            }
            return values { row in
                .structure(zip(fields, children).map { Value.Member($0.name, $1[row]) })
            }
        case .map(_, let key, let value):
            let entries = data(duckdb_list_entry.self)
            let pairs = duckdb_list_vector_get_child(vector)
            let size = Int(duckdb_list_vector_get_size(vector))
            let keys = key.decode(duckdb_struct_vector_get_child(pairs, 0), count: size)
            let items = value.decode(duckdb_struct_vector_get_child(pairs, 1), count: size)
            return values { row in
                let start = Int(entries[row].offset)
                return .map((start..<(start + Int(entries[row].length))).map { Value.Entry(keys[$0], items[$0]) })
            }
        case .union(_, let members):
            // A union is a struct: the member's number, then one child for each member.
            let tags = VectorDecoder.plain(.utinyint).decode(duckdb_struct_vector_get_child(vector, 0), count: count)
            let children = members.enumerated().map { index, member in
                member.decode(duckdb_struct_vector_get_child(vector, idx_t(index + 1)), count: count)
            }
            return values { row in
                guard let tag = tags[row].int, children.indices.contains(Int(tag)) else { return .null }
                return children[Int(tag)][row]
            }
        }
    }

    /// Infinity stays infinity, whatever the unit.
    private static func micros(_ amount: Int64, times unit: Int64) -> Int64 {
        if amount == .max || amount == -.max { return amount }
        let (micros, overflow) = amount.multipliedReportingOverflow(by: unit)
        return overflow ? (amount < 0 ? -.max : .max) : micros
    }

    /// The name of a type inside this one that cannot be decoded; nil when there is none.
    var unreadable: String? {
        switch self {
        case .plain(.other(let name)): name
        case .plain, .decimal, .enumeration: nil
        case .list(_, let element), .array(_, let element, _): element.unreadable
        case .structure(_, let fields): fields.lazy.compactMap(\.decoder.unreadable).first
        case .map(_, let key, let value): key.unreadable ?? value.unreadable
        case .union(_, let members): members.lazy.compactMap(\.unreadable).first
        }
    }

    /// DuckDB keeps bits after a byte that tells how many of the first are padding.
    private static func bitText(_ bytes: UnsafeRawBufferPointer) -> String {
        guard let padding = bytes.first else { return "" }
        let bits = bytes.dropFirst().map { String($0, radix: 2).leftPaddedWithZeros(8) }.joined()
        return String(bits.dropFirst(Int(padding)))
    }
}

extension duckdb_string_t {
    /// The bytes, whether they are stored inside the value (up to 12) or outside.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        let length = Int(value.inlined.length)
        if length > 12 { return body(UnsafeRawBufferPointer(start: value.pointer.ptr, count: length)) }
        return withUnsafeBytes(of: value.inlined.inlined) { body(UnsafeRawBufferPointer(rebasing: $0.prefix(length))) }
    }
}
