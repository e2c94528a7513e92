// Conversions between the element types of vector files and float.
//
// Sources may start at any address: rows of a mapped file are not aligned to their elements.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Converts `count` elements at `source` to floats. Source and destination do not overlap.
typedef void (*needle_to_f32)(const void *_Nullable source, size_t count,
                              float *_Nullable destination);

// Converts `count` floats to half precision, rounding to nearest, ties to even; what is too large
// becomes an infinity, a NaN stays one.
typedef void (*needle_f32_to_f16)(const float *_Nullable source, size_t count,
                                  uint16_t *_Nullable destination);

// One instance per instruction set; all give the same bits.
typedef struct needle_convert_kernels {
  needle_to_f32 from_f16;  // exact, subnormals included; a signalling NaN becomes a quiet one
  needle_to_f32 from_f32;  // a copy
  needle_to_f32 from_f64;  // rounds to nearest; what is too large becomes an infinity
  needle_to_f32 from_i8;   // exact
  needle_to_f32 from_u8;   // exact
  needle_to_f32 from_i32;  // rounds to nearest beyond 2^24
  needle_f32_to_f16 to_f16;
} needle_convert_kernels;

// The kernels of one level, which this CPU must be able to run: see needle_simd_available.
const needle_convert_kernels *needle_convert(needle_simd level);

#pragma clang assume_nonnull end
