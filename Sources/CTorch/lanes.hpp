// Sixteen numbers side by side, in whatever registers a processor has.
#pragma once

#include <cstdint>
#include <cstring>

// Compiled for several processors, of which the loader takes the best.
#if defined(__x86_64__) && defined(__linux__)
#define CTORCH_CLONES __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define CTORCH_CLONES
#endif
// What such a function calls has to become a part of it, and is given no `Floats`, which a function
// for other processors might want in other registers.
#define CTORCH_INLINE __attribute__((always_inline)) inline

// Nothing is passed in registers, since all is inlined.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace ctorch {

constexpr int64_t lanes = 16;

typedef float Floats __attribute__((vector_size(4 * lanes)));
typedef int32_t Integers __attribute__((vector_size(4 * lanes)));

CTORCH_INLINE Floats load(const float *x) {
  Floats y;
  std::memcpy(&y, x, sizeof y);
  return y;
}

CTORCH_INLINE void store(float *y, Floats x) { std::memcpy(y, &x, sizeof x); }

CTORCH_INLINE Floats larger(Floats x, Floats y) { return x > y ? x : y; }

CTORCH_INLINE float sum(Floats x) {
  float total = 0;
  for (int64_t lane = 0; lane < lanes; lane++) total += x[lane];
  return total;
}

CTORCH_INLINE float largest(Floats x) {
  float found = x[0];
  for (int64_t lane = 1; lane < lanes; lane++) found = x[lane] > found ? x[lane] : found;
  return found;
}

// e^x for x up to 0, to 1.1 units of the last place, by the reduction and the polynomial of Cephes's
// expf; what is below -86 is taken for -86.
CTORCH_INLINE Floats exponential(Floats x) {
  const Floats low = Floats{} - 86;
  x = x < low ? low : x;
  // Adding 1.5 * 2^23 rounds to a whole number, which the last bits then hold.
  const Floats shifted = x * 1.44269504088896341f + 0x1.8p23f;
  const Floats whole = shifted - 0x1.8p23f;
  const Floats r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
  Floats y = r * 1.9875691500e-4f + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * (r * r) + r + 1;
  return (Floats)((Integers)y + ((Integers)shifted << 23));
}

}  // namespace ctorch
