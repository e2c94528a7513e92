// The body of a row distance kernel, included once per instruction set and metric with these
// defined:
//
//   NAME            name of the function
//   vec, LANES      a SIMD vector of floats and its width, a divisor of needle_row_alignment
//   ROW             the type of a row's elements: float, or uint16_t for half precision
//   vec_zero(), vec_load(p), row_load(p)     from floats, from elements of a row
//   vec_step(sum, x, q)     sum + x·q, or sum + (x − q)²
//   reduce4(s, out)         writes the sums over the lanes of s[0..3]
//   FINISH(x)               the distance from a sum
//
// Four rows go together: their loads overlap and one tree of shuffles adds up all four.

static void NAME(const float *query, const ROW *base, size_t stride, const uint32_t *ids,
                 size_t n, float *distances) {
  enum { group = 4 };
  size_t row_bytes = stride * sizeof(ROW);
  size_t ahead = rows_ahead(row_bytes);
  size_t last = n == 0 ? 0 : n - 1;
  for (size_t i = 0; i < (n < ahead ? n : ahead); i++) prefetch_row(base + ids[i] * stride, row_bytes);
  for (size_t start = 0; start < n; start += group) {
    const ROW *rows[group];
    for (size_t r = 0; r < group; r++) {
      size_t i = start + r;
      rows[r] = base + ids[i < last ? i : last] * stride;
      if (i + ahead < n) prefetch_row(base + ids[i + ahead] * stride, row_bytes);
    }
    vec sums[group];
    for (size_t r = 0; r < group; r++) sums[r] = vec_zero();
    for (size_t i = 0; i < stride; i += LANES) {
      vec q = vec_load(query + i);
      for (size_t r = 0; r < group; r++) sums[r] = vec_step(sums[r], row_load(rows[r] + i), q);
    }
    reduce4(sums, distances + start);
    for (size_t r = 0; r < group; r++) distances[start + r] = FINISH(distances[start + r]);
  }
}
