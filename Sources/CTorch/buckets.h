// What travels between ranks: by which backends, and tensors that go as one.
#pragma once
#include "distributed.h"

#include <chrono>
#include <mutex>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <torch/custom_class.h>
#include <vector>

/// What moves tensors between ranks: Gloo those in the machine's memory, and NCCL those of GPUs, where
/// facet is built for it and each rank has a GPU of its own. Else Gloo moves copies of these.
class Backends : public torch::CustomClassHolder {
  using Backend = c10::intrusive_ptr<c10d::Backend>;
  const Backend host;
  const c10::intrusive_ptr<c10d::Store> store;
  const std::chrono::milliseconds timeout;
  std::once_flag is_asked;
  Backend gpus;

  bool have_gpus_of_their_own(int64_t device) const;

public:
  Backends(Backend host, c10::intrusive_ptr<c10d::Store> store, std::chrono::milliseconds timeout)
      : host(std::move(host)), store(std::move(store)), timeout(timeout) {}

  int rank() const { return host->getRank(); }
  int size() const { return host->getSize(); }
  /// The backend for a tensor that is where it can be read. With the first tensor of a GPU the ranks
  /// tell each other which GPUs they have.
  const Backend &of(const at::Tensor &t);
  /// The tensor without its history, contiguous, where its backend can read it.
  at::Tensor placed(const at::Tensor &t);
};

using Group = c10::intrusive_ptr<Backends>;

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

/// NCCL's backend; nullptr where facet is not built for it.
c10::intrusive_ptr<c10d::Backend> nccl(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                       int size, std::chrono::milliseconds timeout);

inline c10::intrusive_ptr<c10d::Work> start_sum(const Group &group, at::Tensor &t) {
  std::vector<at::Tensor> list{t};
  return group->of(t)->allreduce(list);
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
