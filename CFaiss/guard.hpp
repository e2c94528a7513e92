// From exceptions to statuses.
#pragma once

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

#include "cfaiss.h"

namespace cfaiss {

// A failure that the shim itself found, with its status.
struct Failure : std::runtime_error {
  cfaiss_status status;
  // Where in the bytes; meaningful for CFAISS_CORRUPT.
  size_t place;

  Failure(cfaiss_status status, const std::string &message, size_t place = 0)
      : std::runtime_error(message), status(status), place(place) {}
};

// Keeps a message for cfaiss_message(), on one line, without allocating.
void remember(const char *message) noexcept;

// Runs `body` and turns whatever it throws into a status and a message.
template <class Body>
cfaiss_status guarded(const Body &body) noexcept {
  try {
    body();
    return CFAISS_OK;
  } catch (const Failure &failure) {
    remember(failure.what());
    return failure.status;
  } catch (const std::bad_alloc &) {
    remember("out of memory");
    return CFAISS_NO_MEMORY;
  } catch (const std::length_error &) {
    remember("out of memory: a size beyond what a vector can have");
    return CFAISS_NO_MEMORY;
  } catch (const std::exception &exception) {
    remember(exception.what());
    return CFAISS_REFUSED;
  } catch (...) {
    remember("an exception of an unknown type");
    return CFAISS_UNKNOWN;
  }
}

}  // namespace cfaiss
