#include <string.h>

#include "needle_flat.h"

void needle_pack_panels(const float *vectors, size_t rows, size_t dimension, size_t first_lane,
                        float *panels) {
  for (size_t row = 0; row < rows; row++) {
    size_t slot = first_lane + row;
    float *lane = panels + slot / needle_panel_lanes * needle_panel_lanes * dimension +
                  slot % needle_panel_lanes;
    for (size_t i = 0; i < dimension; i++) lane[i * needle_panel_lanes] = vectors[row * dimension + i];
  }
}

void needle_pack_queries(const float *queries, size_t count, size_t dimension, size_t width,
                         float *packed) {
  memset(packed, 0, dimension * width * sizeof *packed);
  for (size_t query = 0; query < count; query++) {
    for (size_t i = 0; i < dimension; i++) packed[i * width + query] = queries[query * dimension + i];
  }
}
