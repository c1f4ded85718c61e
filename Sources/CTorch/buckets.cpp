#include "buckets.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

namespace ft {

std::vector<std::vector<at::Tensor>> in_buckets(const std::vector<at::Tensor> &tensors,
                                                int64_t first) {
  std::vector<std::vector<at::Tensor>> result;
  int64_t bytes = 0;
  for (const auto &t : tensors) {
    const auto size = static_cast<int64_t>(t.nbytes());
    const bool fits = !result.empty() &&
                      bytes + size <= (result.size() == 1 ? first : bucket_bytes) &&
                      result.back()[0].scalar_type() == t.scalar_type();
    if (!fits) {
      result.emplace_back();
      bytes = 0;
    }
    bytes += size;
    result.back().push_back(t);
  }
  return result;
}

void Bucket::start(std::vector<at::Tensor> tensors, const Group &group) {
  parts = std::move(tensors);
  if (parts.empty()) return;
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> rows;
  rows.reserve(parts.size());
  for (const auto &part : parts) rows.push_back(part.detach().reshape(-1));
  flat = group->placed(at::cat(rows));
  work = start_sum(group, flat);
}

void Bucket::finish(double scale) {
  if (!work) return;
  const c10::NoGradGuard no_grad;
  const auto done = std::move(work);
  work.reset();
  done->wait();
  if (scale != 1) flat.mul_(scale);
  int64_t start = 0;
  for (auto &part : parts) {
    part.copy_(flat.narrow(0, start, part.numel()).view(part.sizes()));
    start += part.numel();
  }
  parts.clear();
}

} // namespace ft

using namespace ft;

extern "C" ft_status ft_group_all_reduce(const ft_group *group, ft_list tensors, double scale,
                                         ft_error **error) {
  return together(error, [&] {
    std::vector<at::Tensor> list;
    for (size_t i = 0; i < tensors.count; ++i) list.push_back(tensors.items[i]->value);
    std::vector<Bucket> buckets;
    for (auto &parts : in_buckets(list, bucket_bytes)) {
      buckets.emplace_back();
      buckets.back().start(std::move(parts), group->value);
    }
    for (auto &bucket : buckets) bucket.finish(scale);
  });
}
