#include "int8_candidates.h"

// The reference: one row and one query at a time.

static int32_t dot(const uint8_t *panel, size_t lane, size_t steps, const int8_t *codes) {
  int32_t sum = 0;
  for (size_t k = 0; k < steps; k++) {
    const uint8_t *x = panel + (k * needle_code_lanes + lane) * needle_code_step;
    for (size_t i = 0; i < needle_code_step; i++) sum += x[i] * codes[k * needle_code_step + i];
  }
  return sum;
}

static void scan(const uint8_t *panels, size_t count, size_t steps, uint32_t first_row,
                 needle_probe *probes, size_t probe_count, const uint8_t *next,
                 size_t next_bytes) {
  (void)next, (void)next_bytes;
  size_t panel_bytes = needle_code_lanes * steps * needle_code_step;
  for (size_t p = 0; p < probe_count; p++) {
    needle_probe *probe = &probes[p];
    needle_candidates *to = probe->candidates;
    set_start(probe);
    for (size_t row = 0; row < count; row++) {
      const uint8_t *panel = panels + row / needle_code_lanes * panel_bytes;
      int32_t sum = probe->start + dot(panel, row % needle_code_lanes, steps, probe->codes);
      if (sum < 0) continue;
      to->scores[to->count] = hit_score(probe, sum);
      to->rows[to->count++] = first_row + (uint32_t)row;
      make_room(probe);
    }
  }
}

static void score(const uint8_t *panels, size_t panel_count, size_t steps, const float *scales,
                  const float *biases, const needle_probe *probes, size_t probe_count, float *out,
                  size_t row_stride) {
  size_t panel_bytes = needle_code_lanes * steps * needle_code_step;
  for (size_t p = 0; p < probe_count; p++) {
    for (size_t row = 0; row < panel_count * needle_code_lanes; row++) {
      const uint8_t *panel = panels + row / needle_code_lanes * panel_bytes;
      int32_t sum =
          probes[p].offset + dot(panel, row % needle_code_lanes, steps, probes[p].codes);
      float scaled = (float)sum * scales[row];
      float product = scaled * probes[p].scale;
      out[p * row_stride + row] = product + biases[row];
    }
  }
}

const needle_int8_kernels needle_int8_portable = {"portable", scan, score, prune};
