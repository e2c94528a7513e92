// What the micro-benchmarks need in C: kernels under the clock, and calls of the allocator counted.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// A kernel at one level and one size.
typedef struct micro_kernel {
  const char *name;   // "codes.bytes"
  const char *simd;   // "avx512"
  size_t size;        // dimensions; keys that a pool holds
  const char *unit;   // what the time is for: "row", "call"
} micro_kernel;

// Those of all levels that this CPU has.
size_t micro_kernel_count(void);
micro_kernel micro_kernel_at(size_t place);

// Nanoseconds for one unit of a kernel. The same input again and again, so that it is in the
// first-level cache; only centroids of more than 384 dimensions and offers to pools of more than 256
// keys do not fit.
double micro_kernel_nanoseconds(size_t place);

// Nanoseconds that the calling thread has had a core: other work on the machine is not counted.
uint64_t micro_clock(void);

// How often memory has been asked for so far, by all threads.
size_t micro_allocations(void);

#pragma clang assume_nonnull end
