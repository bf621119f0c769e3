// The part of ONNX Runtime's C API that Weir calls, declared here and resolved at run time.
//
// The runtime is opened with dlopen when the first `.onnx` file is, and only there: nothing is linked, and who scores no
// files needs none. It hands out a table of function pointers that grows at its end alone, so that a function is known by
// its place. All places here are of version 2 of the table or before; the runtime's own build holds them fast (101 is
// the last of version 1, 118 that of version 2). https://onnxruntime.ai/docs/api/c/struct_ort_api.html
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct ort_status ort_status;
typedef struct ort_env ort_env;
typedef struct ort_options ort_options;
typedef struct ort_session ort_session;
typedef struct ort_run_options ort_run_options;
typedef struct ort_value ort_value;
typedef struct ort_type ort_type;
typedef struct ort_shape ort_shape;
typedef struct ort_allocator ort_allocator;
typedef struct ort_metadata ort_metadata;

/// A tensor, among the kinds of values that a model may take or give.
enum { ORT_KIND_TENSOR = 1 };

// S: gives a status, null where all is well. V: gives nothing. Both: place, name, parameters, arguments.
#define WEIR_ONNX_FUNCTIONS(S, V) \
    S(6, ort_disable_telemetry, (const ort_env *env), (env)) \
    S(7, ort_create_session, (ort_env *env, const char *path, const ort_options *options, ort_session **out), (env, path, options, out)) \
    S(9, ort_run, (ort_session *session, const ort_run_options *options, const char *const *input_names, const ort_value *const *inputs, size_t input_count, const char *const *output_names, size_t output_count, ort_value **outputs), (session, options, input_names, inputs, input_count, output_names, output_count, outputs)) \
    S(10, ort_create_options, (ort_options **out), (out)) \
    S(30, ort_input_count, (const ort_session *session, size_t *out), (session, out)) \
    S(31, ort_output_count, (const ort_session *session, size_t *out), (session, out)) \
    S(33, ort_input_type, (const ort_session *session, size_t index, ort_type **out), (session, index, out)) \
    S(34, ort_output_type, (const ort_session *session, size_t index, ort_type **out), (session, index, out)) \
    S(36, ort_input_name, (const ort_session *session, size_t index, ort_allocator *allocator, char **out), (session, index, allocator, out)) \
    S(37, ort_output_name, (const ort_session *session, size_t index, ort_allocator *allocator, char **out), (session, index, allocator, out)) \
    S(48, ort_create_tensor, (ort_allocator *allocator, const int64_t *shape, size_t length, int32_t element, ort_value **out), (allocator, shape, length, element, out)) \
    S(51, ort_tensor_data, (ort_value *value, void **out), (value, out)) \
    S(52, ort_fill_texts, (ort_value *value, const char *const *texts, size_t count), (value, texts, count)) \
    S(53, ort_texts_length, (const ort_value *value, size_t *out), (value, out)) \
    S(54, ort_texts, (const ort_value *value, void *bytes, size_t length, size_t *offsets, size_t count), (value, bytes, length, offsets, count)) \
    S(55, ort_tensor_type, (const ort_type *type, const ort_shape **out), (type, out)) \
    S(56, ort_kind_of_type, (const ort_type *type, int32_t *out), (type, out)) \
    S(60, ort_element, (const ort_shape *shape, int32_t *out), (shape, out)) \
    S(61, ort_dimension_count, (const ort_shape *shape, size_t *out), (shape, out)) \
    S(62, ort_dimensions, (const ort_shape *shape, int64_t *out, size_t count), (shape, out, count)) \
    S(65, ort_shape_of_value, (const ort_value *value, ort_shape **out), (value, out)) \
    S(67, ort_kind_of_value, (const ort_value *value, int32_t *out), (value, out)) \
    S(76, ort_free, (ort_allocator *allocator, void *memory), (allocator, memory)) \
    S(78, ort_default_allocator, (ort_allocator **out), (out)) \
    V(93, ort_release_status, (ort_status *status), (status)) \
    V(95, ort_release_session, (ort_session *session), (session)) \
    V(96, ort_release_value, (ort_value *value), (value)) \
    V(98, ort_release_type, (ort_type *type), (type)) \
    V(99, ort_release_shape, (ort_shape *shape), (shape)) \
    V(100, ort_release_options, (ort_options *options), (options)) \
    S(111, ort_session_metadata, (const ort_session *session, ort_metadata **out), (session, out)) \
    S(117, ort_metadata_version, (const ort_metadata *metadata, int64_t *out), (metadata, out)) \
    V(118, ort_release_metadata, (ort_metadata *metadata), (metadata))

/// The runtime's table and its environment; null until ``weir_onnx_load`` has succeeded.
extern const void *const *weir_onnx_table;
extern ort_env *weir_onnx_environment;

#define WEIR_CALL_S(place, name, params, args) \
    static inline ort_status *name params { return ((ort_status *(*) params)weir_onnx_table[place]) args; }
#define WEIR_CALL_V(place, name, params, args) \
    static inline void name params { ((void (*) params)weir_onnx_table[place]) args; }
WEIR_ONNX_FUNCTIONS(WEIR_CALL_S, WEIR_CALL_V)
#undef WEIR_CALL_S
#undef WEIR_CALL_V

static inline const char *ort_message(const ort_status *status) {
    return ((const char *(*)(const ort_status *))weir_onnx_table[2])(status);
}

/// Opens a session in the runtime's environment.
static inline ort_status *weir_onnx_open(const char *path, const ort_options *options, ort_session **out) {
    return ort_create_session(weir_onnx_environment, path, options, out);
}

enum {
    WEIR_ONNX_LOADED = 0,
    /// The library cannot be opened; `said` is the loader's message.
    WEIR_ONNX_NOT_OPENED = 1,
    /// The library is another one.
    WEIR_ONNX_NO_RUNTIME = 2,
    /// `said` is its version.
    WEIR_ONNX_TOO_OLD = 3
};

/// Opens the runtime and takes its table. `said` is its version where that succeeds. Not for two threads at once.
int weir_onnx_load(const char *path, uint32_t version, const char **said);
