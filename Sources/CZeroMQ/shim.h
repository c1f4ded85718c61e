#pragma once
#include "../CLoading/load.h"
#include <zmq.h>

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

FT_LIBRARY(ft_zmq, FT_ZMQ_FUNCTIONS, "libzmq.so.5")
