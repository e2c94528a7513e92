// The body of a panel scan, included once per instruction set and metric with these defined:
//
//   NAME          name of the scan function
//   TILE          queries per tile
//   LANES, WIDTH  floats in a `vec`, and vecs of a panel that are scored together
//   vec           a SIMD vector of floats
//   vec_zero(), vec_load(p), vec_store(p, v), vec_set1(x)
//   vec_step(sum, x, q)   sum + x·q, or sum − (x − q)²
//   vec_above(v, t)       bit mask of the lanes that are not at or below t (NaN t: all of them)
//   PAIRS                 name of the function for scattered pairs
//   one_step(sum, x, q)   vec_step for one float
//
// TILE × WIDTH sums stay in registers while the dimensions are walked once; only then is each
// query's threshold compared, so that selection costs a few instructions per tile.

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)
#define TILE_NAME CONCAT(NAME, _tile)

// `tile` is `hits`' count rounded up to a size worth its own code; a constant in every call.
static inline __attribute__((always_inline)) void TILE_NAME(
    const float *panels, size_t count, size_t dimension, uint32_t first_row, const float *queries,
    size_t tile, size_t query_count, needle_hits *hits) {
  enum { lanes_together = LANES * WIDTH };
  for (size_t start = 0; start < count; start += lanes_together) {
    const float *vectors = panels + start / needle_panel_lanes * needle_panel_lanes * dimension +
                           start % needle_panel_lanes;
    vec sums[TILE][WIDTH];
    for (size_t q = 0; q < tile; q++) {
      for (size_t w = 0; w < WIDTH; w++) sums[q][w] = vec_zero();
    }
    for (size_t i = 0; i < dimension; i++) {
      vec x[WIDTH];
      for (size_t w = 0; w < WIDTH; w++) x[w] = vec_load(vectors + w * LANES);
      vectors += needle_panel_lanes;
#pragma clang loop unroll(full)
      for (size_t q = 0; q < tile; q++) {
        vec value = vec_set1(queries[i * TILE + q]);
        for (size_t w = 0; w < WIDTH; w++) sums[q][w] = vec_step(sums[q][w], x[w], value);
      }
    }
    size_t left = count - start;
    uint32_t valid = left >= lanes_together ? (uint32_t)((1ull << lanes_together) - 1)
                                            : (1u << left) - 1;
#pragma clang loop unroll(full)
    for (size_t q = 0; q < tile; q++) {
      uint32_t mask = 0;
      vec threshold = vec_set1(hits[q < query_count ? q : 0].threshold);
      for (size_t w = 0; w < WIDTH; w++) mask |= vec_above(sums[q][w], threshold) << (w * LANES);
      mask &= valid;
      if (__builtin_expect(mask == 0, 1) || q >= query_count) continue;
      float scores[lanes_together];
      for (size_t w = 0; w < WIDTH; w++) vec_store(scores + w * LANES, sums[q][w]);
      add_hits(&hits[q], mask, scores, first_row + (uint32_t)start);
    }
  }
}

static void NAME(const float *panels, size_t count, size_t dimension, uint32_t first_row,
                 const float *queries, size_t query_count, needle_hits *hits) {
  if (query_count == 1) {
    TILE_NAME(panels, count, dimension, first_row, queries, 1, 1, hits);
  } else if (query_count <= TILE / 2) {
    TILE_NAME(panels, count, dimension, first_row, queries, TILE / 2, query_count, hits);
  } else {
    TILE_NAME(panels, count, dimension, first_row, queries, TILE, query_count, hits);
  }
}

// A sum is one chain of additions, whose steps wait for each other: many pairs go side by side.
static void PAIRS(const float *rows, const float *queries, size_t dimension,
                  const uint32_t *row_numbers, const uint32_t *query_numbers, size_t count,
                  float *scores) {
  enum { together = 8 };
  for (size_t start = 0; start < count; start += together) {
    const float *row[together], *query[together];
    float sums[together] = {0};
    for (size_t p = 0; p < together; p++) {
      size_t pair = start + p < count ? start + p : start;
      row[p] = rows + row_numbers[pair] * dimension;
      query[p] = queries + query_numbers[pair] * dimension;
    }
    for (size_t i = 0; i < dimension; i++) {
#pragma clang loop unroll(full)
      for (size_t p = 0; p < together; p++) sums[p] = one_step(sums[p], row[p][i], query[p][i]);
    }
    for (size_t p = 0; p < together && start + p < count; p++) scores[start + p] = sums[p];
  }
}

#undef TILE_NAME
#undef CONCAT
#undef CONCAT_
