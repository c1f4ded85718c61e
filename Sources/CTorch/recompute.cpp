// Activations that are computed again in backward instead of being kept.
#include "distributed.h"
#include "ctorch_recompute.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <stdexcept>
#include <torch/csrc/autograd/custom_function.h>

using namespace ft;

namespace {

/// The modes of the thread that a body ran under.
struct Modes {
  const at::DeviceType kinds[2] = {at::kCPU, at::kCUDA};
  bool enabled[2];
  at::ScalarType types[2];
  const ft_group *group = batch_norm_group;

  Modes() {
    for (int i = 0; i < 2; ++i) {
      enabled[i] = at::autocast::is_autocast_enabled(kinds[i]);
      types[i] = at::autocast::get_autocast_dtype(kinds[i]);
    }
  }
  void set() const {
    for (int i = 0; i < 2; ++i) {
      at::autocast::set_autocast_enabled(kinds[i], enabled[i]);
      at::autocast::set_autocast_dtype(kinds[i], types[i]);
    }
    batch_norm_group = group;
  }
};

/// Runs a body again as it ran before, then puts the thread's modes back.
struct Again {
  const Modes former;
  explicit Again(const Modes &modes) {
    modes.set();
    at::autocast::increment_nesting();
  }
  ~Again() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    former.set();
  }
};

struct Body : torch::CustomClassHolder {
  const ft_body function;
  void *const context;
  void (*const release)(void *);
  const Modes modes;

  Body(ft_body function, void *context, void (*release)(void *))
      : function(function), context(context), release(release) {}
  ~Body() override { release(context); }

  at::Tensor operator()(const at::Tensor &x) const {
    ft_tensor *out = nullptr;
    ft_error *error = nullptr;
    auto *input = own(x);
    const auto status = function(context, input, &out, &error);
    ft_tensor_free(input);
    if (status != FT_OK) {
      const std::string message = error ? ft_error_message(error) : "no memory for a message";
      ft_error_free(error);
      if (status == FT_OUT_OF_MEMORY) throw std::bad_alloc();
      if (status == FT_LOST_RANK) throw lost_rank(message);
      throw std::runtime_error(message);
    }
    auto result = out->value;
    ft_tensor_free(out);
    return result;
  }
};

struct Recompute : torch::autograd::Function<Recompute> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            const c10::intrusive_ptr<Body> &body) {
    context->save_for_backward({x});
    context->saved_data["body"] = c10::IValue::make_capsule(body);
    auto y = (*body)(x);
    // Weights that were cast to 16 bits in here have no graph: nobody else may use these copies.
    at::autocast::clear_cache();
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const auto body =
        c10::static_intrusive_pointer_cast<Body>(context->saved_data["body"].toCapsule());
    auto x = context->get_saved_variables()[0].detach();
    x.set_requires_grad(true);
    at::Tensor y;
    {
      c10::AutoGradMode recording(true);
      const Again again(body->modes);
      y = (*body)(x);
    }
    y.backward(gradients[0]);
    return {x.grad(), at::Tensor()};
  }
};

} // namespace

extern "C" {

ft_status ft_recompute(const ft_tensor *x, ft_body body, void *context, void (*release)(void *),
                       ft_tensor **out, ft_error **error) {
  return produce(out, error, [&] {
    return Recompute::apply(x->value, c10::make_intrusive<Body>(body, context, release));
  });
}

ft_status ft_restore(ft_tensor *t, const ft_tensor *source, ft_error **error) {
  return guard(error, [&] {
    c10::NoGradGuard no_grad;
    t->value.variable_data().copy_(source->value);
  });
}

ft_status ft_refuse(ft_status status, const char *message, ft_error **error) {
  return refuse(status, message, error);
}

} // extern "C"
