#pragma once
#include <dlfcn.h>

/// A C library that is loaded when it is first needed: what it brings along (libarchive, libmatio
/// and HDF5 together 40 libraries) would otherwise be paid for by every start of the shell.
///
/// FT_LIBRARY(table, FUNCTIONS, names …) declares the struct `table` of pointers to the functions
/// and variables that FUNCTIONS(X) lists, and `table_load`, which fills it from the first library
/// of these names that there is. It returns NULL, or what the loader says is missing.
#define FT_DECLARE(symbol) __typeof__(&symbol) _Nonnull symbol;
#define FT_FIND(symbol) \
  *(void **)&table->symbol = dlsym(library, #symbol); \
  if (!table->symbol) return dlerror();
#define FT_LIBRARY(name, FUNCTIONS, ...) \
  typedef struct { \
    FUNCTIONS(FT_DECLARE) \
  } name; \
  static inline const char *_Nullable name##_load(name *_Nonnull table) { \
    const char *names[] = {__VA_ARGS__}; \
    void *library = 0; \
    for (unsigned i = 0; i < sizeof names / sizeof *names && !library; i++) { \
      library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL); \
    } \
    if (!library) return dlerror(); \
    FUNCTIONS(FT_FIND) \
    return 0; \
  }
