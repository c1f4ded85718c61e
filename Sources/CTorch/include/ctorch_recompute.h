// Activation checkpointing: time for memory; the same rules as in ctorch.h.
#pragma once
#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A function of one tensor; what it reports as an error is owned by the caller.
typedef ft_status (*ft_body)(void *context, const ft_tensor *x, ft_tensor **out, ft_error **error);

/// body(x) without keeping what backward needs of its inside: backward calls it a second time, under
/// the modes of the first. `x` must require a gradient. `release` is called once, when neither call
/// can come any more.
ft_status ft_recompute(const ft_tensor *x, ft_body body, void *context, void (*release)(void *),
                       ft_tensor **out, ft_error **error);
/// Gives `t` the values of `source` without autograd noticing: for values that backward does not read.
ft_status ft_restore(ft_tensor *t, const ft_tensor *source, ft_error **error);
/// For bodies: gives an error to the caller.
ft_status ft_refuse(ft_status status, const char *message, ft_error **error);

#ifdef __cplusplus
}
#endif
