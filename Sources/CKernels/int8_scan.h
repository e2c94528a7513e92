// The body of the integer kernels, included once per instruction set with these defined:
//
//   LANES            32-bit sums in a `vec`, a divisor of needle_code_lanes
//   PANELS, QUERIES  panels and queries whose sums stay in registers together
//   vec, data        a vector of sums; LANES · 4 vector codes as the product wants them
//   vec_set1(x)
//   data_load(p)               from 4 · LANES bytes
//   query_load(p)              4 query codes for all lanes, a `query`
//   vec_dot(sum, data, query)  sum + the four products of each lane
//   vec_and(v, w)
//   vec_positive(v)            bit mask of the lanes that are not negative
//   tile_start(start, offset)  what the sums of a query start at, for products of values plus 128
//   add_hits(probe, sums, n, valid, row)                    see int8_candidates.h
//   vec_score(out, sum, scales, biases, scale)              LANES scores, see needle_int8.h
//
// A tile of PANELS × QUERIES sums starts at minus the query's threshold, so that a row passes when
// the sign bit of its sum is clear: one comparison a vector, and nothing is written for the rest.

#define TILE_VECS (PANELS * needle_code_lanes / LANES)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE void product(const uint8_t *panels, size_t steps, size_t vecs, const needle_probe *probes,
                    size_t queries, const int32_t *starts, vec sums[QUERIES][TILE_VECS]) {
  enum { vecs_in_panel = needle_code_lanes / LANES, step_bytes = needle_code_lanes * needle_code_step };
  const int8_t *codes[QUERIES];
  UNROLL for (size_t q = 0; q < queries; q++) {
    codes[q] = probes[q].codes;
    UNROLL for (size_t v = 0; v < vecs; v++) sums[q][v] = vec_set1(starts[q]);
  }
  size_t panel_bytes = steps * step_bytes;
  for (size_t k = 0; k < steps; k++) {
    data x[TILE_VECS];
    UNROLL for (size_t v = 0; v < vecs; v++) {
      x[v] = data_load(panels + v / vecs_in_panel * panel_bytes + k * step_bytes +
                       v % vecs_in_panel * LANES * needle_code_step);
    }
    UNROLL for (size_t q = 0; q < queries; q++) {
      query y = query_load(codes[q] + k * needle_code_step);
      UNROLL for (size_t v = 0; v < vecs; v++) sums[q][v] = vec_dot(sums[q][v], x[v], y);
    }
  }
}

// One tile of a scan; `panels_now` and `queries` are constants in every call.
INLINE void scan_tile(const uint8_t *panels, size_t steps, uint32_t row, uint64_t valid,
                      size_t panels_now, needle_probe *probes, size_t queries) {
  vec sums[QUERIES][TILE_VECS];
  int32_t starts[QUERIES];
  size_t vecs = panels_now * needle_code_lanes / LANES;
  UNROLL for (size_t q = 0; q < queries; q++) {
    starts[q] = tile_start(probes[q].start, probes[q].offset);
  }
  product(panels, steps, vecs, probes, queries, starts, sums);
  // What passes is written down first and added afterwards: a call in between would make the
  // compiler save every sum.
  vec passed[QUERIES][TILE_VECS];
  uint32_t hit = 0;
  UNROLL for (size_t q = 0; q < queries; q++) {
    vec all = sums[q][0];
    UNROLL for (size_t v = 1; v < vecs; v++) all = vec_and(all, sums[q][v]);
    if (__builtin_expect(vec_positive(all) == 0, 1)) continue;
    hit |= 1u << q;
    UNROLL for (size_t v = 0; v < vecs; v++) passed[q][v] = sums[q][v];
  }
  for (; hit; hit &= hit - 1) {
    int q = __builtin_ctz(hit);
    add_hits(&probes[q], (const int32_t *)passed[q], vecs * LANES, valid, row);
  }
}

// Some panels against all probes. Between the tiles it asks for what comes next, a few lines at a
// time: the codes of the next queries, which lie anywhere, and of the next panels, which lie behind
// these. A tile is too long for the processor to look past, and all lines at once would stall it.
INLINE void scan_panels(const uint8_t *panels, size_t steps, uint32_t row, uint64_t valid,
                        size_t panels_now, needle_probe *probes, size_t probe_count) {
  enum { line = 64, most = 8192 };
  size_t bytes = panels_now * steps * needle_code_lanes * needle_code_step;
  const uint8_t *next = panels + bytes, *end = next + (bytes < most ? bytes : most);
  size_t share = (bytes < most ? bytes : most) * QUERIES / (probe_count + QUERIES) + line;
  size_t p = 0;
  for (; p + QUERIES <= probe_count; p += QUERIES) {
    for (size_t ahead = p + QUERIES; ahead < p + 2 * QUERIES && ahead < probe_count; ahead++) {
      __builtin_prefetch(probes[ahead].codes);
    }
    for (const uint8_t *stop = next + share; next < stop && next < end; next += line) {
      __builtin_prefetch(next);
    }
    scan_tile(panels, steps, row, valid, panels_now, probes + p, QUERIES);
  }
  for (; next < end; next += line) __builtin_prefetch(next);
  for (; p + 2 <= probe_count; p += 2) {
    scan_tile(panels, steps, row, valid, panels_now, probes + p, 2);
  }
  if (p < probe_count) scan_tile(panels, steps, row, valid, panels_now, probes + p, 1);
}

static void scan(const uint8_t *panels, size_t count, size_t steps, uint32_t first_row,
                 needle_probe *probes, size_t probe_count) {
  enum { rows_together = PANELS * needle_code_lanes };
  size_t row_bytes = steps * needle_code_step;
  for (size_t p = 0; p < probe_count; p++) set_start(&probes[p]);
  size_t row = 0;
  for (; row + rows_together <= count; row += rows_together) {
    scan_panels(panels + row * row_bytes, steps, first_row + (uint32_t)row, ~0ull, PANELS, probes,
                probe_count);
  }
  // What is left goes by twos and ones.
  while (row < count) {
    size_t left = count - row, together = PANELS > 1 && left > needle_code_lanes ? 2 : 1;
    size_t rows = together * needle_code_lanes;
    uint64_t valid = (1ull << (left < rows ? left : rows)) - 1;
    uint32_t number = first_row + (uint32_t)row;
    if (together == 2) {
      scan_panels(panels + row * row_bytes, steps, number, valid, 2, probes, probe_count);
    } else {
      scan_panels(panels + row * row_bytes, steps, number, valid, 1, probes, probe_count);
    }
    row += rows;
  }
}

INLINE void score_tile(const uint8_t *panels, size_t steps, const float *scales,
                       const float *biases, size_t panels_now, const needle_probe *probes,
                       size_t queries, float *out, size_t row_stride) {
  vec sums[QUERIES][TILE_VECS];
  int32_t starts[QUERIES];
  size_t vecs = panels_now * needle_code_lanes / LANES;
  UNROLL for (size_t q = 0; q < queries; q++) {
    starts[q] = tile_start(probes[q].offset, probes[q].offset);
  }
  product(panels, steps, vecs, probes, queries, starts, sums);
  UNROLL for (size_t v = 0; v < vecs; v++) {
    UNROLL for (size_t q = 0; q < queries; q++) {
      vec_score(out + q * row_stride + v * LANES, sums[q][v], scales + v * LANES, biases + v * LANES,
                probes[q].scale);
    }
  }
}

INLINE void score_panels(const uint8_t *panels, size_t steps, const float *scales,
                         const float *biases, size_t panels_now, const needle_probe *probes,
                         size_t probe_count, float *out, size_t row_stride) {
  size_t p = 0;
  for (; p + QUERIES <= probe_count; p += QUERIES) {
    score_tile(panels, steps, scales, biases, panels_now, probes + p, QUERIES, out + p * row_stride,
               row_stride);
  }
  for (; p < probe_count; p++) {
    score_tile(panels, steps, scales, biases, panels_now, probes + p, 1, out + p * row_stride,
               row_stride);
  }
}

static void score(const uint8_t *panels, size_t panel_count, size_t steps, const float *scales,
                  const float *biases, const needle_probe *probes, size_t probe_count, float *out,
                  size_t row_stride) {
  size_t panel = 0;
  for (; panel + PANELS <= panel_count; panel += PANELS) {
    size_t row = panel * needle_code_lanes;
    score_panels(panels + row * steps * needle_code_step, steps, scales + row, biases + row, PANELS,
                 probes, probe_count, out + row, row_stride);
  }
  for (; panel < panel_count; panel++) {
    size_t row = panel * needle_code_lanes;
    score_panels(panels + row * steps * needle_code_step, steps, scales + row, biases + row, 1,
                 probes, probe_count, out + row, row_stride);
  }
}

#undef TILE_VECS
#undef INLINE
#undef UNROLL
