#include "csentencepiece.h"

#include <cstddef>

namespace {

// Fixed in size, so that a message about missing memory needs none.
thread_local char last_message[512] = "";

void remember(const char *message) noexcept {
  size_t length = 0;
  for (; length + 1 < sizeof last_message && message[length] != '\0'; length++) {
    const char c = message[length];
    last_message[length] = c == '\n' || c == '\r' ? ' ' : c;
  }
  last_message[length] = '\0';
}

}  // namespace

const char *csp_message(void) { return last_message; }

#if HAVE_SENTENCEPIECE

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <vector>

struct csp_model {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

// Runs `body`, which returns the library's own status, and turns whatever it throws into one of ours.
template <class Body>
csp_status guarded(const Body &body) noexcept {
  try {
    const sentencepiece::util::Status status = body();
    if (status.ok()) return CSP_OK;
    remember(status.ToString().c_str());
    return CSP_REFUSED;
  } catch (const std::bad_alloc &) {
    remember("out of memory");
    return CSP_NO_MEMORY;
  } catch (const std::exception &exception) {
    remember(exception.what());
    return CSP_REFUSED;
  } catch (...) {
    remember("an exception of an unknown type");
    return CSP_UNKNOWN;
  }
}

}  // namespace

csp_status csp_open(const void *bytes, size_t size, csp_model **model) {
  *model = nullptr;
  return guarded([&] {
    auto made = std::make_unique<csp_model>();
    const auto status =
        made->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), size});
    if (status.ok()) *model = made.release();
    return status;
  });
}

void csp_free(csp_model *model) { delete model; }

csp_status csp_encode(const csp_model *model, const char *text, size_t size, int32_t *ids,
                      size_t capacity, size_t *count) {
  *count = 0;
  return guarded([&] {
    std::vector<int> found;
    const auto status = model->processor.Encode({text, size}, &found);
    if (status.ok()) {
      *count = found.size();
      std::copy_n(found.begin(), std::min(capacity, found.size()), ids);
    }
    return status;
  });
}

#else

csp_status csp_open(const void *, size_t, csp_model **model) {
  *model = nullptr;
  remember("built without SentencePiece");
  return CSP_UNAVAILABLE;
}

void csp_free(csp_model *) {}

csp_status csp_encode(const csp_model *, const char *, size_t, int32_t *, size_t, size_t *count) {
  *count = 0;
  remember("built without SentencePiece");
  return CSP_UNAVAILABLE;
}

#endif
