#include "codes.h"

// The scalar reference of all levels.

static int32_t byte_product(const int8_t *query, const uint8_t *row, size_t width) {
  int32_t sum = 0;
  for (size_t j = 0; j < width; j++) sum += query[j] * row[j];
  return sum;
}

static int32_t nibble_product(const int8_t *query, const uint8_t *row, size_t width) {
  enum { line = 64 };
  int32_t sum = 0;
  for (size_t start = 0; start < width; start += 2 * line, row += line) {
    for (size_t j = 0; j < line; j++) {
      sum += query[start + j] * (row[j] & 15) + query[start + line + j] * (row[j] >> 4);
    }
  }
  return sum;
}

static int32_t bit_product(const int8_t *query, const uint8_t *row, size_t width) {
  int32_t sum = 0;
  for (size_t j = 0; j < width; j++) sum += query[j] * (row[j / 8] >> j % 8 & 1);
  return sum;
}

#define PRODUCTS(name, product)                                                               \
  static void name(const int8_t *query, const uint8_t *codes, size_t stride, size_t width,    \
                   const uint32_t *ids, size_t n, int32_t *products) {                        \
    for (size_t i = 0; i < n; i++) products[i] = product(query, codes + ids[i] * stride, width); \
  }

PRODUCTS(bytes, byte_product)
PRODUCTS(nibbles, nibble_product)
PRODUCTS(bits, bit_product)

const needle_code_kernels needle_codes_portable = {bytes, nibbles, bits};
