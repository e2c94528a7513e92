// Tensors on both sides of the table.
#pragma once

#include <ATen/ATen.h>

#include "ctorch_abi.h"
#include "guard.hpp"

// What a handle points to.
struct ctorch_tensor {
  at::Tensor value;
};

namespace ctorch {

// An optional argument of libtorch: c10::optional in 1.x, std::optional in 2.x.
using MaybeTensor = c10::optional<at::Tensor>;

// The tensor of a handle.
inline const at::Tensor &value(const ctorch_tensor *x) {
  if (x == nullptr) throw Refusal("a tensor is missing");
  return x->value;
}

// The tensor of a handle that may be NULL.
inline MaybeTensor optional_value(const ctorch_tensor *x) {
  return x == nullptr ? MaybeTensor() : MaybeTensor(x->value);
}

// Hands a tensor over.
inline void give(ctorch_out out, at::Tensor x) { *out = new ctorch_tensor{std::move(x)}; }

// Hands over the tensor that `body` makes.
template <class Body>
ctorch_status made(ctorch_out out, const Body &body) noexcept {
  return guarded([&] { give(out, body()); });
}

inline at::IntArrayRef list(ctorch_sizes sizes) {
  if (sizes.rank < 0 || (sizes.rank > 0 && sizes.sizes == nullptr))
    throw Refusal("sizes are missing");
  return at::IntArrayRef(sizes.sizes, static_cast<size_t>(sizes.rank));
}

// A number as an element of `x`: a whole number leaves integers what they are, where a fraction
// would turn them into floating point.
inline at::Scalar scalar(const at::Tensor &x, double value) {
  const bool whole = value >= -0x1p53 && value <= 0x1p53 && value == static_cast<int64_t>(value);
  const bool integral = at::isIntegralType(x.scalar_type(), /*includeBool=*/true);
  return whole && integral ? at::Scalar(static_cast<int64_t>(value)) : at::Scalar(value);
}

// Half and brain floats as single precision, for sums of squares, which they do not hold.
inline at::Tensor widened(const at::Tensor &x) {
  const at::ScalarType type = x.scalar_type();
  return type == at::kHalf || type == at::kBFloat16 ? x.to(at::kFloat) : x;
}

at::ScalarType scalar_type(ctorch_dtype dtype);
at::Device device(ctorch_device device);
// A device's type and index are those of `x`.
at::TensorOptions options(ctorch_dtype dtype, ctorch_device device);

// Refuses a tensor whose memory is borrowed, and thus not to be written.
const at::Tensor &writable(const ctorch_tensor *x);

// Drops elements with the probability `p` and scales the others by 1 / (1 - p).
at::Tensor dropout(const at::Tensor &x, double p);

// Each fills its part of the table.
void fill_library(ctorch_table &table);
void fill_devices(ctorch_table &table);
void fill_tensors(ctorch_table &table);
void fill_shapes(ctorch_table &table);
void fill_elementwise(ctorch_table &table);
void fill_reductions(ctorch_table &table);
void fill_dropout(ctorch_table &table);
void fill_layers(ctorch_table &table);
void fill_attention(ctorch_table &table);
void fill_packed_attention(ctorch_table &table);
void fill_gradients(ctorch_table &table);
void fill_updates(ctorch_table &table);
void fill_random(ctorch_table &table);
void fill_optimizers(ctorch_table &table);
void fill_groups(ctorch_table &table);

}  // namespace ctorch
