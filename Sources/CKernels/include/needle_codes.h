// Codes of vectors that are read one here, one there, as a graph walk does. All results are
// integers, the same for every instruction set.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// How a row holds its codes; unsigned, least significant dimension first:
//
//   bytes    one a dimension, 64 to a cache line
//   nibbles  128 dimensions to a line: byte j has dimension j in its low half, j + 64 in the other
//   bits     one a dimension, 8 to a byte
//
// Rows start at multiples of 64 bytes. A query is one signed byte a dimension, filled up with zeros
// to a `width`: a multiple of 64 for bytes and bits, of 128 for nibbles.

// products[i] = Σ query[j] · code of dimension j in row ids[i], for `n` rows, `stride` bytes apart.
// products has room for n rounded up to a multiple of 4. Rows that lie here and there are read where they
// are: who can asks for them before, see needle_prefetch_rows.
typedef void needle_code_products(const int8_t *query, const uint8_t *codes, size_t stride,
                                  size_t width, const uint32_t *ids, size_t n, int32_t *products);
typedef needle_code_products *needle_code_products_pointer;

// A query of 15 bits a dimension: 128 · high + low, both within −127...127.
typedef struct needle_wide_query {
  const int8_t *high;
  const int8_t *low;
} needle_wide_query;

typedef struct needle_code_kernels {
  needle_code_products_pointer bytes;
  needle_code_products_pointer nibbles;
  needle_code_products_pointer bits;
} needle_code_kernels;

// The kernels of an instruction set that needle_simd_available reports.
const needle_code_kernels *needle_code_kernels_for(needle_simd level);

typedef struct needle_code_encoders {
  // Splits a query: 128 · high[i] + low[i] = round(values[i] · 16192 / max|values|), zeros up to
  // `width`. Returns the value of one unit, 1 for values that are all zero.
  float (*query)(const float *values, size_t dimension, size_t width, int8_t *high, int8_t *low);

  // The code of values[i] is round(values[i] / unit + zero), within 0...most; code of zero up to
  // `width`. Writes one byte a dimension.
  void (*codes)(const float *values, size_t dimension, size_t width, float unit, float zero,
                uint8_t most, uint8_t *codes);

  // What the codes leave over, one byte a dimension: round((values[i] − unit · (codes[i] − zero)) /
  // rest_unit) + 128, within 0...255; 128 up to `width`.
  void (*rests)(const float *values, const uint8_t *codes, size_t dimension, size_t width,
                float unit, float zero, float rest_unit, uint8_t *rests);
} needle_code_encoders;

// All levels give the same bits.
const needle_code_encoders *needle_code_encoders_for(needle_simd level);

// Packs `width` codes of at most 15 as nibbles, of at most 1 as bits.
void needle_pack_nibbles(const uint8_t *codes, size_t width, uint8_t *nibbles);
void needle_pack_bits(const uint8_t *codes, size_t width, uint8_t *bits);

#pragma clang assume_nonnull end
