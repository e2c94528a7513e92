// Element by element.
#if HAVE_TORCH
#include "tensor.hpp"

namespace {

using ctorch::made;
using ctorch::scalar;
using ctorch::value;

using MaybeScalar = c10::optional<at::Scalar>;

// A function of the table for a function of libtorch.
template <at::Tensor (*Operation)(const at::Tensor &)>
ctorch_status unary(const ctorch_tensor *x, ctorch_out y) {
  return made(y, [&] { return Operation(value(x)); });
}

template <at::Tensor (*Operation)(const at::Tensor &, const at::Tensor &)>
ctorch_status binary(const ctorch_tensor *x, const ctorch_tensor *y, ctorch_out z) {
  return made(z, [&] { return Operation(value(x), value(y)); });
}

template <at::Tensor (*Operation)(const at::Tensor &, const at::Scalar &)>
ctorch_status with_scalar(const ctorch_tensor *x, double number, ctorch_out y) {
  return made(y, [&] { return Operation(value(x), scalar(value(x), number)); });
}

at::Tensor add(const at::Tensor &x, const at::Tensor &y) { return at::add(x, y); }
at::Tensor add(const at::Tensor &x, const at::Scalar &y) { return at::add(x, y); }
at::Tensor subtract(const at::Tensor &x, const at::Tensor &y) { return at::sub(x, y); }

ctorch_status gelu(const ctorch_tensor *x, bool by_tanh, ctorch_out y) {
  return made(y, [&] { return at::gelu(value(x), by_tanh ? "tanh" : "none"); });
}

ctorch_status clamp(const ctorch_tensor *x, const double *low, const double *high, ctorch_out y) {
  return made(y, [&] {
    const at::Tensor &tensor = value(x);
    const auto bound = [&](const double *number) {
      return number == nullptr ? MaybeScalar() : MaybeScalar(scalar(tensor, *number));
    };
    return at::clamp(tensor, bound(low), bound(high));
  });
}

ctorch_status where(const ctorch_tensor *condition, const ctorch_tensor *x, const ctorch_tensor *y,
                    ctorch_out z) {
  return made(z, [&] { return at::where(value(condition), value(x), value(y)); });
}

ctorch_status masked_fill(const ctorch_tensor *x, const ctorch_tensor *mask, double number,
                          ctorch_out y) {
  return made(y, [&] {
    // Not all releases refuse others.
    if (value(mask).scalar_type() != at::kBool) throw ctorch::Refusal("the mask is not bool");
    return at::masked_fill(value(x), value(mask), scalar(value(x), number));
  });
}

}  // namespace

void ctorch::fill_elementwise(ctorch_table &table) {
  table.add = binary<add>;
  table.subtract = binary<subtract>;
  table.multiply = binary<at::mul>;
  table.divide = binary<at::div>;
  table.add_scalar = with_scalar<add>;
  table.multiply_scalar = with_scalar<at::mul>;
  table.divide_scalar = with_scalar<at::div>;
  table.power_scalar = with_scalar<at::pow>;
  table.equal = binary<at::eq>;
  table.less = binary<at::lt>;
  table.less_equal = binary<at::le>;
  table.equal_scalar = with_scalar<at::eq>;
  table.less_scalar = with_scalar<at::lt>;
  table.less_equal_scalar = with_scalar<at::le>;
  table.greater_scalar = with_scalar<at::gt>;
  table.greater_equal_scalar = with_scalar<at::ge>;
  table.logical_and = binary<at::logical_and>;
  table.logical_not = unary<at::logical_not>;
  table.negate = unary<at::neg>;
  table.absolute = unary<at::abs>;
  table.exponential = unary<at::exp>;
  table.logarithm = unary<at::log>;
  table.square_root = unary<at::sqrt>;
  table.reciprocal_square_root = unary<at::rsqrt>;
  table.relu = unary<at::relu>;
  table.hyperbolic_tangent = unary<at::tanh>;
  table.sigmoid = unary<at::sigmoid>;
  table.gelu = gelu;
  table.clamp = clamp;
  table.where = where;
  table.masked_fill = masked_fill;
}
#endif
