// Which of c10d's backends moves a tensor between ranks.
#include "buckets.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/tensor.h>
#include <cstdlib>
#include <set>
#include <unistd.h>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

bool Backends::have_gpus_of_their_own(int64_t device) const {
  char machine[256] = {};
  gethostname(machine, sizeof machine - 1);
  const auto place = static_cast<int64_t>(std::hash<std::string>{}(machine));
  std::vector<at::Tensor> mine{at::tensor({place, device}, at::kLong)};
  std::vector<std::vector<at::Tensor>> all(1);
  for (int i = 0; i < size(); ++i) all[0].push_back(at::empty_like(mine[0]));
  ft::reach([&] { host->allgather(all, mine)->wait(); });
  std::set<std::pair<int64_t, int64_t>> different;
  for (const auto &one : all[0])
    different.emplace(one[0].item<int64_t>(), one[1].item<int64_t>());
  return different.size() == all[0].size();
}

const c10::intrusive_ptr<c10d::Backend> &Backends::of(const at::Tensor &t) {
  if (!t.is_cuda()) return host;
  std::call_once(is_asked, [&] {
    if (have_gpus_of_their_own(t.get_device())) gpus = ft::nccl(store, rank(), size(), timeout);
  });
  return gpus ? gpus : host;
}

at::Tensor Backends::placed(const at::Tensor &t) {
  return (of(t) == host ? t.detach().to(at::kCPU) : t.detach()).contiguous();
}

#ifdef USE_C10D_NCCL
c10::intrusive_ptr<c10d::Backend> ft::nccl(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                           int size, std::chrono::milliseconds timeout) {
  // A lost rank is an error of the call that waits for it, not the end of the process.
  setenv("TORCH_NCCL_BLOCKING_WAIT", "1", 0);
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, std::move(options));
}
#else
c10::intrusive_ptr<c10d::Backend> ft::nccl(const c10::intrusive_ptr<c10d::Store> &, int, int,
                                           std::chrono::milliseconds) {
  return {};
}
#endif
