// Integer scans: products of 8-bit queries with 8-bit vectors, fused with the selection of the
// best. All results are the same bits for every instruction set.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Vector codes lie in panels of 16 rows: [panel][step][lane][4 dimensions], one byte a value, the
// value plus 128. A step is what one instruction multiplies and adds: 4 dimensions of 16 rows. The
// last panel and the last step are padded with 128, that is with zeros.
enum { needle_code_lanes = 16, needle_code_step = 4, needle_code_zero = 128 };

// The largest number of dimensions whose products cannot overflow a 32-bit sum.
enum { needle_int8_max_dimension = 8192 };

// The best rows found so far for one query, in no order: larger scores are better, ties go to the
// lower row.
//
// A scan appends rows whose score is at least `threshold` and prunes when the room runs out, so
// the best `keep` rows of all that were scanned are always among them.
typedef struct needle_candidates {
  float *scores;       // room for needle_candidate_room(keep)
  uint32_t *rows;      // the same room
  uint32_t count;      // rows present
  uint32_t keep;       // how many are wanted, at least 1
  float threshold;     // the keep-th best score of a moment ago; -infinity before there are so many
} needle_candidates;

// Floats and rows that a buffer must have room for.
size_t needle_candidate_room(size_t keep);

// One query's part in the scan of some panels.
//
// The score of a row is base + scale · Σ codes · (vector codes − 128).
typedef struct needle_probe {
  const int8_t *codes;             // [steps · 4], padded with zeros; within ±127
  needle_candidates *_Nullable candidates;  // for `scan`
  float base;
  float scale;                     // more than 0
  float inverse;                   // 1 / scale
  int32_t offset;                  // −128 · Σ codes
  int32_t start;                   // the kernel's own
} needle_probe;

typedef struct needle_int8_kernels {
  const char *name;  // "avx512-vnni", "avx2", "neon-dot" or "portable"

  // Scans `count` rows from the start of `panels` for `probe_count` probes. `first_row` is the number
  // of the first row; `panels` is 64-byte aligned. `next` is memory that the next scan will read, of
  // which `next_bytes` are asked for on the way.
  void (*scan)(const uint8_t *panels, size_t count, size_t steps, uint32_t first_row,
               needle_probe *probes, size_t probe_count, const uint8_t *next, size_t next_bytes);

  // Scores every row of `panel_count` panels, with a scale and a bias per row:
  // out[p · row_stride + i] = Σ codes · (vector codes − 128) · scales[i] · probes[p].scale + biases[i].
  // scales, biases and each row of `out` have room for whole panels.
  void (*score)(const uint8_t *panels, size_t panel_count, size_t steps, const float *scales,
                const float *biases, const needle_probe *probes, size_t probe_count, float *out,
                size_t row_stride);

  // Leaves at least the best `keep` candidates, exactly them where `exact`; raises the threshold.
  void (*prune)(needle_candidates *candidates, int exact);
} needle_int8_kernels;

// The kernels of an instruction set that needle_simd_available reports. AVX-512 without VNNI uses
// those of AVX2.
const needle_int8_kernels *needle_int8_kernels_for(needle_simd level);

// The scalar kernels that all others must equal.
const needle_int8_kernels *needle_int8_reference(void);

typedef struct needle_int8_encoders {
  // Quantises `dimension` values symmetrically: codes[i] = round(values[i] · 127 / max|values|).
  // Fills up with zeros to `steps` · 4 codes. Returns the value of one code unit, 1 for values that
  // are all zero; *sum receives Σ codes.
  float (*query)(const float *values, size_t dimension, size_t steps, int8_t *codes, int32_t *sum);

  // Writes one row of `panels`: round(values[i] / unit) + 128, within 1...255.
  void (*row)(const float *values, size_t dimension, size_t steps, float unit, uint8_t *panels,
              size_t row);

  // Adds scale · codes[i] to sums[i] for `dimension` codes.
  void (*accumulate)(const int8_t *codes, size_t dimension, float scale, float *sums);
} needle_int8_encoders;

// All levels give the same bits.
const needle_int8_encoders *needle_int8_encoders_for(needle_simd level);

#pragma clang assume_nonnull end
