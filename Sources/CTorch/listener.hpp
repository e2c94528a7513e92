// Whether somebody listens at an address.
#pragma once

#include <chrono>
#include <string>

namespace ctorch {

// Waits until somebody listens at an address, at most until `deadline`, and says whether somebody
// does. libtorch's own waiting prints its failures, with stacks of calls.
bool await_listener(const std::string &host, uint16_t port,
                    std::chrono::steady_clock::time_point deadline);

}  // namespace ctorch
