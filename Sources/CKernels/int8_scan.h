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

// The tile that does most of the work, in a function of its own: its ten addresses take all the
// registers that there are.
static __attribute__((noinline)) void scan_full_tile(const uint8_t *panels, size_t steps,
                                                     uint32_t row, uint64_t valid,
                                                     needle_probe *probes) {
  scan_tile(panels, steps, row, valid, PANELS, probes, QUERIES);
}

// Memory that will be needed: asked for a share at a time, since all at once would stall.
typedef struct stream {
  const uint8_t *next, *end;
  size_t share;
} stream;

INLINE stream stream_of(const uint8_t *start, size_t bytes, size_t tiles) {
  enum { line = 64 };
  return (stream){start, start + bytes, bytes / tiles + line};
}

// Into the first-level cache, or into the second, which can wait for more lines at once.
#define ASK(s, level)                                                             \
  for (const uint8_t *stop = (s).next + (s).share;                                \
       (s).next < stop && (s).next < (s).end; (s).next += 64) {                   \
    __builtin_prefetch((s).next, 0, level);                                       \
  }

// Some panels against all probes. Between the tiles it asks for what comes next: the codes of the
// next queries, which lie anywhere, the panels behind these, and its part of what is far ahead. A
// tile is too long for the processor to look past.
INLINE void scan_panels(const uint8_t *panels, size_t steps, uint32_t row, uint64_t valid,
                        size_t panels_now, needle_probe *probes, size_t probe_count,
                        const uint8_t *ahead, size_t ahead_bytes) {
  enum { first_level = 3, second_level = 2, most = 8192 };
  size_t bytes = panels_now * steps * needle_code_lanes * needle_code_step;
  size_t tiles = (probe_count + QUERIES - 1) / QUERIES;
  stream behind = stream_of(panels + bytes, bytes < most ? bytes : most, tiles);
  stream far = stream_of(ahead, ahead_bytes, tiles);
  size_t p = 0;
  for (; p + QUERIES <= probe_count; p += QUERIES) {
    for (size_t soon = p + QUERIES; soon < p + 2 * QUERIES && soon < probe_count; soon++) {
      __builtin_prefetch(probes[soon].codes);
    }
    ASK(behind, first_level)
    ASK(far, second_level)
    if (panels_now == PANELS) {
      scan_full_tile(panels, steps, row, valid, probes + p);
    } else {
      scan_tile(panels, steps, row, valid, panels_now, probes + p, QUERIES);
    }
  }
  ASK(behind, first_level)
  ASK(far, second_level)
  for (; p + 2 <= probe_count; p += 2) {
    scan_tile(panels, steps, row, valid, panels_now, probes + p, 2);
  }
  if (p < probe_count) scan_tile(panels, steps, row, valid, panels_now, probes + p, 1);
}

#undef ASK

static void scan(const uint8_t *panels, size_t count, size_t steps, uint32_t first_row,
                 needle_probe *probes, size_t probe_count, const uint8_t *next,
                 size_t next_bytes) {
  enum { rows_together = PANELS * needle_code_lanes };
  size_t row_bytes = steps * needle_code_step;
  for (size_t p = 0; p < probe_count; p++) set_start(&probes[p]);
  // What is far ahead is asked for in step with the rows.
  size_t next_share = (next_bytes / (count ? count : 1) + 1) * rows_together, asked = 0;
  size_t row = 0;
  while (row < count) {
    size_t left = count - row, number = first_row + row;
    size_t now = next_bytes - asked < next_share ? next_bytes - asked : next_share;
    const uint8_t *at = panels + row * row_bytes;
    if (left >= rows_together) {
      scan_panels(at, steps, (uint32_t)number, ~0ull, PANELS, probes, probe_count, next + asked, now);
      row += rows_together;
    } else if (PANELS > 1 && left > needle_code_lanes) {
      uint64_t valid = left < 2 * needle_code_lanes ? (1ull << left) - 1 : ~0ull >> 32;
      scan_panels(at, steps, (uint32_t)number, valid, 2, probes, probe_count, next + asked, now);
      row += 2 * needle_code_lanes;
    } else {
      uint64_t valid = left < needle_code_lanes ? (1ull << left) - 1 : ~0ull >> 48;
      scan_panels(at, steps, (uint32_t)number, valid, 1, probes, probe_count, next + asked, now);
      row += needle_code_lanes;
    }
    asked += now;
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
  for (; p + 2 <= probe_count; p += 2) {
    score_tile(panels, steps, scales, biases, panels_now, probes + p, 2, out + p * row_stride,
               row_stride);
  }
  if (p < probe_count) {
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
