// From exceptions to statuses.
#pragma once

#include <stdexcept>
#include <string>

#include "ctorch_abi.h"

namespace ctorch {

// A failure that the shim itself found.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A process of a group has gone, or does not answer.
struct PeerLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The status of the exception that is being handled; its message is kept for `last_error`.
ctorch_status caught() noexcept;

// The message of the last failure in this thread.
const char *last_error() noexcept;

// Gives this thread the number of threads that was last set in any thread: OpenMP keeps one for
// each thread that starts work.
void settle_thread_count();

// Runs `body` and turns whatever it throws into a status and a message.
template <class Body>
ctorch_status guarded(const Body &body) noexcept {
  try {
    settle_thread_count();
    body();
    return CTORCH_OK;
  } catch (...) {
    return caught();
  }
}

}  // namespace ctorch
