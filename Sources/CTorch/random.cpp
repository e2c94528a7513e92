// Chance, from seeds.
#if HAVE_TORCH
#include <mutex>

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::list;
using ctorch::made;

// libtorch wants the generator locked by who asks it.
template <class Body>
auto with_generator(ctorch_device device, const Body &body) {
  at::Generator generator = at::globalContext().defaultGenerator(ctorch::device(device));
  std::lock_guard<std::mutex> lock(generator.mutex());
  return body(generator);
}

ctorch_status seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

ctorch_status random_state(ctorch_device device, ctorch_out state) {
  return made(state, [&] {
    return with_generator(device, [](at::Generator &generator) { return generator.get_state(); });
  });
}

ctorch_status set_random_state(ctorch_device device, const ctorch_tensor *state) {
  return guarded([&] {
    with_generator(device,
                   [&](at::Generator &generator) { generator.set_state(ctorch::value(state)); });
  });
}

ctorch_status normal(double mean, double deviation, ctorch_dtype dtype, ctorch_sizes shape,
                     ctorch_device device, ctorch_out x) {
  return made(x, [&] {
    return at::empty(list(shape), ctorch::options(dtype, device)).normal_(mean, deviation);
  });
}

}  // namespace

void ctorch::fill_random(ctorch_table &table) {
  table.seed = seed;
  table.random_state = random_state;
  table.set_random_state = set_random_state;
  table.normal = normal;
}
#endif
