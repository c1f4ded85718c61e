// Element-wise operations, shapes and reductions: each a single call of ATen.
#include "handles.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <stdexcept>

using namespace ft;

static at::Tensor unary(ft_unary op, const at::Tensor &a) {
  switch (op) {
  case FT_NEG: return a.neg();
  case FT_EXP: return a.exp();
  case FT_LOG: return a.log();
  case FT_LOG1P: return a.log1p();
  case FT_SQRT: return a.sqrt();
  case FT_ABS: return a.abs();
  case FT_SIGN: return a.sign();
  case FT_SIN: return a.sin();
  case FT_COS: return a.cos();
  case FT_RELU: return a.relu();
  case FT_SIGMOID: return a.sigmoid();
  case FT_TANH: return a.tanh();
  case FT_LOGICAL_NOT: return a.logical_not();
  case FT_IS_FINITE: return a.isfinite();
  case FT_ACOS: return a.acos();
  }
  throw std::invalid_argument("unknown unary operation");
}

template <typename Operand>
static at::Tensor elementwise(ft_binary op, const at::Tensor &a, const Operand &b) {
  switch (op) {
  case FT_ADD: return a.add(b);
  case FT_SUB: return a.sub(b);
  case FT_MUL: return a.mul(b);
  case FT_DIV: return a.div(b);
  case FT_POW: return a.pow(b);
  case FT_EQ: return a.eq(b);
  case FT_NE: return a.ne(b);
  case FT_LT: return a.lt(b);
  case FT_LE: return a.le(b);
  case FT_GT: return a.gt(b);
  case FT_GE: return a.ge(b);
  default: throw std::invalid_argument("an unknown operation, or one that takes no scalar");
  }
}

static at::Tensor binary(ft_binary op, const at::Tensor &a, const at::Tensor &b) {
  switch (op) {
  case FT_MAXIMUM: return a.maximum(b);
  case FT_MINIMUM: return a.minimum(b);
  case FT_LOGICAL_AND: return a.logical_and(b);
  case FT_LOGICAL_OR: return a.logical_or(b);
  case FT_MATMUL: return a.matmul(b);
  default: return elementwise(op, a, b);
  }
}

static at::Tensor with_scalar(ft_binary op, const at::Tensor &a, const at::Scalar &b) {
  switch (op) {
  case FT_MAXIMUM: return a.clamp_min(b);
  case FT_MINIMUM: return a.clamp_max(b);
  default: return elementwise(op, a, b);
  }
}

template <typename Operand> static void update(ft_binary op, at::Tensor &a, const Operand &b) {
  switch (op) {
  case FT_ADD: a.add_(b); return;
  case FT_SUB: a.sub_(b); return;
  case FT_MUL: a.mul_(b); return;
  case FT_DIV: a.div_(b); return;
  default: throw std::invalid_argument("this operation has no in-place form");
  }
}

static at::Tensor reduce_all(ft_reduction op, const at::Tensor &a) {
  switch (op) {
  case FT_SUM: return a.sum();
  case FT_MEAN: return a.mean();
  case FT_AMAX: return a.max();
  case FT_AMIN: return a.min();
  case FT_LOGSUMEXP: return a.flatten().logsumexp(0);
  case FT_NORM2: return a.norm();
  case FT_VARIANCE: return a.var();
  }
  throw std::invalid_argument("unknown reduction");
}

static at::Tensor reduce(ft_reduction op, const at::Tensor &a, at::IntArrayRef dims, bool keep) {
  switch (op) {
  case FT_SUM: return a.sum(dims, keep);
  case FT_MEAN: return a.mean(dims, keep);
  case FT_AMAX: return a.amax(dims, keep);
  case FT_AMIN: return a.amin(dims, keep);
  case FT_LOGSUMEXP: return a.logsumexp(dims, keep);
  case FT_NORM2: return a.norm(2, dims, keep);
  case FT_VARIANCE: return a.var(dims, /*unbiased=*/true, keep);
  }
  throw std::invalid_argument("unknown reduction");
}

extern "C" {

ft_status ft_tensor_unary(ft_unary op, const ft_tensor *a, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return unary(op, a->value); });
}
ft_status ft_tensor_binary(ft_binary op, const ft_tensor *a, const ft_tensor *b, ft_tensor **out,
                           ft_error **error) {
  return produce(out, error, [&] { return binary(op, a->value, b->value); });
}
ft_status ft_tensor_binary_scalar(ft_binary op, const ft_tensor *a, double b, ft_tensor **out,
                                  ft_error **error) {
  return produce(out, error, [&] { return with_scalar(op, a->value, scalar(a->value, b)); });
}
ft_status ft_scalar_binary_tensor(ft_binary op, double a, const ft_tensor *b, ft_tensor **out,
                                  ft_error **error) {
  return produce(out, error, [&]() -> at::Tensor {
    switch (op) {
    case FT_SUB: return at::rsub(b->value, scalar(b->value, a));
    case FT_DIV: return b->value.reciprocal().mul(a);
    case FT_POW: return at::pow(at::Scalar(a), b->value);
    default: throw std::invalid_argument("this operation takes no scalar first");
    }
  });
}
ft_status ft_tensor_clamp(const ft_tensor *a, const double *low, const double *high,
                          ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    const auto bound = [&](const double *value) {
      return value ? std::optional<at::Scalar>(scalar(a->value, *value)) : std::nullopt;
    };
    return a->value.clamp(bound(low), bound(high));
  });
}
ft_status ft_tensor_where(const ft_tensor *condition, const ft_tensor *a, const ft_tensor *b,
                          ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return at::where(condition->value, a->value, b->value); });
}

ft_status ft_tensor_update(ft_binary op, ft_tensor *a, const ft_tensor *b, ft_error **error) {
  return guard(error, [&] { update(op, a->value, b->value); });
}
ft_status ft_tensor_update_scalar(ft_binary op, ft_tensor *a, double b, ft_error **error) {
  return guard(error, [&] { update(op, a->value, scalar(a->value, b)); });
}
ft_status ft_tensor_fill(ft_tensor *a, double value, ft_error **error) {
  return guard(error, [&] { a->value.fill_(scalar(a->value, value)); });
}
ft_status ft_tensor_copy(ft_tensor *a, const ft_tensor *source, ft_error **error) {
  return guard(error, [&] { a->value.copy_(source->value); });
}

ft_status ft_tensor_reshape(const ft_tensor *a, const int64_t *shape, size_t rank, bool view,
                            ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return view ? a->value.view(ints(shape, rank)) : a->value.reshape(ints(shape, rank));
  });
}
ft_status ft_tensor_expand(const ft_tensor *a, const int64_t *shape, size_t rank, ft_tensor **out,
                           ft_error **error) {
  return produce(out, error, [&] { return a->value.expand(ints(shape, rank)); });
}
ft_status ft_tensor_permute(const ft_tensor *a, const int64_t *dims, size_t rank, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] { return a->value.permute(ints(dims, rank)); });
}
ft_status ft_tensor_transpose(const ft_tensor *a, int64_t d0, int64_t d1, ft_tensor **out,
                              ft_error **error) {
  return produce(out, error, [&] { return a->value.transpose(d0, d1); });
}
ft_status ft_tensor_flatten(const ft_tensor *a, int64_t from, int64_t to, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] { return a->value.flatten(from, to); });
}
ft_status ft_tensor_unsqueeze(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.unsqueeze(dim); });
}
ft_status ft_tensor_squeeze(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.squeeze(dim); });
}
ft_status ft_tensor_narrow(const ft_tensor *a, int64_t dim, int64_t start, int64_t length,
                           ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.narrow(dim, start, length); });
}
ft_status ft_tensor_select(const ft_tensor *a, int64_t dim, int64_t index, ft_tensor **out,
                           ft_error **error) {
  return produce(out, error, [&] { return a->value.select(dim, index); });
}
ft_status ft_tensor_index_select(const ft_tensor *a, int64_t dim, const ft_tensor *index,
                                 ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.index_select(dim, index->value); });
}
ft_status ft_tensor_gather(const ft_tensor *a, int64_t dim, const ft_tensor *index,
                           ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.gather(dim, index->value); });
}
ft_status ft_tensor_join(bool stack, ft_tensor *const *tensors, size_t count, int64_t dim,
                         ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    std::vector<at::Tensor> list;
    list.reserve(count);
    for (size_t i = 0; i < count; ++i) list.push_back(tensors[i]->value);
    return stack ? at::stack(list, dim) : at::cat(list, dim);
  });
}
ft_status ft_tensor_flip(const ft_tensor *a, int64_t dim, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] { return a->value.flip(dim); });
}

ft_status ft_tensor_reduce(ft_reduction op, const ft_tensor *a, const int64_t *dims, size_t count,
                           bool keep, ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    if (count == SIZE_MAX) return reduce_all(op, a->value);
    return reduce(op, a->value, ints(dims, count), keep);
  });
}
ft_status ft_tensor_argmax(const ft_tensor *a, int64_t dim, bool keep, ft_tensor **out,
                           ft_error **error) {
  return produce(out, error, [&] { return a->value.argmax(dim, keep); });
}
ft_status ft_tensor_topk(const ft_tensor *a, int64_t k, int64_t dim, ft_tensor **values,
                         ft_tensor **indices, ft_error **error) {
  return guard(error, [&] {
    auto [top, where] = a->value.topk(k, dim);
    ft_tensor *first = own(top);
    *indices = own(where);
    *values = first;
  });
}
ft_status ft_tensor_softmax(const ft_tensor *a, int64_t dim, bool logarithm, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] {
    return logarithm ? a->value.log_softmax(dim) : a->value.softmax(dim);
  });
}
ft_status ft_tensor_normalize(const ft_tensor *a, int64_t dim, double epsilon, ft_tensor **out,
                              ft_error **error) {
  return produce(out, error, [&] {
    return a->value.div(a->value.norm(2, dim, /*keepdim=*/true).clamp_min(epsilon));
  });
}
ft_status ft_tensor_one_hot(const ft_tensor *a, int64_t classes, ft_tensor **out,
                            ft_error **error) {
  return produce(out, error, [&] { return at::one_hot(a->value, classes); });
}

} // extern "C"
