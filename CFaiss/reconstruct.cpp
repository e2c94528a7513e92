// Vectors back from an index.
#include <algorithm>

#include "index.hpp"

namespace {

void copy_rows(const faiss::IndexFlat &flat, size_t n, const uint32_t *rows, float *x) {
  const size_t d = flat.d;
  for (size_t i = 0; i < n; i++) std::copy_n(flat.get_xb() + rows[i] * d, d, x + i * d);
}

void locate(const faiss::IndexIVFPQ &ivf, std::vector<uint64_t> &places) {
  places.resize(ivf.ntotal);
  for (size_t list = 0; list < ivf.nlist; list++) {
    const faiss::InvertedLists::ScopedIds ids(ivf.invlists, list);
    const size_t size = ivf.invlists->list_size(list);
    for (size_t place = 0; place < size; place++) places.at(ids[place]) = list << 32 | place;
  }
}

}  // namespace

cfaiss_status cfaiss_reconstruct(const cfaiss_index *index, size_t n, const uint32_t *rows,
                                 float *x) {
  return cfaiss::guarded([&] {
    const int64_t count = index->owner->ntotal;
    if (std::any_of(rows, rows + n, [&](uint32_t row) { return row >= count; })) {
      throw cfaiss::Failure(CFAISS_REFUSED, "there is no such row");
    }
    switch (index->description.kind) {
      case CFAISS_FLAT:
        return copy_rows(index->as<faiss::IndexFlat>(CFAISS_FLAT), n, rows, x);
      case CFAISS_HNSW: {
        const auto &hnsw = index->as<faiss::IndexHNSW>(CFAISS_HNSW);
        return copy_rows(dynamic_cast<const faiss::IndexFlat &>(*hnsw.storage), n, rows, x);
      }
      case CFAISS_IVFPQ: {
        const auto &ivf = index->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ);
        std::call_once(index->located, [&] { locate(ivf, index->places); });
        for (size_t i = 0; i < n; i++) {
          const uint64_t place = index->places[rows[i]];
          ivf.reconstruct_from_offset(place >> 32, place & UINT32_MAX, x + i * ivf.d);
        }
      }
    }
  });
}
