// Handles, data in and out, autograd, and the state of the library and of the calling thread.
#include "handles.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <cmath>
#include <cstring>
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl_common.hpp>
#include <stdexcept>
#if __has_include(<torch/headeronly/version.h>)
#include <torch/headeronly/version.h>
#else
#include <torch/csrc/api/include/torch/version.h>
#endif

using namespace ft;

namespace ft {

std::atomic<int64_t> live_tensors{0};
thread_local int64_t live_tensors_of_thread = 0;

ft_status refuse(ft_status status, const char *message, ft_error **error) noexcept {
  try {
    *error = new ft_error{message};
  } catch (...) {
    *error = nullptr;
  }
  return status;
}

bool is_without_memory(const std::exception &e) noexcept {
  const auto *error = dynamic_cast<const dnnl::error *>(&e);
  return error && error->status == dnnl_out_of_memory;
}

at::ScalarType scalar_type(ft_dtype dtype) {
  switch (dtype) {
  case FT_UINT8: return at::kByte;
  case FT_INT32: return at::kInt;
  case FT_INT64: return at::kLong;
  case FT_FLOAT16: return at::kHalf;
  case FT_BFLOAT16: return at::kBFloat16;
  case FT_FLOAT32: return at::kFloat;
  case FT_FLOAT64: return at::kDouble;
  case FT_BOOL: return at::kBool;
  case FT_OTHER: break;
  }
  throw std::invalid_argument("unknown element type");
}

ft_dtype dtype_of(at::ScalarType type) {
  switch (type) {
  case at::kByte: return FT_UINT8;
  case at::kInt: return FT_INT32;
  case at::kLong: return FT_INT64;
  case at::kHalf: return FT_FLOAT16;
  case at::kBFloat16: return FT_BFLOAT16;
  case at::kFloat: return FT_FLOAT32;
  case at::kDouble: return FT_FLOAT64;
  case at::kBool: return FT_BOOL;
  default: return FT_OTHER;
  }
}

at::Device device_of(ft_device device) {
  if (!device.cuda) return at::kCPU;
  if (device.index >= ft_cuda_count()) throw std::invalid_argument("this CUDA device is not present");
  return {at::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
}

/// libtorch_cuda registers its kernels when it is loaded, and nothing links it: load it from the
/// folder of libtorch_cpu before anything asks torch about CUDA (torch keeps the first answer).
static void load_cuda() {
  Dl_info info;
  const auto symbol = reinterpret_cast<const void *>(&at::get_num_threads);
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return;
  const std::string path = info.dli_fname;
  const auto folder = path.substr(0, path.find_last_of('/') + 1);
  dlopen((folder + "libtorch_cuda.so").c_str(), RTLD_NOW | RTLD_GLOBAL);
}

} // namespace ft

extern "C" {

const char *ft_error_message(const ft_error *error) { return error->message.c_str(); }
void ft_error_free(ft_error *error) { delete error; }

const char *ft_torch_version(void) { return TORCH_VERSION; }
int64_t ft_tensor_live_count(void) { return live_tensors.load(std::memory_order_relaxed); }
int64_t ft_tensor_live_count_of_thread(void) { return live_tensors_of_thread; }
ft_status ft_threads_set(int32_t count, ft_error **error) {
  return guard(error, [&] { at::set_num_threads(count); });
}
int32_t ft_threads_count(void) { return at::get_num_threads(); }

int32_t ft_cuda_count(void) {
  static const int32_t count = [] {
    try {
      load_cuda();
      // The same seed must give the same run: keep to cuDNN's deterministic algorithms.
      at::globalContext().setDeterministicCuDNN(true);
      return at::detail::getCUDAHooks().hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0;
    } catch (...) {
      return 0;
    }
  }();
  return count;
}

int32_t ft_cuda_capability(int32_t index) {
  if (index >= ft_cuda_count()) return 0;
  // The CUDA headers are not at hand: ask the runtime that libtorch_cuda has brought in.
  using attribute_of = int (*)(int *, int, int);
  const auto attribute =
      reinterpret_cast<attribute_of>(dlsym(RTLD_DEFAULT, "cudaDeviceGetAttribute"));
  int major = 0, minor = 0;
  if (attribute == nullptr || attribute(&major, 75, index) != 0) return 0;
  return attribute(&minor, 76, index) == 0 ? 10 * major + minor : 10 * major;
}

ft_status ft_cuda_synchronize(int32_t index, ft_error **error) {
  return guard(error, [&] {
    const auto device = device_of({true, index});
    c10::impl::VirtualGuardImpl(at::kCUDA).synchronizeDevice(device.index());
  });
}

bool ft_grad_enabled(void) { return c10::GradMode::is_enabled(); }
void ft_grad_set_enabled(bool enabled) {
  // A weight that autocast cast while gradients were off has no graph; using that copy with
  // gradients on would silently leave the weight without a gradient.
  if (enabled != c10::GradMode::is_enabled()) at::autocast::clear_cache();
  c10::GradMode::set_enabled(enabled);
}

ft_status ft_autocast_enter(ft_autocast wanted, ft_autocast *former, ft_error **error) {
  return guard(error, [&] {
    const auto kind = wanted.cuda ? at::kCUDA : at::kCPU;
    const auto type = scalar_type(wanted.dtype);
    *former = {wanted.cuda, at::autocast::is_autocast_enabled(kind),
               dtype_of(at::autocast::get_autocast_dtype(kind))};
    at::autocast::set_autocast_enabled(kind, wanted.enabled);
    at::autocast::set_autocast_dtype(kind, type);
    at::autocast::increment_nesting();
  });
}

void ft_autocast_leave(ft_autocast former) {
  ft_error *ignored = nullptr;
  guard(&ignored, [&] {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    const auto kind = former.cuda ? at::kCUDA : at::kCPU;
    at::autocast::set_autocast_enabled(kind, former.enabled);
    at::autocast::set_autocast_dtype(kind, scalar_type(former.dtype));
  });
  delete ignored;
}

ft_status ft_generator_new(uint64_t seed, ft_generator **out, ft_error **error) {
  return guard(error, [&] { *out = new ft_generator{at::detail::createCPUGenerator(seed)}; });
}
void ft_generator_free(ft_generator *generator) { delete generator; }
ft_status ft_generator_state(const ft_generator *g, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return g->value.get_state(); });
}
ft_status ft_generator_set_state(ft_generator *g, const ft_tensor *state, ft_error **error) {
  return guard(error, [&] { g->value.set_state(state->value); });
}

void ft_tensor_free(ft_tensor *t) {
  delete t;
  count(-1);
}

ft_status ft_tensor_from_data(const void *data, size_t bytes, ft_dtype dtype, const int64_t *shape,
                              size_t rank, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    auto t = at::empty(ints(shape, rank), scalar_type(dtype));
    if (t.nbytes() != bytes) throw std::invalid_argument("the data do not fill the shape");
    if (bytes > 0) std::memcpy(t.data_ptr(), data, bytes);
    return t;
  });
}

ft_status ft_tensor_filled(ft_fill fill, double value, const int64_t *shape, size_t rank,
                           ft_dtype dtype, ft_device device, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    const auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(device_of(device));
    if (fill == FT_ZEROS) return at::zeros(ints(shape, rank), options);
    auto t = at::empty(ints(shape, rank), options);
    if (fill == FT_FULL) t.fill_(scalar(t, value));
    return t;
  });
}

ft_status ft_tensor_drawn(ft_draw draw, double a, double b, const int64_t *shape, size_t rank,
                          ft_generator *g, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    auto t = at::empty(ints(shape, rank), at::kFloat);
    return draw == FT_NORMAL ? t.normal_(a, b, g->value) : t.uniform_(a, b, g->value);
  });
}

ft_status ft_tensor_permutation(int64_t count, ft_generator *g, ft_tensor **out,
                                ft_error **error) {
  return produce(out, error, [&] { return at::randperm(count, g->value, at::kLong); });
}

ft_status ft_tensor_arange(double start, double end, double step, ft_dtype dtype, ft_tensor **out,
                           ft_error **error) {
  return produce(out, error, [&] { return at::arange(start, end, step, scalar_type(dtype)); });
}

ft_status ft_tensor_read(const ft_tensor *t, ft_dtype dtype, void *buffer, size_t bytes,
                         ft_error **error) {
  return guard(error, [&] {
    const auto plain = t->value.detach().to(at::kCPU, scalar_type(dtype)).contiguous();
    if (plain.nbytes() != bytes) throw std::invalid_argument("the buffer has another size");
    if (bytes > 0) std::memcpy(buffer, plain.const_data_ptr(), bytes);
  });
}

size_t ft_tensor_rank(const ft_tensor *t) { return static_cast<size_t>(t->value.dim()); }
void ft_tensor_shape(const ft_tensor *t, int64_t *buffer) {
  for (const auto size : t->value.sizes()) *buffer++ = size;
}
void ft_tensor_strides(const ft_tensor *t, int64_t *buffer) {
  for (const auto stride : t->value.strides()) *buffer++ = stride;
}
int64_t ft_tensor_count(const ft_tensor *t) { return t->value.numel(); }
ft_dtype ft_tensor_dtype(const ft_tensor *t) { return dtype_of(t->value.scalar_type()); }
ft_device ft_tensor_device(const ft_tensor *t) {
  return {t->value.is_cuda(), t->value.is_cuda() ? t->value.get_device() : 0};
}
bool ft_tensor_is_channels_last(const ft_tensor *t) {
  return t->value.dim() == 4 && t->value.is_contiguous(at::MemoryFormat::ChannelsLast);
}
bool ft_tensor_is_contiguous(const ft_tensor *t) { return t->value.is_contiguous(); }

ft_status ft_tensor_to_dtype(const ft_tensor *t, ft_dtype dtype, ft_tensor **out,
                             ft_error **error) {
  return produce(out, error, [&] { return t->value.to(scalar_type(dtype)); });
}
ft_status ft_tensor_to_device(const ft_tensor *t, ft_device d, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return t->value.to(device_of(d)); });
}
ft_status ft_tensor_contiguous(const ft_tensor *t, bool channels_last, ft_tensor **out,
                               ft_error **error) {
  const auto format =
      channels_last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  return produce(out, error, [&] { return t->value.contiguous(format); });
}
ft_status ft_tensor_clone(const ft_tensor *t, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return t->value.clone(); });
}
ft_status ft_tensor_alias(const ft_tensor *t, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return t->value; });
}
ft_status ft_tensor_detach(const ft_tensor *t, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return t->value.detach(); });
}
ft_status ft_tensor_replace(ft_tensor *t, const ft_tensor *other, ft_error **error) {
  return guard(error, [&] {
    const bool requires_grad = t->value.requires_grad();
    t->value = other->value.detach();
    t->value.set_requires_grad(requires_grad);
  });
}

bool ft_tensor_requires_grad(const ft_tensor *t) { return t->value.requires_grad(); }
ft_status ft_tensor_set_requires_grad(ft_tensor *t, bool on, ft_error **error) {
  return guard(error, [&] { t->value.set_requires_grad(on); });
}
ft_status ft_tensor_backward(const ft_tensor *t, const ft_tensor *gradient, ft_error **error) {
  return guard(error, [&] {
    t->value.backward(gradient ? gradient->value : at::Tensor());
  });
}
ft_status ft_tensor_gradient(const ft_tensor *t, ft_tensor **out, ft_error **error) {
  return guard(error, [&] {
    const auto &gradient = t->value.grad();
    *out = gradient.defined() ? own(gradient) : nullptr;
  });
}
ft_status ft_tensor_set_gradient(ft_tensor *t, const ft_tensor *gradient, ft_error **error) {
  return guard(error, [&] {
    t->value.mutable_grad() = gradient ? gradient->value.detach() : at::Tensor();
  });
}
bool ft_tensor_has_gradient(const ft_tensor *t) { return t->value.grad().defined(); }

} // extern "C"
