// Over dimensions.
#if HAVE_TORCH
#include <numeric>
#include <vector>

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::list;
using ctorch::made;
using ctorch::value;

// The dimensions asked for; all where there are none, as not all of libtorch's functions have it.
std::vector<int64_t> dimensions(const at::Tensor &x, ctorch_sizes dims) {
  std::vector<int64_t> chosen = list(dims).vec();
  if (chosen.empty()) {
    chosen.resize(static_cast<size_t>(x.dim()));
    std::iota(chosen.begin(), chosen.end(), 0);
  }
  return chosen;
}

ctorch_status sum(const ctorch_tensor *x, ctorch_sizes dims, bool keep, ctorch_out y) {
  return made(y, [&] { return at::sum(value(x), dimensions(value(x), dims), keep); });
}

ctorch_status mean(const ctorch_tensor *x, ctorch_sizes dims, bool keep, ctorch_out y) {
  return made(y, [&] { return at::mean(value(x), dimensions(value(x), dims), keep); });
}

ctorch_status maximum(const ctorch_tensor *x, ctorch_sizes dims, bool keep, ctorch_out y) {
  return made(y, [&] { return at::amax(value(x), dimensions(value(x), dims), keep); });
}

ctorch_status log_sum_exp(const ctorch_tensor *x, ctorch_sizes dims, bool keep, ctorch_out y) {
  return made(y, [&] { return at::logsumexp(value(x), dimensions(value(x), dims), keep); });
}

ctorch_status argmax(const ctorch_tensor *x, int64_t dim, bool keep, ctorch_out indexes) {
  return made(indexes, [&] { return at::argmax(value(x), dim, keep); });
}

ctorch_status cumulative_sum(const ctorch_tensor *x, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::cumsum(value(x), dim); });
}

ctorch_status top_k(const ctorch_tensor *x, int64_t k, int64_t dim, ctorch_out values,
                    ctorch_out indexes) {
  return guarded([&] {
    auto found = at::topk(value(x), k, dim, /*largest=*/true, /*sorted=*/true);
    auto owned = std::make_unique<ctorch_tensor>(ctorch_tensor{std::get<0>(std::move(found))});
    ctorch::give(indexes, std::get<1>(std::move(found)));
    *values = owned.release();
  });
}

ctorch_status softmax(const ctorch_tensor *x, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::softmax(value(x), dim); });
}

ctorch_status log_softmax(const ctorch_tensor *x, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::log_softmax(value(x), dim); });
}

ctorch_status normalize(const ctorch_tensor *x, int64_t dim, double eps, ctorch_out y) {
  return made(y, [&] {
    const at::Tensor wide = ctorch::widened(value(x));
    const at::Tensor length = at::norm(wide, 2, at::IntArrayRef(dim), /*keepdim=*/true);
    return at::div(wide, at::clamp_min(length, eps)).to(value(x).scalar_type());
  });
}

ctorch_status all_finite(const ctorch_tensor *x, bool *answer) {
  return guarded([&] { *answer = at::isfinite(value(x)).all().item<bool>(); });
}

}  // namespace

void ctorch::fill_reductions(ctorch_table &table) {
  table.sum = sum;
  table.mean = mean;
  table.maximum = maximum;
  table.log_sum_exp = log_sum_exp;
  table.argmax = argmax;
  table.cumulative_sum = cumulative_sum;
  table.top_k = top_k;
  table.softmax = softmax;
  table.log_softmax = log_softmax;
  table.normalize = normalize;
  table.all_finite = all_finite;
}
#endif
