#include "CONNX.h"
#include <dlfcn.h>

const void *const *weir_onnx_table;
ort_env *weir_onnx_environment;

struct api_base {
    const void *const *(*table)(uint32_t version);
    const char *(*version)(void);
};

/// The runtime writes what is more harmless than this to standard error; Weir tells of errors itself.
enum { LOG_FATAL_ONLY = 4 };

int weir_onnx_load(const char *path, uint32_t version, const char **said) {
    // Never closed: it keeps threads of its own.
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *said = dlerror();
        return WEIR_ONNX_NOT_OPENED;
    }
    const struct api_base *(*base)(void) = 0;
    *(void **)&base = dlsym(library, "OrtGetApiBase");
    if (!base) { return WEIR_ONNX_NO_RUNTIME; }
    *said = base()->version();
    const void *const *table = base()->table(version);
    if (!table) { return WEIR_ONNX_TOO_OLD; }
    ort_env *environment = 0;
    ort_status *(*create)(int, const char *, ort_env **) = (ort_status *(*)(int, const char *, ort_env **))table[3];
    if (create(LOG_FATAL_ONLY, "weir", &environment)) { return WEIR_ONNX_NO_RUNTIME; }
    weir_onnx_table = table;
    weir_onnx_environment = environment;
    // Some builds tell Microsoft what they run.
    ort_release_status(ort_disable_telemetry(environment));
    return WEIR_ONNX_LOADED;
}
