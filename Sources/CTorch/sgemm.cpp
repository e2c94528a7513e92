// The single-precision matrix product of a libtorch that takes it from the system's BLAS.
//
// Debian's libtorch multiplies float32 matrices with OpenBLAS, whose release is older than many
// processors: it picks slow kernels for them, on some wrong ones, and its threads compete for the
// cores with those of OpenMP, which all the rest of libtorch uses. oneDNN, which that libtorch has
// too, makes its kernels at run time and works in OpenMP's threads. So this library exports a
// `sgemm_` of its own: it stands before the BLAS in the order in which the loader looks for
// libtorch's symbols. Not for builds of PyTorch, which have a good BLAS inside.
#if HAVE_TORCH && REPLACE_SGEMM
#include <dlfcn.h>

#include <cctype>
#include <cstdint>

namespace {

// oneDNN's, row-major.
using Product = int (*)(char trans_a, char trans_b, int64_t m, int64_t n, int64_t k, float alpha,
                        const float *a, int64_t lda, const float *b, int64_t ldb, float beta,
                        float *c, int64_t ldc);
// The BLAS's, column-major.
using Fortran = void (*)(const char *trans_a, const char *trans_b, const int32_t *m,
                         const int32_t *n, const int32_t *k, const float *alpha, const float *a,
                         const int32_t *lda, const float *b, const int32_t *ldb, const float *beta,
                         float *c, const int32_t *ldc);

template <class Function>
Function found(void *scope, const char *name) {
  return reinterpret_cast<Function>(dlsym(scope, name));
}

}  // namespace

extern "C" __attribute__((visibility("default"))) void sgemm_(
    const char *trans_a, const char *trans_b, const int32_t *m, const int32_t *n, const int32_t *k,
    const float *alpha, const float *a, const int32_t *lda, const float *b, const int32_t *ldb,
    const float *beta, float *c, const int32_t *ldc) {
  static const Product one_dnn = found<Product>(RTLD_DEFAULT, "dnnl_sgemm");
  static const Fortran blas = found<Fortran>(RTLD_NEXT, "sgemm_");
  // What is column-major to one is the transposed matrix to the other: C^T = B^T A^T. 'C', the
  // conjugate transpose, is to real numbers what 'T' is.
  const auto letter = [](char trans) { return std::toupper(trans) == 'N' ? 'N' : 'T'; };
  if (one_dnn != nullptr && one_dnn(letter(*trans_b), letter(*trans_a), *n, *m, *k, *alpha, b, *ldb,
                                    a, *lda, *beta, c, *ldc) == 0) {
    return;
  }
  blas(trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
#endif
