#include "CDuckDB.h"
#include <dlfcn.h>

struct weir_duckdb_table weir_duckdb_table;

const char *weir_duckdb_load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) { return dlerror(); }
#define WEIR_LOAD(name) \
    *(void **)&weir_duckdb_table.name = dlsym(library, #name); \
    if (!weir_duckdb_table.name) { return #name; }
#define WEIR_LOAD_X(ret, name, params, args) WEIR_LOAD(name)
#define WEIR_LOAD_V(name, params, args) WEIR_LOAD(name)
    WEIR_DUCKDB_FUNCTIONS(WEIR_LOAD_X, WEIR_LOAD_V)
    return 0;
}
