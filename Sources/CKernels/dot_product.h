// Internal: whether an arm64 processor multiplies bytes.
#pragma once

#if defined(__aarch64__)
#include <sys/auxv.h>

static inline int has_dot_product(void) {
  const unsigned long asimddp = 1ul << 20;
  return (getauxval(AT_HWCAP) & asimddp) != 0;
}
#endif
