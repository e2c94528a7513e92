// Writing an index to memory and reading it back.
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <cstring>

#include "check.hpp"
#include "index.hpp"

namespace {

// Counts what is written.
struct Counter : faiss::IOWriter {
  size_t written = 0;

  size_t operator()(const void *, size_t size, size_t items) override {
    written += size * items;
    return items;
  }
};

// Writes into memory of a fixed size; refuses what does not fit.
struct Writer : faiss::IOWriter {
  uint8_t *next;
  size_t left;

  Writer(uint8_t *bytes, size_t size) : next(bytes), left(size) { name = "memory"; }

  size_t operator()(const void *source, size_t size, size_t items) override {
    const size_t count = size * items;
    if (count > left) return 0;
    if (count > 0) std::memcpy(next, source, count);
    next += count;
    left -= count;
    return items;
  }
};

// Reads from memory; refuses to go past its end.
struct Reader : faiss::IOReader {
  const uint8_t *next;
  size_t left;

  Reader(const uint8_t *bytes, size_t size) : next(bytes), left(size) { name = "memory"; }

  size_t operator()(void *target, size_t size, size_t items) override {
    if (size != 0 && items > left / size) return 0;
    const size_t count = size * items;
    if (count > 0) std::memcpy(target, next, count);
    next += count;
    left -= count;
    return items;
  }
};

}  // namespace

cfaiss_status cfaiss_serialized_size(const cfaiss_index *index, size_t *size) {
  return cfaiss::guarded([&] {
    Counter counter;
    faiss::write_index(index->owner.get(), &counter);
    *size = counter.written;
  });
}

cfaiss_status cfaiss_serialize(const cfaiss_index *index, uint8_t *bytes, size_t size) {
  return cfaiss::guarded([&] {
    Writer writer(bytes, size);
    faiss::write_index(index->owner.get(), &writer);
    if (writer.left != 0) throw cfaiss::Failure(CFAISS_REFUSED, "fewer bytes than announced");
  });
}

cfaiss_status cfaiss_deserialize(const cfaiss_description *description, int64_t count,
                                 const uint8_t *bytes, size_t size, size_t *place,
                                 cfaiss_index **index) {
  return cfaiss::guarded([&] {
    *place = 0;
    try {
      cfaiss::check_bytes(*description, count, bytes, size);
    } catch (const cfaiss::Failure &failure) {
      *place = failure.place;
      throw;
    }
    auto read = std::make_unique<cfaiss_index>();
    read->description = *description;
    // A single thread, as everywhere that the caller names no number.
    cfaiss::ThreadScope scope(1);
    Reader reader(bytes, size);
    read->owner.reset(faiss::read_index(&reader));
    const faiss::Index *exact = read->owner.get();
    if (description->kind == CFAISS_IVFPQ) {
      exact = read->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ).quantizer;
    }
    if (description->kind != CFAISS_HNSW) {
      const auto &flat = dynamic_cast<const faiss::IndexFlat &>(*exact);
      read->longest = cfaiss::longest_squared(flat.get_xb(), flat.ntotal, flat.d);
    }
    *index = read.release();
  });
}
