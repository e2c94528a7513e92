// The library below: its release, its threads, and whether its products are right.
#if HAVE_TORCH
#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <atomic>
#include <cmath>
#include <vector>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#if __has_include(<torch/headeronly/version.h>)
#include <torch/headeronly/version.h>
#else
#include <torch/csrc/api/include/torch/version.h>
#endif

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::Refusal;

const char *torch_version() { return TORCH_VERSION; }

// What was set, 0 for libtorch's own choice, and what this thread has of it.
std::atomic<int32_t> wanted_threads{0};
thread_local int32_t settled_threads = 0;

ctorch_status set_thread_count(int32_t count) {
  return guarded([&] {
    if (count < 1) throw Refusal("threads are at least 1");
    wanted_threads.store(count, std::memory_order_relaxed);
    ctorch::settle_thread_count();
  });
}

ctorch_status thread_count(int32_t *count) {
  return guarded([&] { *count = at::get_num_threads(); });
}

struct Shape {
  int64_t m, n, k;
};

// Around the edges of 4, 8, 16, 24, 32 and 48 by which kernels are unrolled, and on both sides of
// the sizes where a BLAS leaves its kernels for small matrices.
constexpr Shape shapes[] = {
    {1, 1, 1},     {2, 3, 4},    {5, 7, 3},      {15, 9, 17},   {17, 21, 49},  {31, 33, 65},
    {48, 20, 100}, {49, 47, 51}, {129, 23, 127}, {257, 65, 50}, {64, 48, 384}, {33, 129, 511},
};

// A fixed sequence in -1...1.
class Numbers {
 public:
  float next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<float>(static_cast<int32_t>(state_ >> 32)) * 0x1p-31f;
  }

 private:
  uint64_t state_ = 42;
};

at::Tensor filled(int64_t rows, int64_t columns, Numbers &numbers) {
  at::Tensor matrix = at::empty({rows, columns}, at::kFloat);
  float *values = matrix.data_ptr<float>();
  for (int64_t place = 0; place < rows * columns; place++) values[place] = numbers.next();
  return matrix;
}

// Whether `c` is a b^T, checked in every 7th entry, which meets every residue of the kernels.
bool is_product(const at::Tensor &c, const at::Tensor &a, const at::Tensor &b, const Shape &shape) {
  const float *left = a.data_ptr<float>(), *right = b.data_ptr<float>();
  const float *result = c.data_ptr<float>();
  for (int64_t entry = 0; entry < shape.m * shape.n; entry += 7) {
    const int64_t i = entry / shape.n, j = entry % shape.n;
    double sum = 0;
    for (int64_t l = 0; l < shape.k; l++) {
      sum += static_cast<double>(left[i * shape.k + l]) * right[j * shape.k + l];
    }
    if (!(std::abs(result[entry] - sum) <= 0x1p-20 * (shape.k + 1))) return false;
  }
  return true;
}

ctorch_status keep_memory() {
  return guarded([] {
#ifdef M_MMAP_MAX
    // The allocator of glibc asks the system for every large block, which then has to be filled
    // with zeros, page by page.
    if (mallopt(M_MMAP_MAX, 0) == 0 || mallopt(M_TRIM_THRESHOLD, -1) == 0) {
      throw Refusal("the allocator's settings cannot be changed");
    }
#endif
  });
}

ctorch_status check_products() {
  return guarded([&] {
    Numbers numbers;
    for (const Shape &shape : shapes) {
      const at::Tensor a = filled(shape.m, shape.k, numbers);
      const at::Tensor b = filled(shape.n, shape.k, numbers);
      const at::Tensor turned = at::transpose(b, 0, 1);
      const bool right = is_product(at::linear(a, b), a, b, shape) &&
                         is_product(at::matmul(a, turned), a, b, shape) &&
                         is_product(at::matmul(a, turned.contiguous()), a, b, shape);
      if (right) continue;
      throw Refusal("the product of " + std::to_string(shape.m) + " x " + std::to_string(shape.k) +
                    " and " + std::to_string(shape.k) + " x " + std::to_string(shape.n) +
                    " is wrong");
    }
  });
}

}  // namespace

void ctorch::settle_thread_count() {
  const int32_t count = wanted_threads.load(std::memory_order_relaxed);
  if (count == settled_threads) return;
  at::set_num_threads(count);
  settled_threads = count;
}

void ctorch::fill_library(ctorch_table &table) {
  // Sums of a product are kept in single precision, whatever it is rounded to: exact search bounds its
  // error by that.
  at::globalContext().setAllowFP16ReductionCuBLAS(false);
#if TORCH_VERSION_MAJOR >= 2
  at::globalContext().setAllowBF16ReductionCuBLAS(false);
#endif
  table.last_error = last_error;
  table.torch_version = torch_version;
  table.check_products = check_products;
  table.set_thread_count = set_thread_count;
  table.thread_count = thread_count;
  table.keep_memory = keep_memory;
}
#endif
