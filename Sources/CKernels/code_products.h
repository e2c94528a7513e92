// The body of a product of a query with rows of codes, included once per instruction set and kind
// of codes with these defined:
//
//   NAME               name of the function
//   vec                a SIMD vector of 32-bit sums
//   PART, PART_BYTES   dimensions that a step takes, a divisor of `width`, and their bytes in a row
//   part_load(p)       a step's share of the query, a `part`
//   part_step(sum, row, q)     sum + the products of a step's codes
//   vec_zero()
//   reduce4(s, out)    writes the sums over the lanes of s[0..3]
//
// Rows go in fours.

static void NAME(const int8_t *query, const uint8_t *codes, size_t stride, size_t width,
                 const uint32_t *ids, size_t n, int32_t *products) {
  enum { group = 4 };
  size_t last = n == 0 ? 0 : n - 1;
  for (size_t start = 0; start < n; start += group) {
    const uint8_t *rows[group];
    for (size_t r = 0; r < group; r++) {
      size_t i = start + r;
      rows[r] = codes + ids[i < last ? i : last] * stride;
    }
    vec sums[group];
    for (size_t r = 0; r < group; r++) sums[r] = vec_zero();
    for (size_t i = 0, at = 0; i < width; i += PART, at += PART_BYTES) {
      part q = part_load(query + i);
      for (size_t r = 0; r < group; r++) sums[r] = part_step(sums[r], rows[r] + at, q);
    }
    reduce4(sums, products + start);
  }
}
