// Work for libtorch's threads.
#pragma once

#include <ATen/TensorIterator.h>

#include "tensor.hpp"

namespace ctorch {

// Calls body(begin, end) for parts of 0 to before `count`, of at least `grain`. libtorch's own
// function for that uses threads only in code that is compiled with OpenMP; its iterators bring
// theirs along.
template <class Body>
void share(int64_t count, int64_t grain, const Body &body) {
  if (count == 0) return;
  at::Tensor marks = at::empty({count}, at::kByte);
  const char *first = static_cast<const char *>(marks.data_ptr());
  at::TensorIterator iterator = at::TensorIterator::nullary_op(marks);
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t size) {
        const int64_t begin = data[0] - first;
        body(begin, begin + size);
      },
      grain);
}

}  // namespace ctorch
