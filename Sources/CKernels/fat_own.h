// The body of the orders of own scores, included once per instruction set with these defined:
//
//   NAME                          name of the function
//   OWN_SCORE(row, width, query)  the own score of a row

void NAME(const uint8_t *rows, needle_fat_shape shape, const needle_fat_query *query,
          const uint32_t *nodes, size_t n, uint32_t *orders) {
  size_t bytes = needle_fat_row_bytes(shape);
  for (size_t i = 0; i < n; i++) {
    float own = OWN_SCORE(rows + nodes[i] * bytes, shape.width, query);
    orders[i] = needle_distance_order(-own);
  }
}
