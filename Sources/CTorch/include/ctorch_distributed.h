// Training by several processes through torch.distributed (c10d over Gloo); the same rules as in
// ctorch.h. Every rank makes the same calls in the same order.
#pragma once
#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Where ranks meet: c10d's TCPStore.
typedef struct ft_store ft_store;
/// Processes that compute together.
typedef struct ft_group ft_group;

/// Serves the store, on a free port where `port` is 0, or connects to the one that serves it.
/// Keys stand behind `prefix`, which may be empty.
ft_status ft_store_new(const char *host, int32_t port, bool serves, const char *prefix,
                       double timeout_seconds, ft_store **out, ft_error **error);
void ft_store_free(ft_store *store);
int32_t ft_store_port(const ft_store *store);

/// Waits until all ranks have joined. `local`: all are on this machine.
ft_status ft_group_new(const ft_store *store, bool local, int32_t rank, int32_t size,
                       double timeout_seconds, ft_group **out, ft_error **error);
void ft_group_free(ft_group *group);

/// Sums each tensor over the ranks and multiplies it by `scale`, in place: in buckets, all under way
/// at once. A lost rank is FT_LOST_RANK here and below.
ft_status ft_group_all_reduce(const ft_group *group, ft_list tensors, double scale,
                              ft_error **error);
/// Averages gradients while the backward pass goes on. All ranks have the same parameters and graph.
typedef struct ft_reducer ft_reducer;
ft_status ft_reducer_new(const ft_group *group, ft_list parameters, ft_reducer **out,
                         ft_error **error);
void ft_reducer_free(ft_reducer *reducer);
/// Before the last backward pass of a step.
ft_status ft_reducer_begin(ft_reducer *reducer, ft_error **error);
/// After it: every gradient becomes its sum over the ranks times `scale`. `early`: how many buckets
/// were under way before this call.
ft_status ft_reducer_finish(ft_reducer *reducer, double scale, int64_t *early, ft_error **error);
/// Every tensor as rank 0 has it.
ft_status ft_group_broadcast(const ft_group *group, ft_list tensors, ft_error **error);
/// The tensors of all ranks, of one shape: [size, …], on every rank. Its derivative at each rank is
/// the sum of what all ranks make of that rank's part.
ft_status ft_group_all_gather(const ft_group *group, const ft_tensor *x, ft_tensor **out,
                              ft_error **error);

/// Batch norms of the calling thread take their statistics over all ranks of this group; NULL over
/// their own batch. Gives the former group.
const ft_group *ft_batch_norm_group_set(const ft_group *group);

#ifdef __cplusplus
}
#endif
