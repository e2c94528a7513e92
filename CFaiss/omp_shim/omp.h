// The part of <omp.h> that faiss's headers and this shim need.
//
// Swift's clang ships no <omp.h>, and libfaiss is compiled by GCC against libgomp: these are
// libgomp's declarations on 64-bit Linux. No `#pragma omp` works here, because the shim itself is
// compiled without OpenMP.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// libgomp's plain lock: four bytes, aligned to four.
typedef struct omp_lock_t {
  int state;
} omp_lock_t;

// Sets how many threads the next parallel regions of the calling thread use.
void omp_set_num_threads(int threads);

// How many threads the next parallel region of the calling thread would use.
int omp_get_max_threads(void);

#ifdef __cplusplus
}
#endif
