// In place: weights, gradients and the moments of optimizers.
#if HAVE_TORCH
#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::scalar;
using ctorch::value;
using ctorch::writable;

ctorch_status assign(const ctorch_tensor *x, const ctorch_tensor *y) {
  return guarded([&] { writable(x).copy_(value(y)); });
}

ctorch_status fill(const ctorch_tensor *x, double number) {
  return guarded([&] { writable(x).fill_(scalar(value(x), number)); });
}

ctorch_status accumulate(const ctorch_tensor *x, const ctorch_tensor *y, double scale) {
  return guarded([&] { writable(x).add_(value(y), scalar(value(x), scale)); });
}

ctorch_status scale(const ctorch_tensor *x, double number) {
  return guarded([&] { writable(x).mul_(scalar(value(x), number)); });
}

ctorch_status multiply_by(const ctorch_tensor *x, const ctorch_tensor *y) {
  return guarded([&] { writable(x).mul_(value(y)); });
}

ctorch_status accumulate_product(const ctorch_tensor *x, const ctorch_tensor *a,
                                 const ctorch_tensor *b, double scale) {
  return guarded([&] { writable(x).addcmul_(value(a), value(b), scalar(value(x), scale)); });
}

ctorch_status accumulate_quotient(const ctorch_tensor *x, const ctorch_tensor *a,
                                  const ctorch_tensor *b, double scale) {
  return guarded([&] { writable(x).addcdiv_(value(a), value(b), scalar(value(x), scale)); });
}

}  // namespace

void ctorch::fill_updates(ctorch_table &table) {
  table.assign = assign;
  table.fill = fill;
  table.accumulate = accumulate;
  table.scale = scale;
  table.multiply_by = multiply_by;
  table.accumulate_product = accumulate_product;
  table.accumulate_quotient = accumulate_quotient;
}
#endif
