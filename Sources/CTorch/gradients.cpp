// What is recorded for gradients, and the gradients.
#if HAVE_TORCH
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <memory>

#include "tensor.hpp"

// Puts the thread's mode back when it ends.
struct ctorch_scope {
  std::unique_ptr<c10::InferenceMode> inference;
  std::unique_ptr<c10::AutoGradMode> gradients;
};

namespace {

using ctorch::guarded;
using ctorch::made;
using ctorch::optional_value;
using ctorch::value;

ctorch_status enter(ctorch_gradient_mode mode, ctorch_scope **scope) {
  return guarded([&] {
    auto entered = std::make_unique<ctorch_scope>();
    if (mode == CTORCH_INFERENCE) {
      entered->inference = std::make_unique<c10::InferenceMode>(true);
    } else {
      entered->gradients = std::make_unique<c10::AutoGradMode>(mode == CTORCH_GRADIENTS);
    }
    *scope = entered.release();
  });
}

void leave(ctorch_scope *scope) { delete scope; }

ctorch_status set_requires_gradient(const ctorch_tensor *x, bool required) {
  return guarded([&] { value(x).set_requires_grad(required); });
}

ctorch_status requires_gradient(const ctorch_tensor *x, bool *required) {
  return guarded([&] { *required = value(x).requires_grad(); });
}

ctorch_status detach(const ctorch_tensor *x, ctorch_out y) {
  return made(y, [&] { return value(x).detach(); });
}

ctorch_status backward(const ctorch_tensor *x, const ctorch_tensor *gradient, bool keep_graph) {
  return guarded(
      [&] { value(x).backward(gradient == nullptr ? at::Tensor() : value(gradient), keep_graph); });
}

ctorch_status gradient(const ctorch_tensor *x, ctorch_out y) {
  return guarded([&] {
    const at::Tensor &found = value(x).grad();
    *y = nullptr;
    if (found.defined()) ctorch::give(y, found);
  });
}

ctorch_status set_gradient(const ctorch_tensor *x, const ctorch_tensor *gradient) {
  return guarded(
      [&] { value(x).mutable_grad() = gradient == nullptr ? at::Tensor() : value(gradient); });
}

}  // namespace

void ctorch::fill_gradients(ctorch_table &table) {
  table.enter = enter;
  table.leave = leave;
  table.set_requires_gradient = set_requires_gradient;
  table.requires_gradient = requires_gradient;
  table.detach = detach;
  table.backward = backward;
  table.gradient = gradient;
  table.set_gradient = set_gradient;
}
#endif
