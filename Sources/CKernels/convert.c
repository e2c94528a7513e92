#include "needle_convert.h"

#include "half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Loops are written once and compiled for each instruction set; the compiler vectorises them.
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl")))

// Rounds to nearest, ties to even. In the subnormal range the addition of 0.5, whose last place is
// the smallest half, does the rounding.
INLINE uint16_t narrow(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t rest = bits & 0x7fffffffu;
  const uint32_t odd = (rest >> 13) & 1;
  const uint32_t normal = (rest - ((127u - 15u) << 23) + 0xfffu + odd) >> 13;
  const uint32_t subnormal = bits_of(float_of(rest) + 0.5f) - bits_of(0.5f);
  const uint32_t nan = 0x7e00u | ((rest >> 13) & 0x3ffu);
  uint32_t half = rest < (113u << 23) ? subnormal : normal;
  half = rest >= (143u << 23) ? 0x7c00u : half;
  half = rest > (0xffu << 23) ? nan : half;
  return (uint16_t)(half | sign);
}

INLINE void f16_loop(const void *source, size_t count, float *destination) {
  const unsigned char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    uint16_t half;
    memcpy(&half, bytes + i * sizeof half, sizeof half);
    destination[i] = widen(half);
  }
}

INLINE void f64_loop(const void *source, size_t count, float *destination) {
  const unsigned char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    double value;
    memcpy(&value, bytes + i * sizeof value, sizeof value);
    destination[i] = (float)value;
  }
}

INLINE void i8_loop(const void *source, size_t count, float *destination) {
  const int8_t *values = source;
  for (size_t i = 0; i < count; i++) destination[i] = (float)values[i];
}

INLINE void u8_loop(const void *source, size_t count, float *destination) {
  const uint8_t *values = source;
  for (size_t i = 0; i < count; i++) destination[i] = (float)values[i];
}

INLINE void i32_loop(const void *source, size_t count, float *destination) {
  const unsigned char *bytes = source;
  for (size_t i = 0; i < count; i++) {
    int32_t value;
    memcpy(&value, bytes + i * sizeof value, sizeof value);
    destination[i] = (float)value;
  }
}

INLINE void to_f16_loop(const float *source, size_t count, uint16_t *destination) {
  for (size_t i = 0; i < count; i++) destination[i] = narrow(source[i]);
}

static void f32_copy(const void *_Nullable source, size_t count, float *_Nullable destination) {
  if (count > 0) memcpy(destination, source, count * sizeof(float));
}

// MARK: portable

#define KERNELS(level, target)                                                              \
  target static void f64_##level(const void *s, size_t n, float *d) { f64_loop(s, n, d); } \
  target static void i8_##level(const void *s, size_t n, float *d) { i8_loop(s, n, d); }   \
  target static void u8_##level(const void *s, size_t n, float *d) { u8_loop(s, n, d); }   \
  target static void i32_##level(const void *s, size_t n, float *d) { i32_loop(s, n, d); }

#define TABLE(level)                                                                     \
  {f16_##level, f32_copy, f64_##level, i8_##level, u8_##level, i32_##level, to_f16_##level}

KERNELS(portable, )

static void f16_portable(const void *source, size_t count, float *destination) {
  f16_loop(source, count, destination);
}

static void to_f16_portable(const float *source, size_t count, uint16_t *destination) {
  to_f16_loop(source, count, destination);
}

#if defined(__x86_64__)

// MARK: AVX2

KERNELS(avx2, AVX2)

AVX2 static void f16_avx2(const void *source, size_t count, float *destination) {
  const unsigned char *bytes = source;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i halves = _mm_loadu_si128((const __m128i_u *)(bytes + 2 * i));
    _mm256_storeu_ps(destination + i, _mm256_cvtph_ps(halves));
  }
  f16_loop(bytes + 2 * i, count - i, destination + i);
}

AVX2 static void to_f16_avx2(const float *source, size_t count, uint16_t *destination) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(source + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i_u *)(destination + i), halves);
  }
  to_f16_loop(source + i, count - i, destination + i);
}

// MARK: AVX-512

KERNELS(avx512, AVX512)

AVX512 static void f16_avx512(const void *source, size_t count, float *destination) {
  const unsigned char *bytes = source;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i halves = _mm256_loadu_si256((const __m256i_u *)(bytes + 2 * i));
    _mm512_storeu_ps(destination + i, _mm512_cvtph_ps(halves));
  }
  const __mmask16 rest = (__mmask16)((1u << (count - i)) - 1);
  const __m256i halves = _mm256_maskz_loadu_epi16(rest, bytes + 2 * i);
  _mm512_mask_storeu_ps(destination + i, rest, _mm512_cvtph_ps(halves));
}

AVX512 static void to_f16_avx512(const float *source, size_t count, uint16_t *destination) {
  size_t i = 0;
  for (; i < count; i += 16) {
    const size_t left = count - i;
    const __mmask16 lanes = left < 16 ? (__mmask16)((1u << left) - 1) : (__mmask16)0xffff;
    const __m512 values = _mm512_maskz_loadu_ps(lanes, source + i);
    const __m256i halves = _mm512_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT);
    _mm256_mask_storeu_epi16(destination + i, lanes, halves);
  }
}

static const needle_convert_kernels tables[] = {TABLE(portable), TABLE(avx2), TABLE(avx512)};

#else

static const needle_convert_kernels tables[] = {
    TABLE(portable), TABLE(portable), TABLE(portable)};

#endif

const needle_convert_kernels *needle_convert(needle_simd level) { return &tables[level]; }
