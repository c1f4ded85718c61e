// What travels between ranks: the group, and tensors that go as one.
#pragma once
#include "distributed.h"

#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <vector>

using Group = c10::intrusive_ptr<c10d::Backend>;

struct ft_group {
  Group value;
  int32_t rank, size;
};

namespace ft {

/// Runs a collective; whatever it fails of means that another rank cannot be reached.
template <typename Body> void reach(Body &&body) {
  try {
    body();
  } catch (const c10::Error &e) {
    throw lost_rank(e.what_without_backtrace());
  } catch (const std::exception &e) {
    throw lost_rank(e.what());
  }
}

template <typename Body> ft_status together(ft_error **error, Body &&body) noexcept {
  return guard(error, [&] { reach(body); });
}

/// Gloo moves what lies in the machine's own memory.
inline at::Tensor on_host(const at::Tensor &t) { return t.detach().to(at::kCPU).contiguous(); }

inline c10::intrusive_ptr<c10d::Work> start_sum(const Group &group, at::Tensor &t) {
  std::vector<at::Tensor> list{t};
  return group->allreduce(list);
}

/// Tensors of one type whose sums over the ranks are under way as one.
class Bucket {
  std::vector<at::Tensor> parts;
  at::Tensor flat;
  c10::intrusive_ptr<c10d::Work> work;

public:
  void start(std::vector<at::Tensor> tensors, const Group &group);
  bool is_under_way() const { return static_cast<bool>(work); }
  /// Waits, and writes the sums times `scale` into the tensors.
  void finish(double scale);
};

/// Runs of tensors of one type: of about 25 MB, as in PyTorch, the first of `first` bytes.
std::vector<std::vector<at::Tensor>> in_buckets(const std::vector<at::Tensor> &tensors,
                                                int64_t first);
constexpr int64_t bucket_bytes = 25 << 20;

} // namespace ft
