// What batch norm needs of distributed.cpp.
#pragma once
#include "handles.h"
#include "ctorch_distributed.h"

namespace ft {

/// Of the calling thread; nullptr where batch norms are not synchronised.
extern thread_local const ft_group *batch_norm_group;

/// Batch norm in training with the statistics of all ranks' batches, which are of one size.
at::Tensor synchronized_batch_norm(const ft_group &group, const at::Tensor &x,
                                   const std::optional<at::Tensor> &weight,
                                   const std::optional<at::Tensor> &bias, at::Tensor mean,
                                   at::Tensor variance, ft_batch_norm_settings settings);

} // namespace ft
