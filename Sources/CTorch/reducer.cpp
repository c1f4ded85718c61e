// Gradients that travel while the backward pass goes on, as in PyTorch's DistributedDataParallel (Li
// et al. 2020, arXiv:2006.15704, §3.2.3).
#include "buckets.h"

#include <stdexcept>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

using namespace ft;

struct ft_reducer {
  struct Parameter {
    at::Tensor value;
    size_t bucket;
    /// How often its gradient grows in a backward pass: more than once where activations are
    /// recomputed.
    int64_t expected = 0, seen = 0;
  };
  struct Hook : torch::autograd::PostAccumulateGradHook {
    ft_reducer *const reducer;
    const size_t index;
    Hook(ft_reducer *reducer, size_t index) : reducer(reducer), index(index) {}
    void operator()(const at::Tensor &) override { reducer->grown(index); }
  };

  const Group group;
  std::vector<Parameter> parameters;
  std::vector<Bucket> buckets;
  /// By bucket, how many of its gradients are still to come.
  std::vector<int64_t> missing;
  /// All ranks start their buckets in one order.
  size_t next = 0;
  bool is_armed = false;
  /// The first pass counts how often each gradient grows, and its buckets travel after it.
  bool is_counted = false;

  ft_reducer(const Group &group, const std::vector<at::Tensor> &tensors) : group(group) {
    // The last layers' gradients come first; a small first bucket is soon on its way.
    const std::vector<at::Tensor> backwards(tensors.rbegin(), tensors.rend());
    for (const auto &bucket : in_buckets(backwards, 1 << 20)) {
      for (const auto &t : bucket) parameters.push_back({t, buckets.size()});
      buckets.emplace_back();
    }
    for (size_t i = 0; i < parameters.size(); ++i)
      torch::autograd::impl::set_post_acc_grad_hooks(parameters[i].value,
                                                     std::make_unique<Hook>(this, i));
  }

  ~ft_reducer() {
    for (auto &parameter : parameters)
      torch::autograd::impl::set_post_acc_grad_hooks(parameter.value, nullptr);
  }

  void begin() {
    // What a step that failed has left under way is nobody's any more.
    for (auto &bucket : buckets) bucket.finish(1);
    missing.assign(buckets.size(), 0);
    for (auto &parameter : parameters) {
      parameter.seen = 0;
      if (parameter.expected > 0) ++missing[parameter.bucket];
    }
    next = 0;
    is_armed = true;
  }

  void grown(size_t index) {
    if (!is_armed) return;
    auto &parameter = parameters[index];
    ++parameter.seen;
    if (!is_counted) return;
    if (parameter.seen > parameter.expected)
      throw std::logic_error("a gradient grew after it was sent: the network has changed");
    if (parameter.seen < parameter.expected) return;
    --missing[parameter.bucket];
    reach([&] {
      while (next < buckets.size() && missing[next] == 0) start(next++);
    });
  }

  void start(size_t bucket) {
    std::vector<at::Tensor> gradients;
    for (const auto &parameter : parameters) {
      if (parameter.bucket == bucket && parameter.value.grad().defined())
        gradients.push_back(parameter.value.grad());
    }
    buckets[bucket].start(std::move(gradients), group);
  }

  int64_t finish(double scale) {
    is_armed = false;
    const auto early = static_cast<int64_t>(next);
    while (next < buckets.size()) start(next++);
    for (auto &bucket : buckets) bucket.finish(scale);
    if (!is_counted) {
      for (auto &parameter : parameters) parameter.expected = parameter.seen;
      is_counted = true;
    }
    return early;
  }
};

extern "C" {

ft_status ft_reducer_new(const ft_group *group, ft_list parameters, ft_reducer **out,
                         ft_error **error) {
  return guard(error, [&] {
    std::vector<at::Tensor> tensors;
    for (size_t i = 0; i < parameters.count; ++i) tensors.push_back(parameters.items[i]->value);
    *out = new ft_reducer(group->value, tensors);
  });
}
void ft_reducer_free(ft_reducer *reducer) { delete reducer; }

ft_status ft_reducer_begin(ft_reducer *reducer, ft_error **error) {
  return together(error, [&] { reducer->begin(); });
}
ft_status ft_reducer_finish(ft_reducer *reducer, double scale, int64_t *early, ft_error **error) {
  return together(error, [&] { *early = reducer->finish(scale); });
}

} // extern "C"
