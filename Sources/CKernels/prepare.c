#include "needle_prepare.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

size_t needle_first_not_finite(const float *values, size_t count) {
  enum { block = 64 };
  for (size_t start = 0; start < count; start += block) {
    size_t end = start + block < count ? start + block : count;
    uint32_t bad = 0;
    for (size_t i = start; i < end; i++) {
      uint32_t bits;
      memcpy(&bits, &values[i], sizeof bits);
      bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    if (!bad) continue;
    for (size_t i = start; i < end; i++) {
      if (!isfinite(values[i])) return i;
    }
  }
  return count;
}

// A vector whose norm is within this of 1 is left as it is: normalising it again would only move
// its last bits, and normalising twice must give the same bytes as once.
static const double already_unit = 1e-6;

size_t needle_normalize(float *vectors, size_t rows, size_t dimension) {
  for (size_t row = 0; row < rows; row++) {
    float *vector = vectors + row * dimension;
    double partial[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < dimension; i++) partial[i & 3] += (double)vector[i] * (double)vector[i];
    double squared = (partial[0] + partial[1]) + (partial[2] + partial[3]);
    if (squared == 0) return row;
    if (fabs(squared - 1) <= already_unit) continue;
    double scale = 1 / sqrt(squared);
    for (size_t i = 0; i < dimension; i++) vector[i] = (float)((double)vector[i] * scale);
  }
  return rows;
}
