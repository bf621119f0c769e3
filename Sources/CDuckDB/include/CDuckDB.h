// The part of DuckDB's C API (1.5) that Weir calls, declared here and resolved at run time.
//
// The library is opened with dlopen when the first database is opened. That keeps three promises at once:
// the binary starts without mapping 70 MB it may not need, it finds the library without a search path set by
// hand, and packages that depend on Weir need no linker flags. Layouts and values follow DuckDB's C header:
// https://duckdb.org/docs/stable/clients/c/api
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t idx_t;

typedef enum { DuckDBSuccess = 0, DuckDBError = 1 } duckdb_state;
// Of the kinds of statements only this one matters here.
typedef enum { DUCKDB_STATEMENT_TYPE_TRANSACTION = 10 } duckdb_statement_type;

typedef enum {
    DUCKDB_PENDING_RESULT_READY = 0,
    DUCKDB_PENDING_RESULT_NOT_READY = 1,
    DUCKDB_PENDING_ERROR = 2,
    DUCKDB_PENDING_NO_TASKS_AVAILABLE = 3
} duckdb_pending_state;

typedef uint32_t duckdb_type;
enum {
    DUCKDB_TYPE_BOOLEAN = 1, DUCKDB_TYPE_TINYINT = 2, DUCKDB_TYPE_SMALLINT = 3, DUCKDB_TYPE_INTEGER = 4,
    DUCKDB_TYPE_BIGINT = 5, DUCKDB_TYPE_UTINYINT = 6, DUCKDB_TYPE_USMALLINT = 7, DUCKDB_TYPE_UINTEGER = 8,
    DUCKDB_TYPE_UBIGINT = 9, DUCKDB_TYPE_FLOAT = 10, DUCKDB_TYPE_DOUBLE = 11, DUCKDB_TYPE_TIMESTAMP = 12,
    DUCKDB_TYPE_DATE = 13, DUCKDB_TYPE_TIME = 14, DUCKDB_TYPE_INTERVAL = 15, DUCKDB_TYPE_HUGEINT = 16,
    DUCKDB_TYPE_VARCHAR = 17, DUCKDB_TYPE_BLOB = 18, DUCKDB_TYPE_DECIMAL = 19, DUCKDB_TYPE_TIMESTAMP_S = 20,
    DUCKDB_TYPE_TIMESTAMP_MS = 21, DUCKDB_TYPE_TIMESTAMP_NS = 22, DUCKDB_TYPE_ENUM = 23, DUCKDB_TYPE_LIST = 24,
    DUCKDB_TYPE_STRUCT = 25, DUCKDB_TYPE_MAP = 26, DUCKDB_TYPE_UUID = 27, DUCKDB_TYPE_UNION = 28,
    DUCKDB_TYPE_BIT = 29, DUCKDB_TYPE_TIME_TZ = 30, DUCKDB_TYPE_TIMESTAMP_TZ = 31, DUCKDB_TYPE_UHUGEINT = 32,
    DUCKDB_TYPE_ARRAY = 33, DUCKDB_TYPE_BIGNUM = 35, DUCKDB_TYPE_SQLNULL = 36, DUCKDB_TYPE_TIME_NS = 39
};

typedef struct _duckdb_database { void *internal_ptr; } *duckdb_database;
typedef struct _duckdb_connection { void *internal_ptr; } *duckdb_connection;
typedef struct _duckdb_config { void *internal_ptr; } *duckdb_config;
typedef struct _duckdb_prepared_statement { void *internal_ptr; } *duckdb_prepared_statement;
typedef struct _duckdb_extracted_statements { void *internal_ptr; } *duckdb_extracted_statements;
typedef struct _duckdb_pending_result { void *internal_ptr; } *duckdb_pending_result;
typedef struct _duckdb_appender { void *internal_ptr; } *duckdb_appender;
typedef struct _duckdb_logical_type { void *internal_ptr; } *duckdb_logical_type;
typedef struct _duckdb_data_chunk { void *internal_ptr; } *duckdb_data_chunk;
typedef struct _duckdb_vector { void *internal_ptr; } *duckdb_vector;
typedef struct _duckdb_value { void *internal_ptr; } *duckdb_value;
typedef struct _duckdb_scalar_function { void *internal_ptr; } *duckdb_scalar_function;
typedef struct _duckdb_function_info { void *internal_ptr; } *duckdb_function_info;
typedef void (*duckdb_scalar_function_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
typedef struct _duckdb_aggregate_function { void *internal_ptr; } *duckdb_aggregate_function;
typedef struct _duckdb_aggregate_state { void *internal_ptr; } *duckdb_aggregate_state;
typedef idx_t (*duckdb_aggregate_state_size)(duckdb_function_info info);
typedef void (*duckdb_aggregate_init_t)(duckdb_function_info info, duckdb_aggregate_state state);
typedef void (*duckdb_aggregate_update_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_aggregate_state *states);
typedef void (*duckdb_aggregate_combine_t)(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_aggregate_state *target, idx_t count);
typedef void (*duckdb_aggregate_finalize_t)(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_vector result, idx_t count, idx_t offset);

typedef struct {
    idx_t deprecated_column_count;
    idx_t deprecated_row_count;
    idx_t deprecated_rows_changed;
    void *deprecated_columns;
    char *deprecated_error_message;
    void *internal_data;
} duckdb_result;

typedef struct { uint64_t lower; int64_t upper; } duckdb_hugeint;
typedef struct { uint64_t lower; uint64_t upper; } duckdb_uhugeint;
typedef struct { int32_t days; } duckdb_date;
typedef struct { int64_t micros; } duckdb_time;
typedef struct { int64_t micros; } duckdb_timestamp;
typedef struct { int32_t months; int32_t days; int64_t micros; } duckdb_interval;
typedef struct { uint8_t width; uint8_t scale; duckdb_hugeint value; } duckdb_decimal;
typedef struct { uint64_t offset; uint64_t length; } duckdb_list_entry;
typedef struct { double percentage; uint64_t rows_processed; uint64_t total_rows_to_process; } duckdb_query_progress_type;
typedef struct {
    union {
        struct { uint32_t length; char prefix[4]; char *ptr; } pointer;
        struct { uint32_t length; char inlined[12]; } inlined;
    } value;
} duckdb_string_t;

// X(return type, name, (parameters), (arguments)): one line a function. Void functions stand in V.
#define WEIR_DUCKDB_FUNCTIONS(X, V) \
    X(const char *, duckdb_library_version, (void), ()) \
    X(duckdb_state, duckdb_open_ext, (const char *path, duckdb_database *out, duckdb_config config, char **error), (path, out, config, error)) \
    V(duckdb_close, (duckdb_database *database), (database)) \
    X(duckdb_state, duckdb_connect, (duckdb_database database, duckdb_connection *out), (database, out)) \
    V(duckdb_disconnect, (duckdb_connection *connection), (connection)) \
    V(duckdb_interrupt, (duckdb_connection connection), (connection)) \
    X(duckdb_query_progress_type, duckdb_query_progress, (duckdb_connection connection), (connection)) \
    X(duckdb_state, duckdb_create_config, (duckdb_config *out), (out)) \
    X(duckdb_state, duckdb_set_config, (duckdb_config config, const char *name, const char *option), (config, name, option)) \
    V(duckdb_destroy_config, (duckdb_config *config), (config)) \
    V(duckdb_free, (void *pointer), (pointer)) \
    V(duckdb_destroy_result, (duckdb_result *result), (result)) \
    X(const char *, duckdb_result_error, (duckdb_result *result), (result)) \
    X(idx_t, duckdb_rows_changed, (duckdb_result *result), (result)) \
    X(idx_t, duckdb_column_count, (duckdb_result *result), (result)) \
    X(const char *, duckdb_column_name, (duckdb_result *result, idx_t column), (result, column)) \
    X(duckdb_logical_type, duckdb_column_logical_type, (duckdb_result *result, idx_t column), (result, column)) \
    X(duckdb_data_chunk, duckdb_fetch_chunk, (duckdb_result result), (result)) \
    X(idx_t, duckdb_extract_statements, (duckdb_connection connection, const char *query, duckdb_extracted_statements *out), (connection, query, out)) \
    X(const char *, duckdb_extract_statements_error, (duckdb_extracted_statements statements), (statements)) \
    X(duckdb_state, duckdb_prepare_extracted_statement, (duckdb_connection connection, duckdb_extracted_statements statements, idx_t index, duckdb_prepared_statement *out), (connection, statements, index, out)) \
    V(duckdb_destroy_extracted, (duckdb_extracted_statements *statements), (statements)) \
    X(const char *, duckdb_prepare_error, (duckdb_prepared_statement statement), (statement)) \
    V(duckdb_destroy_prepare, (duckdb_prepared_statement *statement), (statement)) \
    X(idx_t, duckdb_nparams, (duckdb_prepared_statement statement), (statement)) \
    X(duckdb_statement_type, duckdb_prepared_statement_type, (duckdb_prepared_statement statement), (statement)) \
    X(idx_t, duckdb_prepared_statement_column_count, (duckdb_prepared_statement statement), (statement)) \
    X(const char *, duckdb_prepared_statement_column_name, (duckdb_prepared_statement statement, idx_t column), (statement, column)) \
    X(duckdb_logical_type, duckdb_prepared_statement_column_logical_type, (duckdb_prepared_statement statement, idx_t column), (statement, column)) \
    X(duckdb_state, duckdb_bind_boolean, (duckdb_prepared_statement statement, idx_t index, bool value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_int64, (duckdb_prepared_statement statement, idx_t index, int64_t value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_uint64, (duckdb_prepared_statement statement, idx_t index, uint64_t value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_hugeint, (duckdb_prepared_statement statement, idx_t index, duckdb_hugeint value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_uhugeint, (duckdb_prepared_statement statement, idx_t index, duckdb_uhugeint value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_decimal, (duckdb_prepared_statement statement, idx_t index, duckdb_decimal value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_float, (duckdb_prepared_statement statement, idx_t index, float value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_double, (duckdb_prepared_statement statement, idx_t index, double value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_date, (duckdb_prepared_statement statement, idx_t index, duckdb_date value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_time, (duckdb_prepared_statement statement, idx_t index, duckdb_time value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_timestamp, (duckdb_prepared_statement statement, idx_t index, duckdb_timestamp value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_timestamp_tz, (duckdb_prepared_statement statement, idx_t index, duckdb_timestamp value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_interval, (duckdb_prepared_statement statement, idx_t index, duckdb_interval value), (statement, index, value)) \
    X(duckdb_state, duckdb_bind_varchar_length, (duckdb_prepared_statement statement, idx_t index, const char *value, idx_t length), (statement, index, value, length)) \
    X(duckdb_state, duckdb_bind_blob, (duckdb_prepared_statement statement, idx_t index, const void *value, idx_t length), (statement, index, value, length)) \
    X(duckdb_state, duckdb_bind_null, (duckdb_prepared_statement statement, idx_t index), (statement, index)) \
    X(duckdb_state, duckdb_bind_value, (duckdb_prepared_statement statement, idx_t index, duckdb_value value), (statement, index, value)) \
    X(duckdb_state, duckdb_execute_prepared, (duckdb_prepared_statement statement, duckdb_result *out), (statement, out)) \
    X(duckdb_state, duckdb_pending_prepared_streaming, (duckdb_prepared_statement statement, duckdb_pending_result *out), (statement, out)) \
    X(duckdb_state, duckdb_execute_pending, (duckdb_pending_result pending, duckdb_result *out), (pending, out)) \
    X(const char *, duckdb_pending_error, (duckdb_pending_result pending), (pending)) \
    V(duckdb_destroy_pending, (duckdb_pending_result *pending), (pending)) \
    X(duckdb_data_chunk, duckdb_create_data_chunk, (duckdb_logical_type *types, idx_t columns), (types, columns)) \
    V(duckdb_destroy_data_chunk, (duckdb_data_chunk *chunk), (chunk)) \
    V(duckdb_data_chunk_reset, (duckdb_data_chunk chunk), (chunk)) \
    V(duckdb_data_chunk_set_size, (duckdb_data_chunk chunk, idx_t size), (chunk, size)) \
    X(idx_t, duckdb_data_chunk_get_column_count, (duckdb_data_chunk chunk), (chunk)) \
    X(duckdb_vector, duckdb_data_chunk_get_vector, (duckdb_data_chunk chunk, idx_t column), (chunk, column)) \
    X(idx_t, duckdb_data_chunk_get_size, (duckdb_data_chunk chunk), (chunk)) \
    X(idx_t, duckdb_vector_size, (void), ()) \
    X(void *, duckdb_vector_get_data, (duckdb_vector vector), (vector)) \
    X(uint64_t *, duckdb_vector_get_validity, (duckdb_vector vector), (vector)) \
    V(duckdb_vector_ensure_validity_writable, (duckdb_vector vector), (vector)) \
    V(duckdb_validity_set_row_invalid, (uint64_t *validity, idx_t row), (validity, row)) \
    V(duckdb_vector_assign_string_element_len, (duckdb_vector vector, idx_t row, const char *text, idx_t length), (vector, row, text, length)) \
    X(duckdb_vector, duckdb_list_vector_get_child, (duckdb_vector vector), (vector)) \
    X(idx_t, duckdb_list_vector_get_size, (duckdb_vector vector), (vector)) \
    X(duckdb_vector, duckdb_struct_vector_get_child, (duckdb_vector vector, idx_t index), (vector, index)) \
    X(duckdb_vector, duckdb_array_vector_get_child, (duckdb_vector vector), (vector)) \
    V(duckdb_destroy_logical_type, (duckdb_logical_type *type), (type)) \
    X(duckdb_type, duckdb_get_type_id, (duckdb_logical_type type), (type)) \
    X(char *, duckdb_logical_type_get_alias, (duckdb_logical_type type), (type)) \
    X(uint8_t, duckdb_decimal_width, (duckdb_logical_type type), (type)) \
    X(uint8_t, duckdb_decimal_scale, (duckdb_logical_type type), (type)) \
    X(duckdb_type, duckdb_decimal_internal_type, (duckdb_logical_type type), (type)) \
    X(duckdb_type, duckdb_enum_internal_type, (duckdb_logical_type type), (type)) \
    X(uint32_t, duckdb_enum_dictionary_size, (duckdb_logical_type type), (type)) \
    X(char *, duckdb_enum_dictionary_value, (duckdb_logical_type type, idx_t index), (type, index)) \
    X(duckdb_logical_type, duckdb_list_type_child_type, (duckdb_logical_type type), (type)) \
    X(duckdb_logical_type, duckdb_array_type_child_type, (duckdb_logical_type type), (type)) \
    X(idx_t, duckdb_array_type_array_size, (duckdb_logical_type type), (type)) \
    X(duckdb_logical_type, duckdb_map_type_key_type, (duckdb_logical_type type), (type)) \
    X(duckdb_logical_type, duckdb_map_type_value_type, (duckdb_logical_type type), (type)) \
    X(idx_t, duckdb_struct_type_child_count, (duckdb_logical_type type), (type)) \
    X(char *, duckdb_struct_type_child_name, (duckdb_logical_type type, idx_t index), (type, index)) \
    X(duckdb_logical_type, duckdb_struct_type_child_type, (duckdb_logical_type type, idx_t index), (type, index)) \
    X(idx_t, duckdb_union_type_member_count, (duckdb_logical_type type), (type)) \
    X(char *, duckdb_union_type_member_name, (duckdb_logical_type type, idx_t index), (type, index)) \
    X(duckdb_logical_type, duckdb_union_type_member_type, (duckdb_logical_type type, idx_t index), (type, index)) \
    X(duckdb_logical_type, duckdb_create_logical_type, (duckdb_type type), (type)) \
    X(duckdb_value, duckdb_create_null_value, (void), ()) \
    X(duckdb_value, duckdb_create_varchar_length, (const char *text, idx_t length), (text, length)) \
    X(duckdb_value, duckdb_create_list_value, (duckdb_logical_type type, duckdb_value *values, idx_t count), (type, values, count)) \
    V(duckdb_destroy_value, (duckdb_value *value), (value)) \
    X(duckdb_state, duckdb_appender_create_ext, (duckdb_connection connection, const char *catalog, const char *schema, const char *table, duckdb_appender *out), (connection, catalog, schema, table, out)) \
    X(idx_t, duckdb_appender_column_count, (duckdb_appender appender), (appender)) \
    X(duckdb_logical_type, duckdb_appender_column_type, (duckdb_appender appender, idx_t column), (appender, column)) \
    X(const char *, duckdb_appender_error, (duckdb_appender appender), (appender)) \
    X(duckdb_state, duckdb_appender_flush, (duckdb_appender appender), (appender)) \
    X(duckdb_state, duckdb_appender_close, (duckdb_appender appender), (appender)) \
    X(duckdb_state, duckdb_appender_destroy, (duckdb_appender *appender), (appender)) \
    X(duckdb_state, duckdb_appender_end_row, (duckdb_appender appender), (appender)) \
    X(duckdb_state, duckdb_append_data_chunk, (duckdb_appender appender, duckdb_data_chunk chunk), (appender, chunk)) \
    X(duckdb_state, duckdb_append_bool, (duckdb_appender appender, bool value), (appender, value)) \
    X(duckdb_state, duckdb_append_int64, (duckdb_appender appender, int64_t value), (appender, value)) \
    X(duckdb_state, duckdb_append_uint64, (duckdb_appender appender, uint64_t value), (appender, value)) \
    X(duckdb_state, duckdb_append_hugeint, (duckdb_appender appender, duckdb_hugeint value), (appender, value)) \
    X(duckdb_state, duckdb_append_uhugeint, (duckdb_appender appender, duckdb_uhugeint value), (appender, value)) \
    X(duckdb_state, duckdb_append_float, (duckdb_appender appender, float value), (appender, value)) \
    X(duckdb_state, duckdb_append_double, (duckdb_appender appender, double value), (appender, value)) \
    X(duckdb_state, duckdb_append_date, (duckdb_appender appender, duckdb_date value), (appender, value)) \
    X(duckdb_state, duckdb_append_time, (duckdb_appender appender, duckdb_time value), (appender, value)) \
    X(duckdb_state, duckdb_append_timestamp, (duckdb_appender appender, duckdb_timestamp value), (appender, value)) \
    X(duckdb_state, duckdb_append_interval, (duckdb_appender appender, duckdb_interval value), (appender, value)) \
    X(duckdb_state, duckdb_append_varchar_length, (duckdb_appender appender, const char *text, idx_t length), (appender, text, length)) \
    X(duckdb_state, duckdb_append_blob, (duckdb_appender appender, const void *data, idx_t length), (appender, data, length)) \
    X(duckdb_state, duckdb_append_value, (duckdb_appender appender, duckdb_value value), (appender, value)) \
    X(duckdb_state, duckdb_append_null, (duckdb_appender appender), (appender)) \
    X(duckdb_scalar_function, duckdb_create_scalar_function, (void), ()) \
    V(duckdb_destroy_scalar_function, (duckdb_scalar_function *function), (function)) \
    V(duckdb_scalar_function_set_name, (duckdb_scalar_function function, const char *name), (function, name)) \
    V(duckdb_scalar_function_set_varargs, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    V(duckdb_scalar_function_set_special_handling, (duckdb_scalar_function function), (function)) \
    V(duckdb_scalar_function_add_parameter, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    V(duckdb_scalar_function_set_return_type, (duckdb_scalar_function function, duckdb_logical_type type), (function, type)) \
    V(duckdb_scalar_function_set_function, (duckdb_scalar_function function, duckdb_scalar_function_t body), (function, body)) \
    X(duckdb_state, duckdb_register_scalar_function, (duckdb_connection connection, duckdb_scalar_function function), (connection, function)) \
    X(duckdb_aggregate_function, duckdb_create_aggregate_function, (void), ()) \
    V(duckdb_destroy_aggregate_function, (duckdb_aggregate_function *function), (function)) \
    V(duckdb_aggregate_function_set_name, (duckdb_aggregate_function function, const char *name), (function, name)) \
    V(duckdb_aggregate_function_add_parameter, (duckdb_aggregate_function function, duckdb_logical_type type), (function, type)) \
    V(duckdb_aggregate_function_set_return_type, (duckdb_aggregate_function function, duckdb_logical_type type), (function, type)) \
    V(duckdb_aggregate_function_set_special_handling, (duckdb_aggregate_function function), (function)) \
    V(duckdb_aggregate_function_set_functions, (duckdb_aggregate_function function, duckdb_aggregate_state_size size, duckdb_aggregate_init_t init, duckdb_aggregate_update_t update, duckdb_aggregate_combine_t combine, duckdb_aggregate_finalize_t finalize), (function, size, init, update, combine, finalize)) \
    X(duckdb_state, duckdb_register_aggregate_function, (duckdb_connection connection, duckdb_aggregate_function function), (connection, function))

#define WEIR_FIELD_X(ret, name, params, args) ret (*name) params;
#define WEIR_FIELD_V(name, params, args) void (*name) params;
struct weir_duckdb_table { WEIR_DUCKDB_FUNCTIONS(WEIR_FIELD_X, WEIR_FIELD_V) };
#undef WEIR_FIELD_X
#undef WEIR_FIELD_V

extern struct weir_duckdb_table weir_duckdb_table;

#define WEIR_CALL_X(ret, name, params, args) static inline ret name params { return weir_duckdb_table.name args; }
#define WEIR_CALL_V(name, params, args) static inline void name params { weir_duckdb_table.name args; }
WEIR_DUCKDB_FUNCTIONS(WEIR_CALL_X, WEIR_CALL_V)
#undef WEIR_CALL_X
#undef WEIR_CALL_V

/// Opens the library and resolves every function above. Returns NULL when it did, else the name of what is
/// missing (the library's own message, or a function's name). Call once, before anything else here.
const char *weir_duckdb_load(const char *path);
