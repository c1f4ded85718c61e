// What the opaque handles of ctorch.h are, and the one guard that every body runs in.
#pragma once
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "ctorch.h"

struct ft_tensor {
  at::Tensor value;
};
struct ft_generator {
  at::Generator value;
};
struct ft_error {
  std::string message;
};

namespace ft {

extern std::atomic<int64_t> live_tensors;
extern thread_local int64_t live_tensors_of_thread;

inline void count(int64_t change) {
  live_tensors.fetch_add(change, std::memory_order_relaxed);
  live_tensors_of_thread += change;
}

inline ft_tensor *own(at::Tensor value) {
  auto *handle = new ft_tensor{std::move(value)};
  count(1);
  return handle;
}

/// Another process of the job cannot be reached.
struct lost_rank : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Stores an error; when even that fails for want of memory, `*error` stays NULL.
ft_status refuse(ft_status status, const char *message, ft_error **error) noexcept;

/// Whether oneDNN got no memory, which it says in an error of its own.
bool is_without_memory(const std::exception &e) noexcept;

/// Runs `body`; nothing that it throws passes the C boundary.
template <typename Body> ft_status guard(ft_error **error, Body &&body) noexcept {
  try {
    body();
    return FT_OK;
  } catch (const c10::OutOfMemoryError &e) {
    return refuse(FT_OUT_OF_MEMORY, e.what_without_backtrace(), error);
  } catch (const c10::IndexError &e) {
    return refuse(FT_INDEX, e.what_without_backtrace(), error);
  } catch (const c10::NotImplementedError &e) {
    return refuse(FT_NOT_IMPLEMENTED, e.what_without_backtrace(), error);
  } catch (const c10::Error &e) {
    const std::string message = e.what_without_backtrace();
    const bool memory = message.find("DefaultCPUAllocator") != std::string::npos;
    return refuse(memory ? FT_OUT_OF_MEMORY : FT_TORCH, message.c_str(), error);
  } catch (const std::bad_alloc &) {
    return refuse(FT_OUT_OF_MEMORY, "out of memory", error);
  } catch (const lost_rank &e) {
    return refuse(FT_LOST_RANK, e.what(), error);
  } catch (const std::invalid_argument &e) {
    return refuse(FT_ARGUMENT, e.what(), error);
  } catch (const std::exception &e) {
    return refuse(is_without_memory(e) ? FT_OUT_OF_MEMORY : FT_EXCEPTION, e.what(), error);
  } catch (...) {
    return refuse(FT_UNKNOWN, "an exception of unknown type", error);
  }
}

/// `guard` for a body that returns the tensor to hand out.
template <typename Body> ft_status produce(ft_tensor **out, ft_error **error, Body &&body) noexcept {
  return guard(error, [&] { *out = own(body()); });
}

at::ScalarType scalar_type(ft_dtype dtype);
ft_dtype dtype_of(at::ScalarType type);
at::Device device_of(ft_device device);

inline at::IntArrayRef ints(const int64_t *values, size_t count) { return {values, count}; }
inline std::optional<at::Tensor> optional(const ft_tensor *t) {
  return t ? std::optional<at::Tensor>(t->value) : std::nullopt;
}
/// An integral scalar for an integral tensor, so that int64 + 1 stays int64.
inline at::Scalar scalar(const at::Tensor &a, double value) {
  const bool whole = value == static_cast<double>(static_cast<int64_t>(value));
  if (whole && at::isIntegralType(a.scalar_type(), false)) return static_cast<int64_t>(value);
  return value;
}

} // namespace ft
