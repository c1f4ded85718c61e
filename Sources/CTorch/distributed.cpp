// Stores, groups and collectives of c10d, and batch norm over all ranks.
#define USE_C10D_GLOO
#include "buckets.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

using namespace ft;

struct ft_store {
  c10::intrusive_ptr<c10d::TCPStore> server;
  c10::intrusive_ptr<c10d::Store> value;
};

namespace ft {

thread_local const ft_group *batch_norm_group = nullptr;

static std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

/// Differentiable, see ctorch_distributed.h.
struct AllGather : torch::autograd::Function<AllGather> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const Group &group) {
    context->saved_data["group"] = c10::IValue::make_capsule(group);
    std::vector<at::Tensor> input{group->placed(x)};
    std::vector<std::vector<at::Tensor>> output(1);
    for (int rank = 0; rank < group->size(); ++rank)
      output[0].push_back(at::empty_like(input[0]));
    reach([&] { group->of(input[0])->allgather(output, input)->wait(); });
    return at::stack(output[0]).to(x.device());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto group =
        c10::static_intrusive_pointer_cast<Backends>(context->saved_data["group"].toCapsule());
    auto sum = group->placed(gradients[0]).clone();
    reach([&] { start_sum(group, sum)->wait(); });
    return {sum.select(0, group->rank()).to(gradients[0].device()), at::Tensor()};
  }
};

at::Tensor synchronized_batch_norm(const ft_group &group, const at::Tensor &x,
                                   const std::optional<at::Tensor> &weight,
                                   const std::optional<at::Tensor> &bias, at::Tensor mean,
                                   at::Tensor variance, ft_batch_norm_settings settings) {
  std::vector<int64_t> others, broadcast(static_cast<size_t>(x.dim()), 1);
  for (int64_t d = 0; d < x.dim(); ++d)
    if (d != 1) others.push_back(d);
  const int64_t channels = x.size(1);
  broadcast[1] = channels;
  const auto wide = x.to(at::kFloat);
  const auto [own_variance, own_mean] = at::var_mean(wide, at::IntArrayRef(others), 0);
  // [size, 2, C]; the variance of all is the mean variance and the variance of the means.
  const auto all = AllGather::apply(at::stack({own_mean, own_variance}), group.value);
  const auto means = all.select(1, 0);
  const auto batch_mean = means.mean(0);
  const auto batch_variance = all.select(1, 1).mean(0) + (means - batch_mean).square().mean(0);
  {
    c10::NoGradGuard no_grad;
    const double count = static_cast<double>(x.numel() / channels) * group.size;
    mean.lerp_(batch_mean.detach(), settings.momentum);
    variance.lerp_(batch_variance.detach() * (count / std::max(count - 1, 1.0)), settings.momentum);
  }
  auto scale = (batch_variance + settings.epsilon).rsqrt();
  if (weight) scale = scale * *weight;
  auto y = (wide - batch_mean.view(broadcast)) * scale.view(broadcast);
  if (bias) y = y + bias->view(broadcast);
  return y.to(x.scalar_type());
}

} // namespace ft

extern "C" {

ft_status ft_store_new(const char *host, int32_t port, bool serves, const char *prefix,
                       double timeout_seconds, ft_store **out, ft_error **error) {
  return together(error, [&] {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(port);
    options.isServer = serves;
    options.waitWorkers = false;
    options.timeout = milliseconds(timeout_seconds);
    auto server = c10::make_intrusive<c10d::TCPStore>(host, options);
    c10::intrusive_ptr<c10d::Store> value = server;
    if (*prefix) value = c10::make_intrusive<c10d::PrefixStore>(prefix, value);
    *out = new ft_store{std::move(server), std::move(value)};
  });
}
void ft_store_free(ft_store *store) { delete store; }
int32_t ft_store_port(const ft_store *store) { return store->server->getPort(); }

ft_status ft_group_new(const ft_store *store, bool local, int32_t rank, int32_t size,
                       double timeout_seconds, ft_group **out, ft_error **error) {
  return together(error, [&] {
    auto options = c10d::ProcessGroupGloo::Options::create(milliseconds(timeout_seconds));
    options->devices.push_back(local
                                   ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                                   : c10d::ProcessGroupGloo::createDefaultDevice());
    auto gloo =
        c10::make_intrusive<c10d::ProcessGroupGloo>(store->value, rank, size, std::move(options));
    auto group = c10::make_intrusive<Backends>(
        std::move(gloo), c10::make_intrusive<c10d::PrefixStore>("nccl", store->value),
        milliseconds(timeout_seconds));
    *out = new ft_group{std::move(group), rank, size};
  });
}
void ft_group_free(ft_group *group) { delete group; }

ft_status ft_group_broadcast(const ft_group *group, ft_list tensors, ft_error **error) {
  return together(error, [&] {
    c10::NoGradGuard no_grad;
    for (size_t i = 0; i < tensors.count; ++i) {
      auto &t = tensors.items[i]->value;
      std::vector<at::Tensor> list{group->value->placed(t).clone()};
      group->value->of(list[0])->broadcast(list)->wait();
      t.copy_(list[0]);
    }
  });
}

ft_status ft_group_all_gather(const ft_group *group, const ft_tensor *x, ft_tensor **out,
                              ft_error **error) {
  return together(error, [&] { *out = own(AllGather::apply(x->value, group->value)); });
}

const ft_group *ft_batch_norm_group_set(const ft_group *group) {
  const auto former = batch_norm_group;
  batch_norm_group = group;
  return former;
}

} // extern "C"
