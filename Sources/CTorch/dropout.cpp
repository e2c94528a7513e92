// Dropout. On the CPU libtorch draws one number after the other on a single thread, and keeps a tensor
// of what is dropped; here every element has a number of its own, which is made again for the gradient.
#if HAVE_TORCH
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorIterator.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <mutex>

#include "tensor.hpp"

// Compiled for several processors, of which the loader takes the best.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

namespace {

// Counters side by side, each of which has numbers for four elements.
constexpr int64_t lanes = 16;
constexpr int64_t block = 4 * lanes;

// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011):
// the numbers of a block are a function of the key and of the block's place, so any thread can make them.
__attribute__((always_inline)) inline void draw(uint64_t key, int64_t place, uint32_t *words) {
  uint32_t *x0 = words, *x1 = x0 + lanes, *x2 = x1 + lanes, *x3 = x2 + lanes;
  const uint64_t first = static_cast<uint64_t>(place) * lanes;
  for (int64_t lane = 0; lane < lanes; lane++) {
    const uint64_t counter = first + static_cast<uint64_t>(lane);
    x0[lane] = static_cast<uint32_t>(counter);
    x1[lane] = static_cast<uint32_t>(counter >> 32);
    x2[lane] = 0;
    x3[lane] = 0;
  }
  uint32_t key0 = static_cast<uint32_t>(key), key1 = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; round++) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      const uint64_t product0 = uint64_t{0xD2511F53} * x0[lane];
      const uint64_t product1 = uint64_t{0xCD9E8D57} * x2[lane];
      const uint32_t high0 = static_cast<uint32_t>(product0 >> 32);
      const uint32_t high1 = static_cast<uint32_t>(product1 >> 32);
      x0[lane] = high1 ^ x1[lane] ^ key0;
      x2[lane] = high0 ^ x3[lane] ^ key1;
      x1[lane] = static_cast<uint32_t>(product1);
      x3[lane] = static_cast<uint32_t>(product0);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

struct Dropped {
  uint64_t key;
  // Elements whose number is below it are dropped; the others are scaled to keep the mean.
  uint32_t limit;
  float scale;

  Dropped(uint64_t key, double p)
      : key(key),
        limit(static_cast<uint32_t>(p * 0x1p32)),
        scale(static_cast<float>(1 / (1 - p))) {}
};

// The elements of the blocks from `begin` to before `end`, of `count` in all.
CLONES void drop(const Dropped &dropped, const float *x, float *y, int64_t begin, int64_t end,
                 int64_t count) {
  uint32_t words[block];
  for (int64_t place = begin; place < end; place++) {
    draw(dropped.key, place, words);
    const int64_t start = place * block, size = std::min(block, count - start);
    for (int64_t i = 0; i < size; i++) {
      y[start + i] = words[i] < dropped.limit ? 0 : x[start + i] * dropped.scale;
    }
  }
}

at::Tensor dropped(const at::Tensor &input, double p, int64_t key) {
  const at::Tensor x = input.contiguous();
  const at::Tensor y = at::empty_like(x);
  const int64_t count = x.numel();
  if (count == 0) return y;
  const Dropped settings(static_cast<uint64_t>(key), p);
  const float *from = x.data_ptr<float>();
  float *to = y.data_ptr<float>();
  // One element stands for a block, for libtorch to share them among its threads, which only code
  // compiled with OpenMP could do itself.
  at::Tensor blocks = at::as_strided(y, {(count + block - 1) / block}, {block});
  at::TensorIterator iterator = at::TensorIterator::nullary_op(blocks);
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t size) {
        const int64_t begin = (reinterpret_cast<const float *>(data[0]) - to) / block;
        drop(settings, from, to, begin, begin + size, count);
      },
      /*grain_size=*/128);
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

// The next number of the generator that seeds start.
int64_t next_key() {
  auto *generator = at::detail::getDefaultCPUGenerator().get<at::CPUGeneratorImpl>();
  const std::lock_guard<std::mutex> lock(generator->mutex_);
  return static_cast<int64_t>(generator->random64());
}

ctorch_status dropout(const ctorch_tensor *x, double p, ctorch_out y) {
  return ctorch::made(y, [&] { return ctorch::dropout(ctorch::value(x), p); });
}

}  // namespace

at::Tensor ctorch::dropout(const at::Tensor &x, double p) {
  const bool ours = x.is_cpu() && x.scalar_type() == at::kFloat && p > 0 && p < 1;
  return ours ? Dropout::apply(x, p, next_key()) : at::dropout(x, p, /*train=*/true);
}

void ctorch::fill_dropout(ctorch_table &table) { table.dropout = ::dropout; }
#endif
