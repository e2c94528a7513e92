// Dropout. On the CPU libtorch draws one number after the other on a single thread, and keeps a
// tensor of what is dropped; here every element has a number of its own, which is made again for
// the gradient.
#if HAVE_TORCH
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <mutex>

#include "parallel.hpp"
#include "random_factors.hpp"

namespace {

using ctorch::random_block;
using ctorch::RandomFactors;

// The elements of the blocks from `begin` to before `end`, of `count` in all.
CTORCH_CLONES void multiply(const RandomFactors &factors, const float *x, float *y, int64_t begin,
                            int64_t end, int64_t count) {
  float drawn[random_block];
  for (int64_t place = begin; place < end; place++) {
    factors.draw(place, drawn);
    const int64_t start = place * random_block, size = std::min(random_block, count - start);
    for (int64_t i = 0; i < size; i++) y[start + i] = drawn[i] * x[start + i];
  }
}

at::Tensor dropped(const at::Tensor &input, double p, int64_t key) {
  const at::Tensor x = input.contiguous();
  const at::Tensor y = at::empty_like(x);
  const RandomFactors factors(key, p);
  const float *from = x.data_ptr<float>();
  float *to = y.data_ptr<float>();
  const int64_t count = x.numel();
  ctorch::share((count + random_block - 1) / random_block, 128, [&](int64_t begin, int64_t end) {
    multiply(factors, from, to, begin, end, count);
  });
  return y;
}

class Dropout : public torch::autograd::Function<Dropout> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x,
                            double p, int64_t key) {
    context->saved_data["p"] = p;
    context->saved_data["key"] = key;
    return dropped(x, p, key);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 const torch::autograd::variable_list &gradients) {
    const double p = context->saved_data["p"].toDouble();
    const int64_t key = context->saved_data["key"].toInt();
    return {Dropout::apply(gradients[0], p, key), at::Tensor(), at::Tensor()};
  }
};

ctorch_status dropout(const ctorch_tensor *x, double p, ctorch_out y) {
  return ctorch::made(y, [&] { return ctorch::dropout(ctorch::value(x), p); });
}

}  // namespace

int64_t ctorch::next_key() {
  auto *generator = at::detail::getDefaultCPUGenerator().get<at::CPUGeneratorImpl>();
  const std::lock_guard<std::mutex> lock(generator->mutex_);
  return static_cast<int64_t>(generator->random64());
}

at::Tensor ctorch::dropout(const at::Tensor &x, double p) {
  const bool ours = x.is_cpu() && x.scalar_type() == at::kFloat && p > 0 && p < 1;
  return ours ? Dropout::apply(x, p, next_key()) : at::dropout(x, p, /*train=*/true);
}

void ctorch::fill_dropout(ctorch_table &table) { table.dropout = ::dropout; }
#endif
