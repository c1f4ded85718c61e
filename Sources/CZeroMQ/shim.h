#pragma once
#include <dlfcn.h>
#include <zmq.h>

/// libzmq brings Kerberos, PGM and NORM along, which every start of the shell would pay for. It is
/// loaded when a kernel starts: this is the table of what is called then.
#define FT_ZMQ_FUNCTIONS(X) \
  X(zmq_ctx_new) \
  X(zmq_socket) \
  X(zmq_close) \
  X(zmq_bind) \
  X(zmq_setsockopt) \
  X(zmq_poll) \
  X(zmq_errno) \
  X(zmq_strerror) \
  X(zmq_send) \
  X(zmq_msg_init) \
  X(zmq_msg_recv) \
  X(zmq_msg_data) \
  X(zmq_msg_size) \
  X(zmq_msg_more) \
  X(zmq_msg_close)

typedef struct {
#define FT_DECLARE(function) __typeof__(&function) _Nonnull function;
  FT_ZMQ_FUNCTIONS(FT_DECLARE)
#undef FT_DECLARE
} ft_zmq;

/// Fills the table. Returns NULL, or what the loader says of a library or function that it lacks.
static inline const char *_Nullable ft_zmq_load(ft_zmq *_Nonnull table) {
  void *library = dlopen("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define FT_FIND(function) \
  { \
    void *found = dlsym(library, #function); \
    if (!found) return dlerror(); \
    table->function = (__typeof__(&function))found; \
  }
  FT_ZMQ_FUNCTIONS(FT_FIND)
#undef FT_FIND
  return NULL;
}
