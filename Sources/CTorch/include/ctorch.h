// A narrow C face of libtorch: the only header through which Swift sees torch.
//
// Rules: a function that can fail returns ft_status and, unless FT_OK, stores an owned ft_error in
// `*error` (release it with ft_error_free). A function with `ft_tensor **out` stores an owned
// handle (release it with ft_tensor_free); a handle shares the storage that at::Tensor shares, so
// no operation copies unless torch copies. No function keeps a pointer that it was given.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ft_tensor ft_tensor;
typedef struct ft_generator ft_generator;
typedef struct ft_error ft_error;

typedef enum ft_status {
  FT_OK = 0,
  FT_TORCH = 1,          // c10::Error: shapes, types, values that an operation refuses
  FT_INDEX = 2,          // c10::IndexError
  FT_OUT_OF_MEMORY = 3,  // c10::OutOfMemoryError, std::bad_alloc, the CPU allocator's refusal
  FT_NOT_IMPLEMENTED = 4,
  FT_ARGUMENT = 5,  // refused by the shim itself
  FT_EXCEPTION = 6, // any other std::exception
  FT_UNKNOWN = 7,   // thrown, but not a std::exception
  FT_LOST_RANK = 8  // a collective failed: see ctorch_distributed.h
} ft_status;

typedef enum ft_dtype {
  FT_UINT8 = 0, FT_INT32, FT_INT64, FT_FLOAT16, FT_BFLOAT16, FT_FLOAT32, FT_FLOAT64, FT_BOOL,
  FT_OTHER
} ft_dtype;

typedef struct ft_device {
  bool cuda;
  int32_t index;
} ft_device;

// Errors.
const char *ft_error_message(const ft_error *error);
void ft_error_free(ft_error *error);

// The library.
const char *ft_torch_version(void);
int64_t ft_tensor_live_count(void);
/// Handles made by the calling thread less those that it freed.
int64_t ft_tensor_live_count_of_thread(void);
/// Keeps the memory of freed tensors for the next ones (memory.cpp); before the first tensor is made.
void ft_memory_keep(void);
ft_status ft_threads_set(int32_t count, ft_error **error);
int32_t ft_threads_count(void);
/// Whether the processor has AVX512-FP16, which convolutions and norms of float16 maps are for.
bool ft_processor_has_float16(void);
/// Number of CUDA devices; loads libtorch_cuda from libtorch_cpu's folder on the first call.
int32_t ft_cuda_count(void);
/// 10 × major + minor of the compute capability; 0 when unknown.
int32_t ft_cuda_capability(int32_t index);
ft_status ft_cuda_synchronize(int32_t index, ft_error **error);

// Modes of the calling thread.
bool ft_grad_enabled(void);
void ft_grad_set_enabled(bool enabled);
typedef struct ft_autocast {
  bool cuda, enabled;
  ft_dtype dtype;
} ft_autocast;
/// Sets autocast for the kind of device in `wanted`; the former setting goes to `*former`.
ft_status ft_autocast_enter(ft_autocast wanted, ft_autocast *former, ft_error **error);
/// Puts `former` back; leaving the outermost scope drops the cache of cast weights.
void ft_autocast_leave(ft_autocast former);

// Generators (CPU; the same numbers whatever device they end on).
ft_status ft_generator_new(uint64_t seed, ft_generator **out, ft_error **error);
void ft_generator_free(ft_generator *generator);
ft_status ft_generator_state(const ft_generator *g, ft_tensor **out, ft_error **error);
ft_status ft_generator_set_state(ft_generator *g, const ft_tensor *state, ft_error **error);

// Tensors: making, freeing, reading.
void ft_tensor_free(ft_tensor *t);
ft_status ft_tensor_from_data(const void *data, size_t bytes, ft_dtype dtype, const int64_t *shape,
                              size_t rank, ft_tensor **out, ft_error **error);
typedef enum ft_fill { FT_EMPTY = 0, FT_ZEROS, FT_FULL } ft_fill;
ft_status ft_tensor_filled(ft_fill fill, double value, const int64_t *shape, size_t rank,
                           ft_dtype dtype, ft_device device, ft_tensor **out, ft_error **error);
typedef enum ft_draw { FT_NORMAL = 0, FT_UNIFORM } ft_draw;
/// NORMAL: mean a, standard deviation b; UNIFORM: [a, b). float32 on the CPU.
ft_status ft_tensor_drawn(ft_draw draw, double a, double b, const int64_t *shape, size_t rank,
                          ft_generator *g, ft_tensor **out, ft_error **error);
ft_status ft_tensor_permutation(int64_t count, ft_generator *g, ft_tensor **out, ft_error **error);
ft_status ft_tensor_arange(double start, double end, double step, ft_dtype dtype, ft_tensor **out,
                           ft_error **error);
/// Converts to `dtype`, row-major, on the CPU, and copies exactly `bytes` bytes to `buffer`.
ft_status ft_tensor_read(const ft_tensor *t, ft_dtype dtype, void *buffer, size_t bytes,
                         ft_error **error);
size_t ft_tensor_rank(const ft_tensor *t);
void ft_tensor_shape(const ft_tensor *t, int64_t *buffer);
void ft_tensor_strides(const ft_tensor *t, int64_t *buffer);
int64_t ft_tensor_count(const ft_tensor *t);
ft_dtype ft_tensor_dtype(const ft_tensor *t);
ft_device ft_tensor_device(const ft_tensor *t);
bool ft_tensor_is_channels_last(const ft_tensor *t);
bool ft_tensor_is_contiguous(const ft_tensor *t);

// Conversions.
ft_status ft_tensor_to_dtype(const ft_tensor *t, ft_dtype dtype, ft_tensor **out, ft_error **error);
ft_status ft_tensor_to_device(const ft_tensor *t, ft_device d, ft_tensor **out, ft_error **error);
ft_status ft_tensor_contiguous(const ft_tensor *t, bool channels_last, ft_tensor **out,
                               ft_error **error);
ft_status ft_tensor_clone(const ft_tensor *t, ft_tensor **out, ft_error **error);
/// A second handle for the same tensor, history included.
ft_status ft_tensor_alias(const ft_tensor *t, ft_tensor **out, ft_error **error);
ft_status ft_tensor_detach(const ft_tensor *t, ft_tensor **out, ft_error **error);
/// Makes the handle stand for `other`'s data, detached, keeping requires_grad.
ft_status ft_tensor_replace(ft_tensor *t, const ft_tensor *other, ft_error **error);

// Autograd.
bool ft_tensor_requires_grad(const ft_tensor *t);
ft_status ft_tensor_set_requires_grad(ft_tensor *t, bool on, ft_error **error);
ft_status ft_tensor_backward(const ft_tensor *t, const ft_tensor *gradient, ft_error **error);
/// Stores NULL when there is no gradient.
ft_status ft_tensor_gradient(const ft_tensor *t, ft_tensor **out, ft_error **error);
ft_status ft_tensor_set_gradient(ft_tensor *t, const ft_tensor *gradient, ft_error **error);
bool ft_tensor_has_gradient(const ft_tensor *t);

// Element-wise.
typedef enum ft_unary {
  FT_NEG = 0, FT_EXP, FT_LOG, FT_LOG1P, FT_SQRT, FT_ABS, FT_SIGN, FT_SIN, FT_COS, FT_RELU,
  FT_SIGMOID, FT_TANH, FT_LOGICAL_NOT, FT_IS_FINITE, FT_ACOS
} ft_unary;
typedef enum ft_binary {
  FT_ADD = 0, FT_SUB, FT_MUL, FT_DIV, FT_POW, FT_EQ, FT_NE, FT_LT, FT_LE, FT_GT, FT_GE,
  FT_MAXIMUM, FT_MINIMUM, FT_LOGICAL_AND, FT_LOGICAL_OR, FT_MATMUL
} ft_binary;
ft_status ft_tensor_unary(ft_unary op, const ft_tensor *a, ft_tensor **out, ft_error **error);
ft_status ft_tensor_binary(ft_binary op, const ft_tensor *a, const ft_tensor *b, ft_tensor **out,
                           ft_error **error);
ft_status ft_tensor_binary_scalar(ft_binary op, const ft_tensor *a, double b, ft_tensor **out,
                                  ft_error **error);
/// scalar op tensor, for the operators that do not commute (FT_SUB, FT_DIV, FT_POW).
ft_status ft_scalar_binary_tensor(ft_binary op, double a, const ft_tensor *b, ft_tensor **out,
                                  ft_error **error);
ft_status ft_tensor_clamp(const ft_tensor *a, const double *low, const double *high,
                          ft_tensor **out, ft_error **error);
ft_status ft_tensor_where(const ft_tensor *condition, const ft_tensor *a, const ft_tensor *b,
                          ft_tensor **out, ft_error **error);

// In place: FT_ADD, FT_SUB, FT_MUL, FT_DIV.
ft_status ft_tensor_update(ft_binary op, ft_tensor *a, const ft_tensor *b, ft_error **error);
ft_status ft_tensor_update_scalar(ft_binary op, ft_tensor *a, double b, ft_error **error);
ft_status ft_tensor_fill(ft_tensor *a, double value, ft_error **error);
ft_status ft_tensor_copy(ft_tensor *a, const ft_tensor *source, ft_error **error);

// Shape.
ft_status ft_tensor_reshape(const ft_tensor *a, const int64_t *shape, size_t rank, bool view,
                            ft_tensor **out, ft_error **error);
ft_status ft_tensor_expand(const ft_tensor *a, const int64_t *shape, size_t rank, ft_tensor **out,
                           ft_error **error);
ft_status ft_tensor_permute(const ft_tensor *a, const int64_t *dims, size_t rank, ft_tensor **out,
                            ft_error **error);
ft_status ft_tensor_transpose(const ft_tensor *a, int64_t d0, int64_t d1, ft_tensor **out,
                              ft_error **error);
ft_status ft_tensor_flatten(const ft_tensor *a, int64_t from, int64_t to, ft_tensor **out,
                            ft_error **error);
ft_status ft_tensor_unsqueeze(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error);
ft_status ft_tensor_squeeze(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error);
ft_status ft_tensor_narrow(const ft_tensor *a, int64_t dim, int64_t start, int64_t length,
                           ft_tensor **out, ft_error **error);
ft_status ft_tensor_select(const ft_tensor *a, int64_t dim, int64_t index, ft_tensor **out,
                           ft_error **error);
ft_status ft_tensor_index_select(const ft_tensor *a, int64_t dim, const ft_tensor *index,
                                 ft_tensor **out, ft_error **error);
ft_status ft_tensor_gather(const ft_tensor *a, int64_t dim, const ft_tensor *index,
                           ft_tensor **out, ft_error **error);
ft_status ft_tensor_join(bool stack, ft_tensor *const *tensors, size_t count, int64_t dim,
                         ft_tensor **out, ft_error **error);
ft_status ft_tensor_flip(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error);

// Reductions. `count` == SIZE_MAX: over every dimension.
typedef enum ft_reduction {
  FT_SUM = 0, FT_MEAN, FT_AMAX, FT_AMIN, FT_LOGSUMEXP, FT_NORM2, FT_VARIANCE
} ft_reduction;
ft_status ft_tensor_reduce(ft_reduction op, const ft_tensor *a, const int64_t *dims, size_t count,
                           bool keep, ft_tensor **out, ft_error **error);
ft_status ft_tensor_argmax(const ft_tensor *a, int64_t dim, bool keep, ft_tensor **out,
                           ft_error **error);
ft_status ft_tensor_topk(const ft_tensor *a, int64_t k, int64_t dim, ft_tensor **values,
                         ft_tensor **indices, ft_error **error);
ft_status ft_tensor_softmax(const ft_tensor *a, int64_t dim, bool logarithm, ft_tensor **out,
                            ft_error **error);
ft_status ft_tensor_normalize(const ft_tensor *a, int64_t dim, double epsilon, ft_tensor **out,
                              ft_error **error);
ft_status ft_tensor_one_hot(const ft_tensor *a, int64_t classes, ft_tensor **out, ft_error **error);

// Networks.
typedef struct ft_window {
  int64_t kernel, stride, padding, dilation;
} ft_window;
ft_status ft_conv2d(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                    ft_window window, int64_t groups, ft_tensor **out, ft_error **error);
ft_status ft_linear(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                    ft_tensor **out, ft_error **error);
typedef struct ft_batch_norm_settings {
  bool training;
  /// ReLU of the result.
  bool relu;
  double momentum, epsilon;
} ft_batch_norm_settings;
/// Batch norm, plus `shortcut` unless it is NULL (normalization.cpp).
ft_status ft_batch_norm(const ft_tensor *x, const ft_tensor *weight, const ft_tensor *bias,
                        ft_tensor *mean, ft_tensor *variance, const ft_tensor *shortcut,
                        ft_batch_norm_settings settings, ft_tensor **out, ft_error **error);
/// x where x > 0, else weight · x, with one weight a channel.
ft_status ft_prelu(const ft_tensor *x, const ft_tensor *weight, ft_tensor **out, ft_error **error);
ft_status ft_max_pool2d(const ft_tensor *x, ft_window window, ft_tensor **out, ft_error **error);
ft_status ft_average_pool2d(const ft_tensor *x, ft_window window, ft_tensor **out,
                            ft_error **error);
ft_status ft_adaptive_average_pool2d(const ft_tensor *x, int64_t height, int64_t width,
                                     ft_tensor **out, ft_error **error);
/// labels: int64 [N] or probabilities like logits [N, K]; mean over N.
ft_status ft_cross_entropy(const ft_tensor *logits, const ft_tensor *labels, double smoothing,
                           ft_tensor **out, ft_error **error);
ft_status ft_smooth_l1(const ft_tensor *predicted, const ft_tensor *truth, double beta,
                       ft_tensor **out, ft_error **error);
ft_status ft_mse(const ft_tensor *predicted, const ft_tensor *truth, ft_tensor **out,
                 ft_error **error);

// Lists of tensors, all updated by one call; gradients are neither recorded nor needed.
typedef struct ft_list {
  ft_tensor *const *items;
  size_t count;
} ft_list;
/// self = self * scalar
ft_status ft_foreach_mul(ft_list self, double scalar, ft_error **error);
/// self = self * factor, a tensor of one element
ft_status ft_foreach_mul_tensor(ft_list self, const ft_tensor *factor, ft_error **error);
/// self[i] = self[i] * factors[i]; factors [count]
ft_status ft_foreach_mul_each(ft_list self, const ft_tensor *factors, ft_error **error);
/// self = self + alpha * other
ft_status ft_foreach_add(ft_list self, ft_list other, double alpha, ft_error **error);
/// self = self + weight * (other - self)
ft_status ft_foreach_lerp(ft_list self, ft_list other, double weight, ft_error **error);
/// self = self + value * a * b
ft_status ft_foreach_addcmul(ft_list self, ft_list a, ft_list b, double value, ft_error **error);
/// Adam's update: self[i] += scales[i] * m[i] / (sqrt(v[i]) / corrections[i] + epsilon)
ft_status ft_foreach_adam(ft_list self, ft_list m, ft_list v, const double *scales,
                          const double *corrections, double epsilon, ft_error **error);
/// The gradients of self, a new handle each, into items[0 ..< count]; all must have one.
ft_status ft_foreach_gradients(ft_list self, ft_tensor **items, ft_error **error);
/// New tensors alpha * self + other.
ft_status ft_foreach_scaled_sum(ft_list self, ft_list other, double alpha, ft_tensor **items,
                                ft_error **error);
/// Euclidean norm of each, as one float32 tensor [count].
ft_status ft_foreach_norms(ft_list self, ft_tensor **out, ft_error **error);
/// Drops the gradients.
void ft_foreach_clear_gradients(ft_list self);

// Maps that grow and symmetric matrices (maps.cpp).

/// Bilinear resampling of [N, C, H, W], corners not aligned, as PyTorch's interpolate.
ft_status ft_upsample_bilinear(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                               ft_error **error);
/// The same by repeating the nearest pixel.
ft_status ft_upsample_nearest(const ft_tensor *x, int64_t height, int64_t width, ft_tensor **out,
                              ft_error **error);
/// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix [n, n].
ft_status ft_symmetric_eigen(const ft_tensor *matrix, ft_tensor **values, ft_tensor **vectors,
                             ft_error **error);

#ifdef __cplusplus
}
#endif
