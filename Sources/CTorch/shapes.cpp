// The same elements in another shape, some of them, or several tensors as one.
#if HAVE_TORCH
#include <vector>

#include "tensor.hpp"

namespace {

using ctorch::list;
using ctorch::made;
using ctorch::value;

ctorch_status reshape(const ctorch_tensor *x, ctorch_sizes shape, ctorch_out y) {
  return made(y, [&] { return at::reshape(value(x), list(shape)); });
}

ctorch_status permute(const ctorch_tensor *x, ctorch_sizes dims, ctorch_out y) {
  return made(y, [&] { return at::permute(value(x), list(dims)); });
}

ctorch_status expand(const ctorch_tensor *x, ctorch_sizes shape, ctorch_out y) {
  return made(y, [&] { return value(x).expand(list(shape)); });
}

ctorch_status transpose(const ctorch_tensor *x, int64_t first, int64_t second, ctorch_out y) {
  return made(y, [&] { return at::transpose(value(x), first, second); });
}

ctorch_status unsqueeze(const ctorch_tensor *x, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::unsqueeze(value(x), dim); });
}

ctorch_status squeeze(const ctorch_tensor *x, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::squeeze(value(x), dim); });
}

ctorch_status contiguous(const ctorch_tensor *x, ctorch_out y) {
  return made(y, [&] { return value(x).contiguous(); });
}

ctorch_status slice(const ctorch_tensor *x, int64_t dim, int64_t start, int64_t end, int64_t step,
                    ctorch_out y) {
  return made(y, [&] { return at::slice(value(x), dim, start, end, step); });
}

ctorch_status narrow(const ctorch_tensor *x, int64_t dim, int64_t start, int64_t length,
                     ctorch_out y) {
  return made(y, [&] { return at::narrow(value(x), dim, start, length); });
}

ctorch_status select(const ctorch_tensor *x, int64_t dim, int64_t index, ctorch_out y) {
  return made(y, [&] { return at::select(value(x), dim, index); });
}

ctorch_status index_select(const ctorch_tensor *x, int64_t dim, const ctorch_tensor *indexes,
                           ctorch_out y) {
  return made(y, [&] { return at::index_select(value(x), dim, value(indexes)); });
}

ctorch_status gather(const ctorch_tensor *x, int64_t dim, const ctorch_tensor *indexes,
                     ctorch_out y) {
  return made(y, [&] { return at::gather(value(x), dim, value(indexes)); });
}

std::vector<at::Tensor> tensors(const ctorch_tensor *const *parts, int64_t count) {
  if (count < 1 || parts == nullptr) throw ctorch::Refusal("there are no tensors to join");
  std::vector<at::Tensor> all;
  all.reserve(static_cast<size_t>(count));
  for (int64_t place = 0; place < count; place++) all.push_back(value(parts[place]));
  return all;
}

ctorch_status cat(const ctorch_tensor *const *parts, int64_t count, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::cat(tensors(parts, count), dim); });
}

ctorch_status stack(const ctorch_tensor *const *parts, int64_t count, int64_t dim, ctorch_out y) {
  return made(y, [&] { return at::stack(tensors(parts, count), dim); });
}

}  // namespace

void ctorch::fill_shapes(ctorch_table &table) {
  table.reshape = reshape;
  table.permute = permute;
  table.expand = expand;
  table.transpose = transpose;
  table.unsqueeze = unsqueeze;
  table.squeeze = squeeze;
  table.contiguous = contiguous;
  table.slice = slice;
  table.narrow = narrow;
  table.select = select;
  table.index_select = index_select;
  table.gather = gather;
  table.cat = cat;
  table.stack = stack;
}
#endif
