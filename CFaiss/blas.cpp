// The BLAS under faiss: its threads, and whether its products are right.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "cfaiss.h"
#include "guard.hpp"

// OpenBLAS is named outright: a weak reference would not find a static library.
extern "C" {
void openblas_set_num_threads(int threads);
const char *openblas_get_corename(void);
void sgemm_(const char *trans_a, const char *trans_b, const int32_t *m, const int32_t *n,
            const int32_t *k, const float *alpha, const float *a, const int32_t *lda,
            const float *b, const int32_t *ldb, const float *beta, float *c, const int32_t *ldc);
}

namespace {

// C = op(A) B, column-major as in Fortran; faiss only ever transposes A. `gap` is by how much the
// leading dimensions exceed the rows, as where faiss multiplies a slice of every vector.
struct Shape {
  int32_t m, n, k, gap;
  bool transposed;
};

// Around the edges of 4, 8, 16, 24, 32 and 48 by which kernels are unrolled; on both sides of the
// million multiplications above which OpenBLAS leaves its kernels for small matrices.
constexpr Shape shapes[] = {
    {1, 1, 1, 0, true},      {2, 3, 4, 0, true},      {5, 7, 3, 3, true},
    {8, 8, 8, 0, true},      {15, 9, 17, 1, true},    {16, 20, 50, 0, true},
    {17, 21, 49, 0, true},   {24, 25, 26, 7, true},   {31, 33, 65, 0, true},
    {33, 31, 32, 0, true},   {48, 20, 100, 0, true},  {49, 47, 51, 5, true},
    {64, 64, 64, 0, true},   {97, 20, 31, 0, true},   {128, 40, 64, 0, true},
    {129, 23, 127, 0, true}, {256, 24, 16, 16, true}, {257, 65, 50, 0, true},
    {320, 48, 384, 0, true}, {511, 129, 33, 0, true}, {1024, 21, 50, 0, true},
    {7, 9, 11, 2, false},    {33, 48, 65, 0, false},  {130, 70, 120, 3, false},
};

// Where nothing may be written.
constexpr float untouched = 12345.0f;

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

std::vector<float> filled(size_t count, Numbers &numbers) {
  std::vector<float> values(count);
  for (float &value : values) value = numbers.next();
  return values;
}

// Whether `gemm` gets `shape` right. Large products are checked in every 13th entry, which reaches
// every row and column residue of the unrolled kernels.
bool is_right(cfaiss_gemm gemm, const Shape &shape, Numbers &numbers) {
  const int32_t lda = (shape.transposed ? shape.k : shape.m) + shape.gap;
  const int32_t ldb = shape.k + shape.gap;
  const int32_t ldc = shape.m + shape.gap;
  const std::vector<float> a =
      filled(static_cast<size_t>(lda) * (shape.transposed ? shape.m : shape.k), numbers);
  const std::vector<float> b = filled(static_cast<size_t>(ldb) * shape.n, numbers);
  std::vector<float> c(static_cast<size_t>(ldc) * shape.n, untouched);
  const float one = 1, zero = 0;
  gemm(shape.transposed ? "Transpose" : "Not transpose", "Not transpose", &shape.m, &shape.n,
       &shape.k, &one, a.data(), &lda, b.data(), &ldb, &zero, c.data(), &ldc);

  const int64_t work = static_cast<int64_t>(shape.m) * shape.n * shape.k;
  const size_t step = work > (1 << 17) ? 13 : 1;
  const size_t row_step = shape.transposed ? 1 : lda;
  const size_t column_step = shape.transposed ? lda : 1;
  for (size_t entry = 0; entry < c.size(); entry += step) {
    const size_t i = entry % ldc, j = entry / ldc;
    if (i >= static_cast<size_t>(shape.m)) {
      if (c[entry] != untouched) return false;
      continue;
    }
    const float *left = a.data() + i * column_step;
    const float *right = b.data() + j * ldb;
    double sum = 0;
    for (int32_t l = 0; l < shape.k; l++) sum += static_cast<double>(left[l * row_step]) * right[l];
    if (!(std::abs(c[entry] - sum) <= 0x1p-20 * (shape.k + 1))) return false;
  }
  return true;
}

std::string described(const Shape &shape) {
  return std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " +
         std::to_string(shape.k) + (shape.transposed ? ", transposed" : "");
}

}  // namespace

void cfaiss_initialize(void) { openblas_set_num_threads(1); }

cfaiss_status cfaiss_check_products(cfaiss_gemm gemm) {
  return cfaiss::guarded([&] {
    Numbers numbers;
    for (const Shape &shape : shapes) {
      if (is_right(gemm == nullptr ? sgemm_ : gemm, shape, numbers)) continue;
      throw cfaiss::Failure(CFAISS_WRONG_PRODUCTS,
                            "the product of shape " + described(shape) + " is wrong");
    }
  });
}

const char *cfaiss_core_name(void) { return openblas_get_corename(); }

int32_t cfaiss_thread_count(void) { return omp_get_max_threads(); }
