import CDuckDB
import WeirCore

extension LogicalType {
    /// Reads DuckDB's description of a type.
    init(_ raw: duckdb_logical_type?) {
        func own(_ child: duckdb_logical_type?) -> LogicalType {
            var child = child
            defer { duckdb_destroy_logical_type(&child) }
            return LogicalType(child)
        }
        func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
            defer { duckdb_free(pointer) }
            return pointer.map { String(cString: $0) } ?? ""
        }
        switch Int(duckdb_get_type_id(raw)) {
        case Int(DUCKDB_TYPE_BOOLEAN): self = .boolean
        case Int(DUCKDB_TYPE_TINYINT): self = .tinyint
        case Int(DUCKDB_TYPE_SMALLINT): self = .smallint
        case Int(DUCKDB_TYPE_INTEGER): self = .integer
        case Int(DUCKDB_TYPE_BIGINT): self = .bigint
        case Int(DUCKDB_TYPE_UTINYINT): self = .utinyint
        case Int(DUCKDB_TYPE_USMALLINT): self = .usmallint
        case Int(DUCKDB_TYPE_UINTEGER): self = .uinteger
        case Int(DUCKDB_TYPE_UBIGINT): self = .ubigint
        case Int(DUCKDB_TYPE_HUGEINT): self = .hugeint
        case Int(DUCKDB_TYPE_UHUGEINT): self = .uhugeint
        case Int(DUCKDB_TYPE_FLOAT): self = .float
        case Int(DUCKDB_TYPE_DOUBLE): self = .double
        case Int(DUCKDB_TYPE_VARCHAR):
            self = text(duckdb_logical_type_get_alias(raw)) == "JSON" ? .json : .varchar
        case Int(DUCKDB_TYPE_BLOB): self = .blob
        case Int(DUCKDB_TYPE_BIT): self = .bit
        case Int(DUCKDB_TYPE_UUID): self = .uuid
        case Int(DUCKDB_TYPE_DATE): self = .date
        case Int(DUCKDB_TYPE_TIME): self = .time
        case Int(DUCKDB_TYPE_TIME_TZ): self = .timeTZ
        case Int(DUCKDB_TYPE_TIME_NS): self = .timeNanos
        case Int(DUCKDB_TYPE_INTERVAL): self = .interval
        case Int(DUCKDB_TYPE_TIMESTAMP): self = .timestamp
        case Int(DUCKDB_TYPE_TIMESTAMP_TZ): self = .timestampTZ
        case Int(DUCKDB_TYPE_TIMESTAMP_S): self = .timestampSeconds
        case Int(DUCKDB_TYPE_TIMESTAMP_MS): self = .timestampMillis
        case Int(DUCKDB_TYPE_TIMESTAMP_NS): self = .timestampNanos
        case Int(DUCKDB_TYPE_BIGNUM): self = .bignum
        case Int(DUCKDB_TYPE_SQLNULL): self = .null
        case Int(DUCKDB_TYPE_DECIMAL):
            self = .decimal(width: Int(duckdb_decimal_width(raw)), scale: Int(duckdb_decimal_scale(raw)))
        case Int(DUCKDB_TYPE_ENUM):
            self = .enumeration(
                (0..<idx_t(duckdb_enum_dictionary_size(raw))).map { text(duckdb_enum_dictionary_value(raw, $0)) })
        case Int(DUCKDB_TYPE_LIST): self = .list(own(duckdb_list_type_child_type(raw)))
        case Int(DUCKDB_TYPE_ARRAY):
            self = .array(own(duckdb_array_type_child_type(raw)), size: Int(duckdb_array_type_array_size(raw)))
        case Int(DUCKDB_TYPE_STRUCT):
            self = .structure(
                (0..<duckdb_struct_type_child_count(raw)).map {
                    Field(
                        name: text(duckdb_struct_type_child_name(raw, $0)),
                        type: own(duckdb_struct_type_child_type(raw, $0)))
                })
        case Int(DUCKDB_TYPE_MAP):
            self = .map(own(duckdb_map_type_key_type(raw)), own(duckdb_map_type_value_type(raw)))
        case Int(DUCKDB_TYPE_UNION):
            self = .union(
                (0..<duckdb_union_type_member_count(raw)).map {
                    Field(
                        name: text(duckdb_union_type_member_name(raw, $0)),
                        type: own(duckdb_union_type_member_type(raw, $0)))
                })
        default:
            let alias = text(duckdb_logical_type_get_alias(raw))
            self = .other(alias.isEmpty ? "UNKNOWN" : alias)
        }
    }
}
