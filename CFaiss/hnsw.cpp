// Search in HNSW: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
// using hierarchical navigable small world graphs", TPAMI 2020, arXiv:1603.09320, algorithms 2
// and 5.
//
// The walk over faiss's graph is done here, with faiss's distances: faiss 1.7.3 takes an efSearch
// with each call, but sizes its candidate heap by the index's own field, which may not be changed
// while others search; and it stops early, so that at equal efSearch it finds less than later
// versions of faiss (GloVe, 20,000 vectors, M=16, efSearch=16: recall@10 0.78; here, and in faiss
// 1.15 on the same graph, 0.82).
#include <faiss/impl/AuxIndexStructures.h>
#include <faiss/impl/DistanceComputer.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "index.hpp"
#include "nearest.hpp"

namespace {

using cfaiss::Found;

// One thread's walk over a graph, with the memory that it reuses from query to query.
class Walk {
 public:
  explicit Walk(const faiss::IndexHNSW &index)
      : graph_(index.hnsw),
        distances_(index.storage->get_distance_computer()),
        sign_(index.metric_type == faiss::METRIC_INNER_PRODUCT ? -1.0f : 1.0f),
        visited_(static_cast<int>(index.ntotal)) {}

  // Fills `best` with up to `ef` rows near `query`, nearest first.
  void search(const float *query, size_t ef, std::vector<Found> &best) {
    best.clear();
    if (graph_.entry_point < 0) return;
    distances_->set_query(query);
    Found start = look(graph_.entry_point);
    for (int level = graph_.max_level; level >= 1; level--) start = descend(start, level);
    expand(start, ef, best);
    std::sort_heap(best.begin(), best.end());
    visited_.advance();
  }

 private:
  const faiss::HNSW &graph_;
  std::unique_ptr<faiss::DistanceComputer> distances_;
  const float sign_;
  faiss::VisitedTable visited_;
  std::vector<Found> open_;

  Found look(int64_t row) { return Found{sign_ * (*distances_)(row), row}; }

  // Algorithm 2 with ef = 1: steps to the nearest neighbor until none is nearer.
  Found descend(Found nearest, int level) {
    while (true) {
      const Found before = nearest;
      each_neighbor(before.row, level,
                    [&](int64_t row) { nearest = std::min(nearest, look(row)); });
      if (nearest.row == before.row) return nearest;
    }
  }

  // Algorithm 2 on level 0; `best` becomes a heap with the farthest row in front.
  void expand(Found start, size_t ef, std::vector<Found> &best) {
    const auto farther = [](const Found &a, const Found &b) { return b < a; };
    open_.assign(1, start);
    best.push_back(start);
    visited_.set(static_cast<int>(start.row));
    while (!open_.empty()) {
      std::pop_heap(open_.begin(), open_.end(), farther);
      const Found next = open_.back();
      open_.pop_back();
      if (best.size() == ef && best.front() < next) return;
      each_neighbor(next.row, 0, [&](int64_t row) {
        if (visited_.get(static_cast<int>(row))) return;
        visited_.set(static_cast<int>(row));
        const Found found = look(row);
        if (best.size() == ef && best.front() < found) return;
        open_.push_back(found);
        std::push_heap(open_.begin(), open_.end(), farther);
        best.push_back(found);
        std::push_heap(best.begin(), best.end());
        if (best.size() <= ef) return;
        std::pop_heap(best.begin(), best.end());
        best.pop_back();
      });
    }
  }

  template <class Visit>
  void each_neighbor(int64_t row, int level, const Visit &visit) {
    size_t begin = 0, end = 0;
    graph_.neighbor_range(row, level, &begin, &end);
    for (size_t i = begin; i < end && graph_.neighbors[i] >= 0; i++) visit(graph_.neighbors[i]);
  }
};

}  // namespace

cfaiss_status cfaiss_hnsw_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                 size_t ef, intptr_t *counts, uint32_t *rows, float *distances) {
  return cfaiss::guarded([&] {
    const auto &hnsw = index->as<faiss::IndexHNSW>(CFAISS_HNSW);
    if (k < 1) throw cfaiss::Failure(CFAISS_REFUSED, "k must be at least 1");
    Walk walk(hnsw);
    std::vector<Found> best;
    for (size_t q = 0; q < n; q++) {
      walk.search(x + q * hnsw.d, std::max(ef, k), best);
      const size_t count = std::min(k, best.size());
      counts[q] = static_cast<intptr_t>(count);
      for (size_t i = 0; i < count; i++) {
        rows[q * k + i] = static_cast<uint32_t>(best[i].row);
        distances[q * k + i] = best[i].distance;
      }
    }
  });
}
