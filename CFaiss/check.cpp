// Bytes in faiss's format, checked before faiss reads them: see check.hpp.
//
//   flat    "IxFI" or "IxF2", header, n floats
//   header  dimension i32, rows i64, two unused i64, trained u8, metric i32
//   hnsw    "IHNf", header, level probabilities f64[], cumulated degrees i32[], levels i32[],
//           offsets u64[], links i32[], entry row, top level, efConstruction, efSearch, beam (i32),
//           flat
//   ivf-pq  "IwPQ", header, nlist u64, nprobe u64, flat, direct map u8 i64[], by residual u8,
//           code bytes u64, d u64, m u64, nbits u64, codebooks f32[], "ilar", nlist u64,
//           code bytes u64, "full" sizes u64[] or "sprs" (list, size) u64[], and for each list that
//           is not empty its codes and its rows i64
//
// All little-endian and unaligned; x[] is a count u64 followed by that many x.
#include "check.hpp"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace {

// The longest vector whose distances stay finite: its squared length, with room for sums.
constexpr double longest_allowed = 1e37;

class Checker {
 public:
  Checker(const cfaiss_description &what, int64_t count, const uint8_t *bytes, size_t size)
      : what_(what), count_(static_cast<uint64_t>(count)), bytes_(bytes), size_(size) {}

  void all() {
    switch (what_.kind) {
      case CFAISS_FLAT:
        flat(count_);
        break;
      case CFAISS_IVFPQ:
        ivfpq();
        break;
      case CFAISS_HNSW:
        hnsw();
        break;
    }
    if (at_ != size_) fail("bytes follow the end of the index");
  }

 private:
  const cfaiss_description &what_;
  const uint64_t count_;
  const uint8_t *bytes_;
  const size_t size_;
  size_t at_ = 0;

  // Gives up; `where` is the element that is wrong, NULL for the field that comes next.
  [[noreturn]] void fail(const std::string &reason, const uint8_t *where = nullptr) const {
    const size_t place = where == nullptr ? at_ : static_cast<size_t>(where - bytes_);
    throw cfaiss::Failure(CFAISS_CORRUPT, reason, place);
  }

  // An element of an array that `array` returned; the bytes need not be aligned.
  template <class T>
  static T get(const uint8_t *array, uint64_t index) {
    T value;
    std::memcpy(&value, array + index * sizeof(T), sizeof(T));
    return value;
  }

  // The next `count` elements of `width` bytes, all of which are there.
  const uint8_t *take(uint64_t count, uint64_t width, const char *name) {
    if (count > (size_ - at_) / width) fail(std::string(name) + " end past the section");
    const uint8_t *start = bytes_ + at_;
    at_ += count * width;
    return start;
  }

  template <class T>
  T next(const char *name) {
    return get<T>(take(1, sizeof(T), name), 0);
  }

  // A field with only one right value.
  template <class T>
  void expect(T expected, const char *name) {
    const uint8_t *field = take(1, sizeof(T), name);
    const T found = get<T>(field, 0);
    if (found == expected) return;
    fail(std::string(name) + " is " + std::to_string(found) + ", not " + std::to_string(expected),
         field);
  }

  void tag(const char *expected) {
    const uint8_t *mark = take(4, 1, expected);
    if (std::memcmp(mark, expected, 4) == 0) return;
    fail(std::string("the mark is not \"") + expected + "\"", mark);
  }

  // `x[]` of a length that is known.
  template <class T>
  const uint8_t *array(uint64_t expected, const char *name) {
    expect<uint64_t>(expected, name);
    return take(expected, sizeof(T), name);
  }

  void header(uint64_t rows) {
    expect<int32_t>(what_.dimension, "the dimension");
    expect<int64_t>(static_cast<int64_t>(rows), "the number of rows");
    take(2, 8, "unused fields");
    expect<uint8_t>(1, "the mark of training");
    expect<int32_t>(what_.inner_product ? 0 : 1, "the metric");
  }

  // Vectors that distances can be computed from.
  void vectors(const uint8_t *values, uint64_t rows, uint64_t width, const char *name) const {
    for (uint64_t row = 0; row < rows; row++) {
      double sum = 0;
      for (uint64_t i = 0; i < width; i++) {
        const double value = get<float>(values, row * width + i);
        sum += value * value;
      }
      if (!(sum <= longest_allowed)) {
        fail("row " + std::to_string(row) + " of " + name + " is not finite",
             values + row * width * sizeof(float));
      }
    }
  }

  void flat(uint64_t rows) {
    tag(what_.inner_product ? "IxFI" : "IxF2");
    header(rows);
    const uint64_t d = static_cast<uint64_t>(what_.dimension);
    const uint8_t *values = array<float>(rows * d, "the vectors");
    vectors(values, rows, d, "the vectors");
  }

  void hnsw() {
    tag("IHNf");
    header(count_);
    const uint64_t levels = next<uint64_t>("level probabilities");
    if (levels < 1 || levels > 64) fail("the number of levels is not 1 to 64");
    take(levels, 8, "level probabilities");
    const uint8_t *degrees = array<int32_t>(levels + 1, "degrees");
    for (uint64_t level = 0; level <= levels; level++) {
      const int64_t expected = level == 0 ? 0 : (static_cast<int64_t>(level) + 1) * what_.links;
      if (get<int32_t>(degrees, level) != expected) fail("the degrees are not M's", degrees);
    }
    const uint8_t *heights = array<int32_t>(count_, "levels");
    links(heights, levels);
    const int32_t entry = next<int32_t>("the entry row");
    const int32_t top = next<int32_t>("the top level");
    if (entry < 0 || static_cast<uint64_t>(entry) >= count_) fail("the entry is no row");
    if (top < 0 || get<int32_t>(heights, entry) <= top) fail("the entry is not on the top level");
    expect<int32_t>(what_.ef_construction, "efConstruction");
    next<int32_t>("efSearch");
    expect<int32_t>(1, "the beam of the upper levels");
    flat(count_);
  }

  // Offsets and links: every link leads to a row that is on the link's level.
  void links(const uint8_t *heights, uint64_t levels) {
    const uint8_t *offsets = array<uint64_t>(count_ + 1, "offsets");
    uint64_t offset = 0;
    for (uint64_t row = 0; row < count_; row++) {
      const int32_t height = get<int32_t>(heights, row);
      if (height < 1 || static_cast<uint64_t>(height) > levels) {
        fail("a level is out of range", heights + row * 4);
      }
      if (get<uint64_t>(offsets, row) != offset) {
        fail("an offset is out of order", offsets + row * 8);
      }
      offset += static_cast<uint64_t>(height + 1) * what_.links;
    }
    if (get<uint64_t>(offsets, count_) != offset) fail("an offset is out of order");
    const uint8_t *neighbors = array<int32_t>(offset, "links");
    uint64_t next = 0;
    for (uint64_t row = 0; row < count_; row++) {
      const int32_t height = get<int32_t>(heights, row);
      for (int32_t level = 0; level < height; level++) {
        const int32_t degree = level == 0 ? 2 * what_.links : what_.links;
        for (int32_t i = 0; i < degree; i++) {
          const int32_t link = get<int32_t>(neighbors, next++);
          if (link == -1) continue;
          if (link < 0 || static_cast<uint64_t>(link) >= count_ ||
              get<int32_t>(heights, link) <= level) {
            fail("a link of row " + std::to_string(row) + " leads nowhere",
                 neighbors + (next - 1) * 4);
          }
        }
      }
    }
  }

  void ivfpq() {
    const uint64_t d = static_cast<uint64_t>(what_.dimension);
    const uint64_t nlist = static_cast<uint64_t>(what_.nlist);
    const uint64_t m = static_cast<uint64_t>(what_.m);
    const uint64_t nbits = static_cast<uint64_t>(what_.nbits);
    const uint64_t code_bytes = (m * nbits + 7) / 8;
    tag("IwPQ");
    header(count_);
    expect<uint64_t>(nlist, "nlist");
    next<uint64_t>("nprobe");
    flat(nlist);
    expect<uint8_t>(0, "the kind of direct map");
    expect<uint64_t>(0, "the direct map");
    expect<uint8_t>(what_.by_residual ? 1 : 0, "by_residual");
    expect<uint64_t>(code_bytes, "the length of a code");
    expect<uint64_t>(d, "the dimension of the codebooks");
    expect<uint64_t>(m, "m");
    expect<uint64_t>(nbits, "nbits");
    const uint8_t *codebooks = array<float>(d << nbits, "the codebooks");
    vectors(codebooks, m << nbits, d / m, "the codebooks");
    tag("ilar");
    expect<uint64_t>(nlist, "the number of lists");
    expect<uint64_t>(code_bytes, "the length of a code in the lists");
    lists(list_sizes(nlist), code_bytes);
  }

  // The lengths of all lists.
  std::vector<uint64_t> list_sizes(uint64_t nlist) {
    std::vector<uint64_t> sizes(nlist);
    const uint8_t *mark = take(4, 1, "the form of list lengths");
    if (std::memcmp(mark, "full", 4) == 0) {
      const uint8_t *values = array<uint64_t>(nlist, "list lengths");
      for (uint64_t list = 0; list < nlist; list++) sizes[list] = get<uint64_t>(values, list);
    } else if (std::memcmp(mark, "sprs", 4) == 0) {
      const uint64_t fields = next<uint64_t>("list lengths");
      if (fields % 2 != 0 || fields > 2 * nlist) fail("the lengths of lists are not pairs");
      const uint8_t *values = take(fields, 8, "list lengths");
      for (uint64_t i = 0; i < fields; i += 2) {
        const uint64_t list = get<uint64_t>(values, i);
        if (list >= nlist) fail("a list number is out of range");
        sizes[list] = get<uint64_t>(values, i + 1);
      }
    } else {
      fail("the form of list lengths is unknown");
    }
    return sizes;
  }

  // The lists hold every row once.
  void lists(const std::vector<uint64_t> &sizes, uint64_t code_bytes) {
    if (count_ > (size_ - at_) / (code_bytes + 8)) fail("the lists end past the section");
    std::vector<bool> seen(count_);
    uint64_t total = 0;
    for (const uint64_t size : sizes) {
      if (size > count_ - total) fail("the lists hold more rows than there are");
      total += size;
      take(size, code_bytes, "codes");
      const uint8_t *rows = take(size, 8, "rows");
      for (uint64_t i = 0; i < size; i++) {
        const int64_t row = get<int64_t>(rows, i);
        if (row < 0 || static_cast<uint64_t>(row) >= count_ || seen[row]) {
          fail("a row in the lists is out of range or there twice", rows + i * 8);
        }
        seen[row] = true;
      }
    }
    if (total != count_) fail("the lists hold fewer rows than there are");
  }
};

}  // namespace

void cfaiss::check_bytes(const cfaiss_description &description, int64_t count, const uint8_t *bytes,
                         size_t size) {
  Checker(description, count, bytes, size).all();
}
