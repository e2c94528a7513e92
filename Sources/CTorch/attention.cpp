// Scaled dot-product attention: fused where libtorch has it, step by step where not.
#if HAVE_TORCH
#include <limits>
#include <sstream>
#include <vector>

#include "tensor.hpp"

#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
#define FUSED_ATTENTION 1
#else
#define FUSED_ATTENTION 0
#endif

namespace {

using ctorch::optional_value;
using ctorch::Refusal;
using ctorch::value;

#if FUSED_ATTENTION
at::Tensor attend(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                  const ctorch::MaybeTensor &mask, double scale, double dropout) {
  return at::scaled_dot_product_attention(q, k, v, mask, dropout, /*is_causal=*/false, scale);
}
#else
at::Tensor attend(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                  const ctorch::MaybeTensor &mask, double scale, double dropout) {
  at::Tensor scores = at::matmul(at::mul(q, scale), at::transpose(k, -2, -1));
  if (mask.has_value() && mask->scalar_type() == at::kBool) {
    scores =
        at::masked_fill(scores, at::logical_not(*mask), -std::numeric_limits<double>::infinity());
  } else if (mask.has_value()) {
    scores = at::add(scores, *mask);
  }
  at::Tensor weights = at::softmax(scores, -1);
  if (dropout > 0) weights = ctorch::dropout(weights, dropout);
  return at::matmul(weights, v);
}
#endif

// Whether queries and keys have scores, and these weigh the values.
bool agree(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v) {
  const int64_t rank = q.dim();
  if (rank < 3 || k.dim() != rank || v.dim() != rank) return false;
  const size_t leading = static_cast<size_t>(rank - 2);
  return q.sizes().slice(0, leading) == k.sizes().slice(0, leading) &&
         k.sizes().slice(0, leading) == v.sizes().slice(0, leading) && q.size(-1) == k.size(-1) &&
         k.size(-2) == v.size(-2);
}

// Whether a mask can be broadcast to scores of a shape.
bool fits(const at::Tensor &mask, at::IntArrayRef scores) {
  if (mask.dim() > static_cast<int64_t>(scores.size())) return false;
  for (int64_t place = 1; place <= mask.dim(); place++) {
    const int64_t size = mask.size(-place);
    if (size != 1 && size != scores[scores.size() - static_cast<size_t>(place)]) return false;
  }
  return true;
}

// Refuses shapes that do not agree: libtorch's fused kernels take fewer values than keys, for one,
// without a word.
void check_shapes(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                  const ctorch::MaybeTensor &mask) {
  std::ostringstream message;
  if (!agree(q, k, v)) {
    message << "queries " << q.sizes() << ", keys " << k.sizes() << " and values " << v.sizes()
            << " do not agree";
    throw Refusal(message.str());
  }
  std::vector<int64_t> scores = q.sizes().vec();
  scores.back() = k.size(-2);
  if (mask.has_value() && !fits(*mask, scores)) {
    message << "a mask of shape " << mask->sizes() << " does not fit scores of shape "
            << at::IntArrayRef(scores);
    throw Refusal(message.str());
  }
}

ctorch_status attention(const ctorch_tensor *q, const ctorch_tensor *k, const ctorch_tensor *v,
                        const ctorch_tensor *mask, double scale, double dropout, ctorch_out y) {
  return ctorch::made(y, [&] {
    check_shapes(value(q), value(k), value(v), optional_value(mask));
    return attend(value(q), value(k), value(v), optional_value(mask), scale, dropout);
  });
}

}  // namespace

void ctorch::fill_attention(ctorch_table &table) { table.attention = attention; }
#endif
