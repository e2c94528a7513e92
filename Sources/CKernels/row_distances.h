// The body of a row distance kernel, included once per instruction set and metric with these
// defined:
//
//   NAME            name of the function
//   vec, LANES      a SIMD vector of floats and its width, a divisor of needle_row_alignment
//   vec_zero(), vec_load(p)
//   vec_step(sum, x, q)     sum + x·q, or sum + (x − q)²
//   reduce4(s, out)         writes the sums over the lanes of s[0..3]
//   FINISH(x)               the distance from a sum
//
// Four rows go together: their loads overlap and one tree of shuffles adds up all four.

static void NAME(const float *query, const float *base, size_t stride, const uint32_t *ids,
                 size_t n, float *distances) {
  enum { group = 4 };
  size_t ahead = rows_ahead(stride);
  size_t last = n == 0 ? 0 : n - 1;
  for (size_t i = 0; i < (n < ahead ? n : ahead); i++) prefetch_row(base + ids[i] * stride, stride);
  for (size_t start = 0; start < n; start += group) {
    const float *rows[group];
    for (size_t r = 0; r < group; r++) {
      size_t i = start + r;
      rows[r] = base + ids[i < last ? i : last] * stride;
      if (i + ahead < n) prefetch_row(base + ids[i + ahead] * stride, stride);
    }
    vec sums[group];
    for (size_t r = 0; r < group; r++) sums[r] = vec_zero();
    for (size_t i = 0; i < stride; i += LANES) {
      vec q = vec_load(query + i);
      for (size_t r = 0; r < group; r++) sums[r] = vec_step(sums[r], vec_load(rows[r] + i), q);
    }
    reduce4(sums, distances + start);
    for (size_t r = 0; r < group; r++) distances[start + r] = FINISH(distances[start + r]);
  }
}
